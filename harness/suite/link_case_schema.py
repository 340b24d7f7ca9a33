"""The JSON Schema of link cases (draft 2020-12); `harness schema link-case` prints it."""

from __future__ import annotations

from harness.engine.results import EngineKind
from harness.plan.outcomes import EXPECTABLE
from harness.suite.conditions import CONDITIONS
from harness.suite.provenance import MADE_BY
from harness.suite.schema import ORIGIN, WIT
from harness.suite.version import VERSION
from harness.text.json_schema import DRAFT, Schema, text, texts

_LIBRARY = {
    "type": "object",
    "required": ["name", "wat"],
    "properties": {
        # linkers take NAME=PATH, after options
        "name": text(
            "Its name in the `needed` lists of other libraries; of an adapter: the module from which others import, "
            "which may be an interface.",
            pattern=r"^[^-=/\x00-\x20][^=\x00-\x1f]*$",
        ),
        "wat": text("The library, with `(@dylink.0 ...)`; a module has none."),
        "world": text(
            "The world in its `component-type` section: its own imports and exports. If no library "
            "has one, the first has the world of the case."
        ),
        "openable": {
            "type": "boolean",
            "description": "`dlopen` can find it (`--dl-openable`). It comes after the other libraries.",
        },
        "adapter": {
            "type": "boolean",
            "description": "An adapter instead of a library: libraries import from the module `name` (`--adapt`).",
        },
        "module": {
            "type": "boolean",
            "description": "A complete module instead of a library, and the only row apart from adapters: "
            "`component new` makes the component of it.",
        },
    },
    "additionalProperties": False,
}

_LINK = {
    "type": "object",
    "properties": {
        "stack-size": {"type": "integer", "minimum": 0, "description": "`--stack-size`, in bytes."},
        "stub-missing-functions": {"type": "boolean", "description": "`--stub-missing-functions`."},
        "built-in-libdl": {"type": "boolean", "description": "`--use-built-in-libdl`."},
        "several-worlds": {
            "type": "boolean",
            "description": "`--several-worlds`; the reference has no flag for it.",
        },
        "return-call-ref": {"type": "boolean", "description": "`--return-call-ref`."},
    },
    "additionalProperties": False,
    "description": "Options of the linker.",
}

_LOGS = "The calls of the world's imports, in order: `log(97)`."

_STEP = {
    "type": "object",
    "required": ["call"],
    "properties": {
        "call": text("An export: `f`, or `a:b/c#f`."),
        "args": {"type": "array", "items": {"type": "string"}, "description": "Arguments as WAVE."},
        "result": text("Its result, as WAVE."),
        "trap": {
            "enum": [trap.value for trap in EXPECTABLE],
            "description": "The call ends in this trap. A new instance begins after it.",
        },
        "logs": texts(_LOGS),
    },
    "not": {"required": ["result", "trap"]},
    "additionalProperties": False,
}

LINK_CASE_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "A link case: libraries that are linked and run",
    "type": "object",
    "required": ["title", "why", "origin", "wit", "library"],
    "properties": {
        "version": VERSION,
        "title": text("The topic of the case, in a few words."),
        "why": text("The guarded behaviour, in a sentence."),
        "origin": ORIGIN,
        "wit": WIT["wit"],
        "world": text("The component's world; optional if the package has only one."),
        "library": {
            "type": "array",
            "minItems": 1,
            "items": _LIBRARY,
            "description": "In the order of the command line: the first that exports a symbol defines it.",
        },
        "link": _LINK,
        "engine": {
            "enum": [kind.value for kind in EngineKind],
            "description": "The only compiler of the engine that runs it, if the other lacks what the libraries use: "
            "exceptions, tail calls and function references need `cranelift`. Default: any.",
        },
        "starts": texts(f"During instantiation. {_LOGS}"),
        "starts-also": {
            "type": "array",
            "minItems": 1,
            "items": texts(_LOGS),
            "description": "Lists that are as correct as `starts`, if the order of constructors is left open.",
        },
        "step": {"type": "array", "minItems": 1, "items": _STEP},
        "compile-only": {
            "const": True,
            "description": "Instead of steps: the component is made, its world is compared, and the engine compiles "
            "it. For worlds with types that steps do not have.",
        },
        "refusal": text("Linkers refuse the libraries; a part of our message."),
        **CONDITIONS,
        "made-by": MADE_BY,
    },
    "oneOf": [{"required": ["step"]}, {"required": ["compile-only"]}, {"required": ["refusal"]}],
    "additionalProperties": False,
}

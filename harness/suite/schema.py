"""The JSON Schema of case files and of negative cases (draft 2020-12); `harness schema` prints it."""

from __future__ import annotations

from typing import Any

from harness.plan.outcomes import EXPECTABLE
from harness.suite.conditions import CONDITIONS
from harness.suite.provenance import MADE_BY
from harness.suite.task_steps import STARTED, status_schema, task_step_schemas
from harness.suite.version import VERSION
from harness.text.json_schema import DRAFT, Schema, one_of, text, texts
from harness.text.limits import MAX_CALLS
from harness.toolchains.protocol import ENCODINGS
from interpreters import HOOKS

STAGES = ("wit", "generate", "link", "new")
"""The tool that refuses: the reader of WIT, `wit-dylib`, `component link`, or `component new`."""

REFERENCE_VERDICTS = ("refuses", "accepts", "panics")


_HANDLE = r"^\$[a-zA-Z0-9_-]+$"

ORIGIN = {
    "description": "Links to the origin of the case, or `own` for a case that was invented here.",
    "anyOf": [
        {"type": "string", "pattern": "^(https://.+|own)$"},
        {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^(https://.+|own)$"}},
    ],
}

WIT: dict[str, Any] = {
    "wit": text("The WIT text: one file, nested packages allowed."),
    "wit-file": text("A WIT file or folder, relative to the case."),
    "world": text("The world under test; optional if the package has only one."),
    "features": texts("WIT feature gates to open."),
}

_BY: Schema = {
    "enum": ["subject", "driver"],
    "description": "The part that does it. Optional if only one can: for a handle, its holder.",
}

_CALL: dict[str, Any] = {
    "call": text("The function: `a:b/c#f`, `label#f`, or `f` for one of the world itself."),
    "by": {
        "enum": ["subject", "driver"],
        "description": "The caller: the subject for one of its imports, or the driver for an export. Optional if only "
        "one can call; if both can in every step, the case runs both ways.",
    },
    "args": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Arguments as WAVE; `$x` is a handle; after `!` an interpreter value (PROTOCOL.md, `Values`).",
    },
    "result": {"type": "string", "description": "The result of the callee, in the notation of arguments."},
    "as": text("The name of a call that is not waited for; only of an asynchronous function.", pattern=_HANDLE),
    "status": status_schema(STARTED, "For a call with a name: the state that the caller gets at once."),
    "trap": {
        "enum": [trap.value for trap in EXPECTABLE],
        "description": "The call ends in this trap. A new instance begins after it.",
    },
    "during": {
        "type": "array",
        "items": {"$ref": "#/$defs/step"},
        "description": "The callee's actions before it returns. `call` is a function that it imports.",
    },
    "keep": {
        "type": "array",
        "items": {"type": "string", "pattern": _HANDLE},
        "description": "Borrowed handles that the callee does not drop before it returns.",
    },
    "destroys": {
        "type": "array",
        "items": {"type": "string", "pattern": _HANDLE},
        "description": "Resources whose destructors run in this step, in order. Checked against the model.",
    },
}

_STEP = {
    "description": "A call, or an action of a component on a handle.",
    # no step fits two of them, and a validator of `oneOf` would try all for each step of each case
    "anyOf": [
        {
            "type": "object",
            "required": ["call"],
            "properties": _CALL,
            "additionalProperties": False,
            "dependentSchemas": {"status": {"required": ["as"]}},
        },
        *task_step_schemas(_HANDLE, _BY, _CALL["trap"], {"$ref": "#/$defs/step"}),
        {
            "type": "object",
            "required": ["drop"],
            "properties": {
                "drop": text("The handle to drop; its holder drops it.", pattern=_HANDLE),
                "stale": {
                    "type": "boolean",
                    "description": "The component that made the last call drops it, although it gave it away.",
                },
                "during": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/step"},
                    "description": "The actions of the destructor. `call` is a function that its component imports.",
                },
                "by": _BY,
                "trap": _CALL["trap"],
                "destroys": _CALL["destroys"],
            },
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["new", "resource"],
            "properties": {
                "new": text("The name of a new own handle.", pattern=_HANDLE),
                "resource": text("The resource, `a:b/c#r`, that the component exports."),
                "rep": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "description": "Its representation."},
                "by": _BY,
            },
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["rep"],
            "properties": {
                "rep": text("Read the representation of this own handle.", pattern=_HANDLE),
                "by": _BY,
                "trap": _CALL["trap"],
            },
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["error-context", "message"],
            "properties": {
                "error-context": text("The name of a new error context.", pattern=_HANDLE),
                "message": {"type": "string", "description": "Its message."},
                "by": _BY,
            },
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": ["message-of"],
            "properties": {
                "message-of": text("Read the message of this error context.", pattern=_HANDLE),
                "by": _BY,
                "trap": _CALL["trap"],
            },
            "additionalProperties": False,
        },
    ],
}

_SAMPLE = {
    "type": "object",
    "properties": {
        "seed": {"type": "integer", "minimum": 0},
        "calls": {"type": "integer", "minimum": 1, "maximum": MAX_CALLS},
    },
    "additionalProperties": False,
    "description": "Call every function with values drawn from a seed, as `harness check` does, instead of steps.",
}

CASE_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "A conformance case",
    "type": "object",
    "required": ["title", "why", "origin"],
    "properties": {
        "version": VERSION,
        "title": text("The topic of the case, in a few words."),
        "why": text("What it guards, in a sentence."),
        "origin": ORIGIN,
        **WIT,
        "lists": {
            "enum": ["elements", "whole", "both", "any", "all"],
            "description": "Which lists interpreters take and give whole. `elements` (the default): none. `whole`:"
            " those of numbers. `both`: once as `elements`, once as `whole`. `any`: those of any type without handles."
            " `all`: in each of the three ways.",
        },
        "merge-versions": {
            "type": "boolean",
            "description": "Whether the subject is linked with the default: imports in compatible versions become one "
            "import of the highest version. Default: true.",
        },
        "encodings": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(ENCODINGS)},
            "description": "String encodings in which `component embed`, `component new` and `component wit` are tried "
            "with the world as well, and its package is printed. Default: none.",
        },
        "hooks": {
            "enum": list(HOOKS),
            "description": "The task hooks of the subject's interpreter, whose calls are events: `task-hook` is "
            "`__wasm_task_hook`, `init-task` are `__wasm_init_task` and `__wasm_init_async_task`. Default: none.",
        },
        "async": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1},
            "description": "`--async` of `wit-dylib` for the subject: `-import:a:b/x#f` lowers the function without "
            "`async`, `-export:a:b/x#f` lifts it so. Default: as the functions' types say.",
        },
        "blocking-run": {
            "type": "boolean",
            "description": "`run` and `finish` of the interpreters are lifted synchronously, so waits block in place.",
        },
        "step": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/step"}},
        "sample": _SAMPLE,
        "instantiate-only": {
            "const": True,
            "description": "Instead of steps: the world is built, compared and instantiated, without any call.",
        },
        **CONDITIONS,
        "made-by": MADE_BY,
    },
    "allOf": [one_of("wit", "wit-file"), one_of("step", "sample", "instantiate-only")],
    "additionalProperties": False,
    "$defs": {"step": _STEP},
}

NEGATIVE_CASES_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "Negative cases: input that a tool must not accept",
    "type": "object",
    "required": ["title", "refusal"],
    "properties": {
        "version": VERSION,
        "title": text("The common topic of the rows."),
        "made-by": MADE_BY,
        "refusal": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["why", "wit", "stage", "message", "reference"],
                "if": {"properties": {"stage": {"const": "new"}}},
                "then": {"required": ["wat"]},
                "dependentSchemas": {"wat": {"properties": {"stage": {"const": "new"}}}},
                "properties": {
                    "why": text("The fault of the input, in a sentence."),
                    "origin": ORIGIN,
                    "wit": {"type": "string", "description": "The WIT text."},
                    "wat": text("Only with the stage `new`: the core module that contains the world."),
                    "world": WIT["world"],
                    "features": WIT["features"],
                    "stage": {"enum": list(STAGES), "description": "The tool that refuses it."},
                    "message": text("A part of our message."),
                    "reference": {"enum": list(REFERENCE_VERDICTS), "description": "The behaviour of the reference."},
                    "versions": text(
                        "The versions of wasm-tools that do so: `>=1.262.0`. Others are not asked. Default: all."
                    ),
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

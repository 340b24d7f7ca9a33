"""The JSON Schema of a campaign's state (draft 2020-12). A damaged file is refused before it is used."""

from __future__ import annotations

from typing import Any

from harness.fuzz.drawn import SOURCES

_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}


def _record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


_BUCKET = _record(toolchain=_TEXT, outcome=_TEXT, level=_COUNT, aspect=_TEXT, kind=_TEXT, minority=_TEXT, form=_TEXT)
_LIKENESS = _record(toolchain=_TEXT, minority=_TEXT, case=_TEXT, core=_TEXT)

_FINDING = _record(
    bucket=_BUCKET,
    message=_TEXT,
    known=_TEXT,
    index=_COUNT,
    repeat=_TEXT,
    injected=_FLAG,
    count=_COUNT,
    file=_TEXT,
    run=_TEXT,
    reduced=_FLAG,
    note=_TEXT,
    likeness={"anyOf": [_LIKENESS, {"type": "null"}]},
    same_as=_TEXT,
    same_why=_TEXT,
)

_RECIPE = {
    "type": "object",
    "required": ["seed", "worlds", "profile"],
    "properties": {
        "seed": {"type": "integer"},
        "worlds": {"enum": list(SOURCES)},
        "profile": {
            "type": "object",
            "required": ["always"],
            "properties": {"always": {"type": "array", "items": _TEXT}},
            "additionalProperties": {"type": ["integer", "boolean"]},
        },
    },
    # numbers of trials, calls and the like; `Recipe` itself knows their names
    "additionalProperties": _COUNT,
}

STATE_SCHEMA = _record(
    format=_COUNT,
    version=_TEXT,
    recipe=_RECIPE,
    settings={"type": "array", "items": _TEXT},
    first=_COUNT,
    next=_COUNT,
    wanted={"anyOf": [_COUNT, {"type": "null"}]},
    worlds=_COUNT,
    calls=_COUNT,
    outcomes={"type": "object", "additionalProperties": _COUNT},
    refusals={"type": "array", "items": {"type": "array", "prefixItems": [_TEXT, _TEXT, _COUNT], "minItems": 3}},
    findings={"type": "array", "items": _FINDING},
)

"""The JSON Schema of a file of expectations (draft 2020-12); `harness schema expectations` prints it.

For editors and for readers: `harness/suite/expectations_file.py` reads the files itself and makes more checks (regular
expressions, ids that occur twice).
"""

from __future__ import annotations

from harness.suite.expectations_file import OUTCOMES
from harness.suite.faults.keys import KEYS, Flag, Key, Numbers, Pattern, PlainName
from harness.text.json_schema import DRAFT, Schema, text, texts


def _schema(key: Key) -> Schema:
    match key:
        case Pattern():
            return {"type": "string", "description": key.meaning}
        case Flag():
            return {"type": "boolean", "description": key.meaning}
        case PlainName():
            return text(key.meaning)
        case Numbers():
            numbers = {"type": "array", "items": {"type": "integer"}, "minItems": 1}
            return {**numbers, "description": key.meaning}


EXPECTATIONS_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "Known faults of a tool",
    "type": "object",
    "required": ["tool", "versions"],
    "properties": {
        "tool": text("The tool that the file is about: `wasm-tools`, `generator`, or the program of a toolchain file."),
        "versions": text("Conditions on its version, all of which must hold: `>=1.262.0, <1.263.0`."),
        "expect": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "outcome", "reason"],
                "properties": {
                    "id": text("Its name in reports, unique in a file."),
                    "cases": texts("Names of cases, with wildcards. A case that is named exactly must show the fault."),
                    "outcome": {"enum": list(OUTCOMES), "description": "The outcome of the tool."},
                    "message": {
                        "type": "string",
                        "description": "A regular expression that must match in the message about it.",
                    },
                    **{key.name: _schema(key) for key in KEYS},
                    "beside": text("The `id` of an entry that must explain another failure in the same world."),
                    "reason": text("The fault, in a sentence."),
                    "link": text("The report of the fault."),
                    "reproduction": text("WIT for `wasm-tools wit-dylib`, or another input that shows it."),
                },
                "allOf": [
                    {"anyOf": [{"required": ["link"]}, {"required": ["reproduction"]}]},
                    {"anyOf": [{"required": ["cases"]}, {"required": ["message"]}]},
                ],
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

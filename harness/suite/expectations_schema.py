"""The JSON Schema of a file of expectations (draft 2020-12); `harness schema expectations` prints it.

For editors and for readers: `harness/suite/expectations.py` reads the files itself and also checks what a schema
cannot say (regular expressions, ids that occur twice).
"""

from __future__ import annotations

from harness.suite.expectations_file import OUTCOMES
from harness.text.json_schema import DRAFT, Schema, text, texts

_PATTERN = "A regular expression that must be found in "

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
                    "id": text("What reports call it; each once in a file."),
                    "cases": texts("Names of cases, with wildcards. A case that is named exactly must show the fault."),
                    "outcome": {"enum": list(OUTCOMES), "description": "What the tool does."},
                    "message": {"type": "string", "description": f"{_PATTERN}what is said of it."},
                    "wit": {"type": "string", "description": f"{_PATTERN}the WIT of the world."},
                    "run": {"type": "string", "description": f"{_PATTERN}a call of the run in which it shows."},
                    "label-names-only": {
                        "type": "boolean",
                        "description": "Expected and seen differ in nothing but labels of interfaces.",
                    },
                    "reason": text("What is wrong, in a sentence."),
                    "link": text("Where it was reported."),
                    "reproduction": text("WIT for `wasm-tools wit-dylib`, or what else shows it."),
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

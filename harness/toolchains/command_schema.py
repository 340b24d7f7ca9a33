"""The JSON Schema of a toolchain's file (draft 2020-12); `harness schema toolchain` prints it.

`command.py` validates with it, and makes the checks beyond a schema: unknown placeholders, programs that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.text.json_schema import DRAFT, Schema, text

LINK_OPTIONS = (
    "stack-size",
    "stub-missing-functions",
    "built-in-libdl",
    "several-worlds",
    "return-call-ref",
    "openable",
    "adapt",
    "keep-versions",
)

EMBEDDING = ("embed", "new", "wit")
"""The commands that make components without a linker, and show their contents (`protocol.Embedder`)."""

WIT_TEXT, WIT_JSON, WIT_WASM = "wit-text", "wit-json", "wit-wasm"
PACKAGE_FORMS = (WIT_TEXT, WIT_JSON, WIT_WASM)
"""The commands that print WIT packages (`protocol.Printer`), each in one form."""

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "generate": ("{wit}", "{world}", "{interpreter}", "{features}", "{encoding}", "{abi-version}", "{output}"),
    "link": ("{libraries}", "{output}"),
    "embed": ("{wit}", "{world}", "{features}", "{encoding}", "{names}", "{output}"),
    "new": ("{module}", "{output}"),
    "wit": ("{component}", "{output}"),
    **dict.fromkeys(PACKAGE_FORMS, ("{wit}", "{features}", "{output}")),
    "version-command": (),
}
"""The placeholders of each command."""


def _mentions(placeholder: str) -> dict[str, Any]:
    return {"contains": {"pattern": re.escape(placeholder), "description": f"a word with {placeholder}"}}


def _command(description: str, *needed: dict[str, Any]) -> dict[str, Any]:
    """The words of a command, the program first."""
    words = {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": description}
    return {**words, "allOf": list(needed)} if needed else words


TOOLCHAIN_SCHEMA: Schema = {
    "$schema": DRAFT,
    "title": "A toolchain by command templates",
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": text(
            "Its name in results: letters, digits, `.`, `_` and `-`, no sign first, at most 64; not `ours` or "
            "`reference`.",
            # `(?!\n)`: in Python `$` also matches before a newline at the end
            pattern=r"^(?!(?:ours|reference)$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)",
        ),
        "version": {"type": "string", "description": "Its version; `unknown` without it."},
        "version-command": _command("A command that prints its version; instead of `version`."),
        "expectations": text("The tool whose known faults apply to it: `wasm-tools`. It needs a version."),
        "generate": _command(
            "The command that makes a library of a world, the program first. Placeholders: "
            f"{', '.join(PLACEHOLDERS['generate'])}. Without it, the generator of another toolchain is used.",
            _mentions("{wit}"),
            _mentions("{output}"),
        ),
        "link": _command(
            "The command that makes a component of libraries, the program first. The word {libraries} becomes "
            "NAME=PATH words. Without it, the linker of another toolchain is used.",
            {"contains": {"const": "{libraries}", "description": "the word {libraries}"}},
            _mentions("{output}"),
        ),
        "embed": _command(
            "The command that makes a core module with all items of a world, which traps when it is called and "
            f"contains the world. Placeholders: {', '.join(PLACEHOLDERS['embed'])}. Encodings are utf8, utf16 and "
            "compact-utf16, names standard32 and legacy. Without it, the stage is skipped.",
            *(_mentions(placeholder) for placeholder in ("{wit}", "{world}", "{encoding}", "{output}")),
        ),
        "new": _command(
            "The command that makes a component of a core module with its world. Without it, the stage is skipped.",
            _mentions("{module}"),
            _mentions("{output}"),
        ),
        "wit": _command(
            "The command that writes the world of a component as WIT text. Without it, the stage is skipped.",
            _mentions("{component}"),
            _mentions("{output}"),
        ),
        **{
            key: _command(
                f"The command that prints a WIT package as {form}, with its documentation and gates. Placeholders: "
                f"{', '.join(PLACEHOLDERS[key])}. Without it, this is skipped.",
                _mentions("{wit}"),
                _mentions("{output}"),
            )
            for key, form in zip(PACKAGE_FORMS, ("text", "JSON", "a binary"), strict=True)
        },
        "link-options": {
            "type": "object",
            "description": "The words for each option of the linker. Without them, programs that need it are skipped.",
            "properties": {
                "stack-size": _command("The size of the stack in bytes: {stack-size}.", _mentions("{stack-size}")),
                "stub-missing-functions": _command("Functions that no library exports trap when they are called."),
                "built-in-libdl": _command("The linker supplies `dlopen`, `dlsym`, `dlclose` and `dlerror`."),
                "several-worlds": _command("Several generated libraries are linked, which use this extension."),
                "return-call-ref": _command("Shims call function references by tail calls, not through a table."),
                "openable": _command("The words before each library that `dlopen` must find."),
                "adapt": _command("The words before each adapter, which is NAME=PATH like a library."),
                "keep-versions": _command("Imports in compatible versions are not merged."),
            },
            "additionalProperties": False,
        },
    },
    "anyOf": [{"required": ["generate"]}, {"required": ["link"]}, {"required": ["new"]}],
    "dependentRequired": {"link-options": ["link"]},
    "additionalProperties": False,
}

"""Where a case file comes from: the command that made it, the tools that took part, what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.text.json_schema import text, texts
from harness.text.visible import visible

MADE_BY: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "command": text("The command that made the file."),
        "from": text("What it was made from: a file, a folder, a link."),
        "tools": texts("The tools that took part, each with its version: `wasm-tools 1.262.0`."),
    },
    "additionalProperties": False,
    "description": "Where the file comes from. The harness writes it, and nothing depends on it.",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Empty parts are not known. Texts of tools are hostile; in a file they have no control characters."""

    command: str = ""
    source: str = ""
    tools: tuple[str, ...] = ()


def read_provenance(data: Mapping[str, Any]) -> Provenance | None:
    """The one in the data of a file, if any."""
    row = data.get("made-by")
    if row is None:
        return None
    return Provenance(row.get("command", ""), row.get("from", ""), tuple(row.get("tools", ())))


def provenance_table(made_by: Provenance) -> dict[str, str | list[str]]:
    """The keys and values of the table in a file."""
    table: dict[str, str | list[str]] = {}
    if made_by.command:
        table["command"] = visible(made_by.command)
    if made_by.source:
        table["from"] = visible(made_by.source)
    if made_by.tools:
        table["tools"] = [visible(tool) for tool in made_by.tools]
    return table

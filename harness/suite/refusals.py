"""Tables of refusals: input that a tool must not accept, many small rows in one TOML file (`cases/refusals/`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.suite.schema import REFUSALS_SCHEMA
from harness.text.toml_lines import TomlFile, parse_toml, read_toml


@dataclass(frozen=True)
class Refusal:
    """One row. `stage` is one of `harness.suite.schema.STAGES`, `reference` one of `REFERENCE_VERDICTS`.

    `message` must be part of our message; the reference is judged by whether it refuses, not by its words.
    """

    why: str
    wit: str
    stage: str
    message: str
    reference: str
    world: str | None
    features: tuple[str, ...]
    origin: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True)
class RefusalTable:
    title: str
    rows: tuple[Refusal, ...]


def load_refusals(path: Path) -> RefusalTable:
    """Read a table; raises `FileError` with file and line."""
    return _table(read_toml(path, REFUSALS_SCHEMA))


def parse_refusals(text: str, name: str = "<refusals>") -> RefusalTable:
    return _table(parse_toml(text, name, REFUSALS_SCHEMA))


def _table(file: TomlFile) -> RefusalTable:
    rows = []
    for index, row in enumerate(file.data["refusal"]):
        origin = row.get("origin", ())
        rows.append(
            Refusal(
                row["why"],
                row["wit"],
                row["stage"],
                row["message"],
                row["reference"],
                row.get("world"),
                tuple(row.get("features", ())),
                (origin,) if isinstance(origin, str) else tuple(origin),
                file.name,
                file.line(["refusal", index]),
            )
        )
    return RefusalTable(file.data["title"], tuple(rows))

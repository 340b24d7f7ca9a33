"""Negative cases: input that a tool must not accept, many small rows in one TOML file (`cases/refusals/`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.binary.wat import BadWat, with_world
from harness.frontend.front_end import FrontEndError, WitText, world_section
from harness.suite.schema import NEGATIVE_CASES_SCHEMA
from harness.suite.tool_versions import BadConditions, conditions
from harness.suite.version import parse_versioned, read_versioned
from harness.text.toml_lines import TomlFile


@dataclass(frozen=True)
class NegativeCase:
    """One row. `stage` is one of `harness.suite.schema.STAGES`, `reference` one of `REFERENCE_VERDICTS`.

    `message` must be part of our message; the reference may use any words. `module`: the binary of a core module
    that contains the world, for the stage `new`.
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
    module: bytes | None = None
    versions: str = ""
    """Conditions on the version of wasm-tools; others are not asked."""

    @property
    def limit_of_ours(self) -> bool:
        """Whether the input is valid, and only ours does not support it: our message says so."""
        return self.message.startswith("unsupported")


@dataclass(frozen=True)
class NegativeCases:
    title: str
    rows: tuple[NegativeCase, ...]


def load_negative_cases(path: Path) -> NegativeCases:
    """Read a table; raises `FileError` with the place in the file."""
    return _table(read_versioned(path, NEGATIVE_CASES_SCHEMA))


def parse_negative_cases(text: str, name: str = "<negative cases>") -> NegativeCases:
    return _table(parse_versioned(text, name, NEGATIVE_CASES_SCHEMA))


def _table(file: TomlFile) -> NegativeCases:
    rows = []
    for index, row in enumerate(file.data["refusal"]):
        origin = row.get("origin", ())
        rows.append(
            NegativeCase(
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
                _module(file, index) if "wat" in row else None,
                _versions(file, index),
            )
        )
    return NegativeCases(file.data["title"], tuple(rows))


def _versions(file: TomlFile, index: int) -> str:
    versions: str = file.data["refusal"][index].get("versions", "")
    try:
        if versions:
            conditions(versions)
    except BadConditions as error:
        raise file.error(["refusal", index, "versions"], str(error)) from error
    return versions


def _module(file: TomlFile, index: int) -> bytes:
    row = file.data["refusal"][index]
    try:
        _, section = world_section(WitText(row["wit"], file.name), row.get("world"))
        return with_world(row["wat"], section)
    except (FrontEndError, BadWat) as error:
        key = "wat" if isinstance(error, BadWat) else "wit"
        raise file.error(["refusal", index, key], str(error)) from error

"""Tables of refusals: input that no tool may accept, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.build import Builder
from harness.cells import OURS, REFERENCE
from harness.schema import REFUSALS_SCHEMA
from harness.toml_lines import read_toml
from harness.toolchains.protocol import BuildResult, Built, Panicked, Refused, Toolchain
from harness.verdict import Finding, Judgement, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """`stage`: wit, generate or link. `reference`: what the reference does: refuses, accepts, panics."""

    why: str
    wit: str
    world: str | None
    features: tuple[str, ...]
    stage: str
    message: str
    reference: str
    line: int


@dataclass(frozen=True, slots=True)
class RefusalTable:
    title: str
    rows: tuple[Row, ...]


def load_refusals(path: Path) -> RefusalTable:
    """Raises `FileError` with file and line."""
    file = read_toml(path, REFUSALS_SCHEMA)
    rows = tuple(
        Row(
            row["why"],
            row["wit"],
            row.get("world"),
            tuple(row.get("features", ())),
            row["stage"],
            row["message"],
            row["reference"],
            file.line(["refusal", index]),
        )
        for index, row in enumerate(file.data["refusal"])
    )
    return RefusalTable(file.data["title"], rows)


def judge_refusals(table: RefusalTable, toolchains: Mapping[str, Toolchain], builder: Builder) -> Verdict:
    """Ours must refuse each row with its message; the reference must do what the row says of it."""
    judgements = []
    for name in (OURS, REFERENCE):
        if name in toolchains:
            findings = [
                Finding(Outcome.FAIL, f"line {row.line} ({row.why}): {wrong}")
                for row in table.rows
                if (wrong := _wrong(name, row, toolchains[name], builder)) is not None
            ]
            outcome = Outcome.FAIL if findings else Outcome.PASS
            judgements.append(Judgement(name, outcome, tuple(findings)))
    wrong_ones = [judgement.subject for judgement in judgements if judgement.findings]
    outcome = Outcome.FAIL if wrong_ones else Outcome.PASS
    return Verdict(outcome, tuple(judgements), wrong_ones[0] if len(wrong_ones) == 1 else None)


def _wrong(name: str, row: Row, toolchain: Toolchain, builder: Builder) -> str | None:
    stage, result = builder.attempt(toolchain, row.wit, row.world, row.features)
    if name == REFERENCE:
        seen = {Refused: "refuses", Built: "accepts", Panicked: "panics"}.get(type(result), "breaks down")
        return None if seen == row.reference else f"expected that it {row.reference}, but it {seen} ({_words(result)})"
    if not isinstance(result, Refused):
        return f"expected a refusal, got: {_words(result)}"
    if row.message not in result.message:
        return f"expected a message with {row.message!r}, got: {result.message}"
    expected = "link" if row.stage == "link" else "generate"
    return None if stage == expected else f"expected to be refused at {expected}, but it was at {stage}"


def _words(result: BuildResult) -> str:
    match result:
        case Built(data):
            return f"built, {len(data)} bytes"
        case Refused(message, stage) | Panicked(_, message, stage):
            return f"{type(result).__name__.lower()} at {stage}: {message.splitlines()[0] if message else ''}"
    return f"{type(result).__name__} at {result.stage}"

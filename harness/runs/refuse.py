"""A table of refusals put to the tools, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.judge.verdict import Finding, Judgement, Verdict, misread
from harness.suite.refusals import Refusal, RefusalTable
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS
from harness.toolchains.lending import left_out
from harness.toolchains.protocol import BuildResult, Built, Panicked, Refused, Toolchain
from harness.toolchains.wasm_tools import TOOL
from reports.outcomes import Outcome

Reading = Callable[[str, tuple[str, ...]], str]
"""Where the reference reads a text with these features otherwise than our front end; empty where it does not."""

_STAGES = {"wit": "generate", "generate": "generate", "link": "link", "new": "new"}
"""Which tool's refusal each stage means: what reads the WIT is a part of the generator."""


def judge_refusals(
    table: RefusalTable, toolchains: Mapping[str, Toolchain], builder: Builder, read_otherwise: Reading
) -> Verdict:
    """Ours must refuse each row with its message; wasm-tools, as the reference or by a file that says so, must do what
    the row says of it; any other toolchain must refuse it, at any stage and in its own words, unless ours only does not
    support it."""
    judgements = []
    disputed: dict[int, Refusal] = {}
    for name, toolchain in toolchains.items():
        findings = []
        for row in table.rows:
            wrong = _wrong(name, row, toolchain, builder) if _is_asked(toolchain, row) else None
            if wrong is not None:
                findings.append(Finding(Outcome.FAIL, f"line {row.line} ({row.why}): {wrong}"))
                disputed[row.line] = row
        outcome = Outcome.FAIL if findings else Outcome.PASS
        judgements.append(Judgement(name, outcome, tuple(findings)))
    wrong_ones = [judgement.subject for judgement in judgements if judgement.findings]
    outcome = Outcome.FAIL if wrong_ones else Outcome.PASS
    verdict = Verdict(outcome, tuple(judgements), wrong_ones[0] if len(wrong_ones) == 1 else None)
    return _read_again(verdict, [row for _, row in sorted(disputed.items())], read_otherwise)


def _read_again(verdict: Verdict, disputed: Sequence[Refusal], read_otherwise: Reading) -> Verdict:
    """Text that our front end is to refuse has no reading of ours."""
    for row in disputed:
        difference = read_otherwise(row.wit, row.features) if row.stage != "wit" else ""
        if difference:
            return misread(verdict, f"line {row.line} ({row.why}): {difference}")
    return verdict


def unasked(table: RefusalTable, toolchains: Mapping[str, Toolchain]) -> list[str]:
    """What a report says of the rows that a toolchain cannot be asked: nothing of them is its own."""
    found = []
    for name, toolchain in toolchains.items():
        rows = [row for row in table.rows if _lacks(toolchain, row)]
        reasons = left_out(toolchains, [name], sorted({item for row in rows for item in _needed(row)}))
        found += [f"{len(rows)} of {len(table.rows)} rows: {reason}" for reason in reasons.values()]
    return found


def _is_asked(toolchain: Toolchain, row: Refusal) -> bool:
    """Valid input that ours does not support is nothing that others must refuse."""
    limit_of_ours = row.message.startswith("unsupported") and toolchain.name != OURS and toolchain.tool != TOOL
    return not limit_of_ours and not _lacks(toolchain, row)


def _lacks(toolchain: Toolchain, row: Refusal) -> bool:
    return bool(toolchain.lacks & _needed(row)) or (row.module is not None and toolchain.embedder is None)


def _needed(row: Refusal) -> frozenset[str]:
    """What a toolchain must have itself (`Toolchain.lacks`) for its answer to a row to count."""
    return frozenset({_STAGES[row.stage]} | ({"features"} if row.features else set()))


def _attempt(row: Refusal, toolchain: Toolchain, builder: Builder) -> tuple[str, BuildResult]:
    """The stage that was reached, and what came of it."""
    if row.module is None:
        return builder.attempt(toolchain, row.wit, row.world, row.features)
    assert toolchain.embedder is not None
    return "new", builder.collect(f"new by {toolchain.name}", toolchain, toolchain.embedder.new(row.module))


def _wrong(name: str, row: Refusal, toolchain: Toolchain, builder: Builder) -> str | None:
    stage, result = _attempt(row, toolchain, builder)
    if toolchain.tool == TOOL:
        seen = {Refused: "refuses", Built: "accepts", Panicked: "panics"}.get(type(result), "breaks down")
        return None if seen == row.reference else f"expected that it {row.reference}, but it {seen} ({_words(result)})"
    if not isinstance(result, Refused) or stage in toolchain.lacks:  # what is lent answers for another
        return f"expected a refusal, got: {_words(result)}"
    if name != OURS:
        return None
    if row.message not in result.message:
        return f"expected a message with {row.message!r}, got: {result.message}"
    expected = _STAGES[row.stage]
    return None if stage == expected else f"expected a refusal to {expected}, but it was to {stage}"


def _words(result: BuildResult) -> str:
    match result:
        case Built(data):
            return f"built, {len(data)} bytes"
        case Refused(message, stage) | Panicked(_, message, stage):
            return f"{type(result).__name__.lower()} at {stage}: {message.splitlines()[0] if message else ''}"
    return f"{type(result).__name__} at {result.stage}"

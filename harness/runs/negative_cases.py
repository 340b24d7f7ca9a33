"""Gives negative cases to the tools, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.judge.exhibits import Covered
from harness.judge.party import ByItself
from harness.judge.ran import Ran
from harness.judge.topic import OfRow
from harness.judge.verdict import Finding, Judgement, Verdict, misread
from harness.suite.negative_cases import NegativeCase, NegativeCases
from harness.suite.tool_versions import conditions, holds
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS
from harness.toolchains.lending import left_out
from harness.toolchains.protocol import BuildResult, Built, Panicked, Refused, Toolchain
from harness.toolchains.wasm_tools import TOOL
from reports.outcomes import Outcome

Question = Callable[[str, tuple[str, ...]], str]
"""How the reference and our front end differ over a text with these features; empty if they do not."""


@dataclass(frozen=True, slots=True)
class SecondReading:
    """`otherwise`: the first difference of two readings. `accepted_alone`: our front end accepts a text that the
    reference refuses."""

    otherwise: Question
    accepted_alone: Question


_STAGES = {"wit": "generate", "generate": "generate", "link": "link", "new": "new"}
"""The tool whose refusal each stage means: the reader of WIT is a part of the generator."""


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """`said`: the words of each toolchain that was asked, by the line of the row."""

    verdict: Verdict
    said: Mapping[int, Mapping[str, str]]


def judge_negative_cases(
    table: NegativeCases, toolchains: Mapping[str, Toolchain], builder: Builder, reading: SecondReading
) -> JudgedTable:
    """Ours must refuse each row with its message; wasm-tools, as the reference or by a file that says so, must do what
    the row says; any other toolchain must refuse it, at any stage and in its own words, unless the row is only a limit
    of ours."""
    judgements = []
    disputed: dict[int, NegativeCase] = {}
    said: dict[int, dict[str, str]] = {}
    for name, toolchain in toolchains.items():
        findings = []
        for row in table.rows:
            given = answer(name, row, toolchain, builder)
            if given is not None:
                said.setdefault(row.line, {})[name] = given.cause
            if given is not None and given.wrong is not None:
                findings.append(Finding(Outcome.FAIL, given.wrong, topic=OfRow(row.line, row.why)))
                disputed[row.line] = row
        outcome = Outcome.FAIL if findings else Outcome.PASS
        judgements.append(Judgement(ByItself(name), outcome, tuple(findings)))
    wrong_ones = tuple(judgement.party for judgement in judgements if judgement.findings)
    outcome = Outcome.FAIL if wrong_ones else Outcome.PASS
    verdict = Verdict(outcome, tuple(judgements), wrong_ones if len(wrong_ones) == 1 else ())
    return JudgedTable(_read_again(verdict, [row for _, row in sorted(disputed.items())], reading), said)


def _read_again(verdict: Verdict, disputed: Sequence[NegativeCase], reading: SecondReading) -> Verdict:
    """Text that our front end must refuse has no reading of ours, unless ours wrongly accepts it."""
    for row in disputed:
        ask = reading.accepted_alone if row.stage == "wit" else reading.otherwise
        difference = ask(row.wit, row.features)
        if difference:
            return misread(verdict, f"{OfRow(row.line, row.why)}: {difference}")
    return verdict


def unasked(table: NegativeCases, toolchains: Mapping[str, Toolchain]) -> list[str]:
    """The report's lines about rows that a toolchain cannot get, because the missing stage would not be its own."""
    found = []
    for name, toolchain in toolchains.items():
        rows = [row for row in table.rows if _lacks(toolchain, row)]
        reasons = left_out(toolchains, [name], sorted({item for row in rows for item in _needed(row)}))
        found += [f"{len(rows)} of {len(table.rows)} rows: {reason}" for reason in reasons.values()]
        others = sorted({row.versions for row in table.rows if _other_version(toolchain, row)})
        for versions in others:
            count = sum(row.versions == versions for row in table.rows)
            found.append(
                f"{count} of {len(table.rows)} rows: toolchain {name} is left out: they apply to {TOOL} {versions}, "
                f"not to {toolchain.version}"
            )
    return found


def refused(table: NegativeCases, toolchains: Mapping[str, Toolchain], judged: JudgedTable) -> Ran:
    """What was tried: the rows as text with the answers, and the toolchains that were asked for any of them."""
    lines = []
    for row in table.rows:
        lines.append(f"line {row.line}, stage {row.stage}: {row.why}{_not_all(row, toolchains)}")
        lines += [f"  {name}: {words}" for name, words in judged.said.get(row.line, {}).items()]
    asked = [name for name in toolchains if any(name in said for said in judged.said.values())]
    return Ran(refusals=len(table.rows), cells=tuple(asked), runs=(tuple(lines),))


def _not_all(row: NegativeCase, toolchains: Mapping[str, Toolchain]) -> str:
    missing = [name for name, toolchain in toolchains.items() if not _is_asked(toolchain, row)]
    return f" (not asked: {', '.join(missing)})" if missing else ""


def rows_covered(table: NegativeCases) -> tuple[Covered, ...]:
    """The stages that rows are about, by the behaviour of the reference."""
    found: dict[str, set[str]] = {}
    for row in table.rows:
        found.setdefault(f"the reference {row.reference}", set()).add(row.stage)
    return tuple(Covered("negative case", position, tuple(sorted(stages))) for position, stages in found.items())


def _is_asked(toolchain: Toolchain, row: NegativeCase) -> bool:
    """Others need not refuse valid input that ours does not support."""
    needless = row.limit_of_ours and toolchain.name != OURS and toolchain.tool != TOOL
    return not needless and not _lacks(toolchain, row) and not _other_version(toolchain, row)


def _other_version(toolchain: Toolchain, row: NegativeCase) -> bool:
    """Whether the row says nothing about this version of wasm-tools."""
    return toolchain.tool == TOOL and row.versions != "" and not holds(conditions(row.versions), toolchain.version)


def _lacks(toolchain: Toolchain, row: NegativeCase) -> bool:
    return bool(toolchain.lacks & _needed(row)) or (row.module is not None and toolchain.embedder is None)


def _needed(row: NegativeCase) -> frozenset[str]:
    """The abilities (`Toolchain.lacks`) that a toolchain must have itself for a row."""
    return frozenset({_STAGES[row.stage]} | ({"features"} if row.features else set()))


def _attempt(row: NegativeCase, toolchain: Toolchain, builder: Builder) -> tuple[str, BuildResult]:
    """The stage that was reached, and its result."""
    if row.module is None:
        return builder.attempt(toolchain, row.wit, row.world, row.features)
    assert toolchain.embedder is not None
    return "new", builder.collect(f"new by {toolchain.name}", toolchain, toolchain.embedder.new(row.module))


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What a toolchain does with a row. `said`: the stage and its words, without sizes; `wrong`: what is wrong with it,
    if anything; `cause`: its words with the cause, for people."""

    said: str
    wrong: str | None
    cause: str = ""


def answer(name: str, row: NegativeCase, toolchain: Toolchain, builder: Builder) -> RowAnswer | None:
    """None if the toolchain is not asked."""
    if not _is_asked(toolchain, row):
        return None
    stage, result = _attempt(row, toolchain, builder)
    said = f"{stage}: {'built' if isinstance(result, Built) else _words(result)}"
    return RowAnswer(said, _wrong(name, row, toolchain, stage, result), _with_cause(result))


def _wrong(name: str, row: NegativeCase, toolchain: Toolchain, stage: str, result: BuildResult) -> str | None:
    if toolchain.tool == TOOL:
        seen = {Refused: "refuses", Built: "accepts", Panicked: "panics"}.get(type(result), "crashes")
        return None if seen == row.reference else f"expected that it {row.reference}, but it {seen} ({_words(result)})"
    if not isinstance(result, Refused) or stage in toolchain.lacks:  # the answer of a lent stage is another toolchain's
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


def _with_cause(result: BuildResult) -> str:
    """The first line of a message, and the last: tools print the cause of a cause last."""
    lines = result.message.strip().splitlines() if isinstance(result, Refused | Panicked) else []
    more = f" ... {lines[-1].strip()}" if len(lines) > 1 else ""
    return f"{_words(result)}{more}"

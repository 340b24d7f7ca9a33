"""The workers' findings, as results for reports."""

from __future__ import annotations

from collections.abc import Sequence

from harness.bench.examination import Examination
from harness.judge.ended import EndOfRun
from harness.judge.exhibits import Exhibits
from harness.judge.party import (
    BesideFirst,
    BetweenHosts,
    ByItself,
    InCell,
    InterpreterInCell,
    OfInterpreter,
    OurFrontEnd,
    Party,
    names_of,
)
from harness.judge.ran import Ran
from harness.judge.topic import OfCell
from harness.judge.verdict import Finding, Judgement
from harness.runs.pool import OutOfMemory, Unusable
from harness.toolchains.selection import ToolInfo
from harness.world.types import qualified
from reports import model
from reports.bounds import MAX_LINE, MAX_TEXT, cut, cut_lines
from reports.outcomes import Outcome
from reports.text import case_text

_WORLD = qualified(None, "")
"""The prefix of canonical names of functions of the world itself."""

__all__ = ["broken_case", "case_text", "to_case", "to_tool"]


def to_case(examination: Examination, repeat: str, source: str = "") -> model.CaseResult:
    """`source`: the text of the case's file."""
    verdict = examination.verdict
    excerpts, made, covered = _exhibits(examination.exhibits)
    return model.CaseResult(
        name=examination.name,
        title=examination.title,
        outcome=verdict.outcome,
        opinions=tuple(_opinion(judgement) for judgement in verdict.judgements),
        minority=names_of(verdict.minority),
        reason=verdict.reason,
        unsupported=tuple(map(str, examination.unsupported)),
        notes=verdict.notes,
        wit=cut(examination.wit, MAX_TEXT),
        calls=_calls(examination.calls),
        failed_run=examination.failed_run,
        repeat=repeat,
        artifacts=examination.artifacts,
        seconds=round(examination.seconds, 4),
        ran=_ran(examination.ran),
        source=cut(source, MAX_TEXT),
        excerpts=excerpts,
        made=made,
        covered=covered,
        interface=examination.exhibits.interface,
        checklist=tuple(model.Used(item.function, item.calls, item.types) for item in examination.exhibits.checklist),
    )


def _exhibits(
    exhibits: Exhibits,
) -> tuple[tuple[model.Excerpt, ...], tuple[model.Made, ...], tuple[model.Covered, ...]]:
    excerpts = tuple(
        model.Excerpt(e.cells, e.run, e.role.value, e.first, e.at, e.expected, e.seen, e.places)
        for e in exhibits.excerpts
    )
    made = tuple(model.Made(m.toolchains, m.library, m.component, m.wit) for m in exhibits.made)
    return excerpts, made, tuple(model.Covered(c.direction, c.position, c.features) for c in exhibits.covered)


def _calls(calls: Sequence[str]) -> tuple[str, ...]:
    return tuple(call.removeprefix(_WORLD) for call in cut_lines(calls))


def _ran(ran: Ran) -> model.Ran:
    functions = tuple(model.Called(name, calls) for name, calls in ran.functions)
    runs = tuple(map(_calls, ran.runs))
    return model.Ran(ran.calls, functions, ran.cells, runs, ran.refusals)


def broken_case(name: str, error: Exception, repeat: str) -> model.CaseResult:
    """The harness itself failed, or its input is too large or cannot be used."""
    outcome = Outcome.BAD_INPUT if isinstance(error, OutOfMemory | Unusable) else Outcome.HARNESS_ERROR
    return model.CaseResult(name=name, title="", outcome=outcome, reason=str(error), repeat=repeat)


def to_tool(tool: ToolInfo) -> model.Tool:
    return model.Tool(tool.name, tool.tool, tool.version, tool.path, tool.commands)


def _opinion(judgement: Judgement) -> model.Opinion:
    known = judgement.expectation
    return model.Opinion(
        str(judgement.party),
        judgement.outcome,
        tuple(_finding(finding) for finding in judgement.findings),
        known.id if known is not None else "",
        known.reason if known is not None else "",
        _party(judgement.party),
    )


def _party(party: Party) -> model.Party:
    match party:
        case ByItself(toolchain):
            return model.Party(model.PartyKind.TOOLCHAIN, toolchain)
        case BesideFirst(toolchain):
            return model.Party(model.PartyKind.BESIDE_FIRST, toolchain)
        case BetweenHosts(toolchain):
            return model.Party(model.PartyKind.BETWEEN_HOSTS, toolchain)
        case InCell(cell):
            builds = [model.BuildOf(role.value, str(build)) for role, build in cell.builds]
            same = builds[0].build if len({item.build for item in builds}) == 1 else ""
            kind, engine = model.PartyKind.CELL, cell.engine.value
            return model.Party(kind, same, builds=() if same else tuple(builds), engine=engine)
        case OfInterpreter(interpreter):
            return model.Party(model.PartyKind.INTERPRETER, interpreter=interpreter)
        case InterpreterInCell(interpreter, subject, engine):
            return model.Party(model.PartyKind.INTERPRETER, str(subject), interpreter, engine=engine.value)
        case OurFrontEnd():
            return model.Party(model.PartyKind.FRONT_END)


def _finding(finding: Finding) -> model.Finding:
    difference = finding.difference
    if difference is None:
        ended = finding.ended or EndOfRun()
        message = cut(finding.message, MAX_TEXT)
        topic = _topic(finding)
        return model.Finding(finding.outcome, message, run=finding.run, call=ended.call, before=str(ended), topic=topic)
    from harness.explain.differences import in_wave, rule_of  # only failures need it

    expected, actual = (in_wave(event) for event in difference.events)
    return model.Finding(
        finding.outcome,
        cut(finding.message, MAX_TEXT),
        difference.level,
        difference.aspect,
        difference.role.value if difference.role is not None else "",
        difference.path,
        cut(f"{difference.expected}{f' ({expected})' if expected else ''}", MAX_LINE),
        cut(f"{difference.actual}{f' ({actual})' if actual else ''}", MAX_LINE),
        finding.run,
        difference.call,
        difference.before,
        rule_of(difference),
    )


def _topic(finding: Finding) -> model.Topic | None:
    match finding.topic:
        case OfCell(cell, role):
            return model.Topic(cell, cut(finding.text, MAX_TEXT), (role.value,) if role is not None else ())
    return None

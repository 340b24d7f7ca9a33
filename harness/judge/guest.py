"""The verdict on an interpreter that is not ours: what goes wrong with it, and not with `boxed` in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.judge.party import ByItself, InterpreterInCell, Minority, OfInterpreter, Party
from harness.judge.verdict import SEVERITY, Finding, Judgement, Verdict, worst
from harness.model.concurrency import EventCode
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell
from harness.trace.async_events import OF_ENDS, Delivered
from harness.trace.event import Event
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class GuestCell:
    """The findings in a cell with the interpreter, and whether `boxed` in its place also has findings there."""

    cell: Cell
    findings: tuple[Finding, ...]
    without_it: bool = False

    @property
    def subject(self) -> Build:
        return next(build for role, build in self.cell.builds if role is Role.SUBJECT)

    @property
    def blamed(self) -> bool:
        """Whether only the interpreter can have this fault."""
        return bool(self.findings) and not self.without_it


def judge_guest(
    interpreter: str, cells: Sequence[GuestCell], by_tools: Verdict | None, copies: bool = False
) -> Verdict:
    """`by_tools`: the verdict on the toolchains with `boxed`, if a cell shows a fault without the interpreter.
    `copies`: the interpreter copies streams and futures. A fault that all cells show in the same way is one judgement
    on the interpreter. A limit that `boxed` does not reach in its place is a fault of the interpreter, too: it does not
    end in time.

    If only libraries of one generator show a fault, and others took part, nobody can say whether the interpreter or
    that generator is wrong: both are named.
    """
    rule = f"{_ENDS}, or to copy its elements, each once and in order" if copies else _ENDS
    cells = [_decided(cell, interpreter, rule) for cell in cells]
    judgements = [_judgement(interpreter, cell, by_tools) for cell in cells]
    if all(cell.blamed and _same(cell, cells[0]) for cell in cells):
        judgements = [replace(judgements[0], party=OfInterpreter(interpreter))]
    if by_tools is not None:
        judgements += [judgement for judgement in by_tools.judgements if judgement.findings]
    return Verdict(worst(judgements), tuple(judgements), _minority(interpreter, cells, judgements, by_tools))


def about(interpreter: str, verdict: Verdict, party: Party) -> bool:
    """Whether a judgement on this party is about the interpreter, and the verdict names it, perhaps with a
    toolchain."""
    judged = isinstance(party, OfInterpreter | InterpreterInCell) and party.interpreter == interpreter
    return judged and OfInterpreter(interpreter) in verdict.minority


def _decided(cell: GuestCell, interpreter: str, rule_of_ends: str) -> GuestCell:
    if not cell.blamed:
        return cell
    found = [_with_rule(interpreter, rule_of_ends, _not_ended(finding)) for finding in cell.findings]
    return replace(cell, findings=tuple(found))


_DELIVERED = (EventCode.STREAM_READ, EventCode.STREAM_WRITE, EventCode.FUTURE_READ, EventCode.FUTURE_WRITE)
_CANCELLED = Delivered(EventCode.TASK_CANCELLED, 0, 0)
_ENDS = "has to give each end on as it got it, once and at its place, and to drop the others"


def _with_rule(interpreter: str, rule_of_ends: str, finding: Finding) -> Finding:
    """Who sees a fault of this kind is seldom who made it, so the rule that was broken is said, too."""
    difference = finding.difference
    if difference is None:
        return finding
    said = ""
    if difference.trapped is not None and difference.trapped.kind is TrapClass.INVALID_HANDLE:
        said = f"{interpreter} gave a handle that it does not have: perhaps it has given it away before"
    elif difference.allowed[:1] == (_CANCELLED,):
        said = f"{interpreter} has to pass a cancellation on to the call that its task waits for"
    elif difference.element or any(map(_is_of_an_end, (*difference.allowed, *difference.events))):
        said = f"{interpreter} {rule_of_ends}"
    return replace(finding, text=f"{finding.text} ({said})") if said else finding


def _is_of_an_end(shown: Event | ExpectedOutcome | None) -> bool:
    """Whether an event is one of a stream or a future: an operation, or its completion."""
    return isinstance(shown, OF_ENDS) or (isinstance(shown, Delivered) and shown.code in _DELIVERED)


def _not_ended(finding: Finding) -> Finding:
    """A run that met a limit, without the name of the cell: it is the same fault in all of them."""
    if finding.outcome is not Outcome.LIMIT_REACHED:
        return finding
    text = f"run {finding.run}: {finding.text}; with boxed in its place the run ends"
    return replace(finding, outcome=Outcome.TIMED_OUT, text=text, topic=None)


def _same(one: GuestCell, other: GuestCell) -> bool:
    return [finding.message for finding in one.findings] == [finding.message for finding in other.findings]


def _judgement(interpreter: str, cell: GuestCell, by_tools: Verdict | None) -> Judgement:
    party = InterpreterInCell(interpreter, cell.subject, cell.cell.engine)
    if not cell.findings:
        return Judgement(party, Outcome.PASS)
    if cell.without_it and by_tools is not None and by_tools.outcome is Outcome.EXPECTED_FAILURE:
        known = next(judged.expectation for judged in by_tools.judgements if judged.expectation is not None)
        return Judgement(party, Outcome.EXPECTED_FAILURE, cell.findings, known)
    outcome = min((finding.outcome for finding in cell.findings), key=SEVERITY.index)
    return Judgement(party, outcome, cell.findings)


def _minority(
    interpreter: str, cells: Sequence[GuestCell], judgements: Sequence[Judgement], by_tools: Verdict | None
) -> Minority:
    if any(judgement.outcome.undecided for judgement in judgements):
        return ()
    blamed = {cell.subject.generator for cell in cells if cell.blamed}
    if not blamed:
        return by_tools.minority if by_tools is not None else ()
    others = {cell.subject.generator for cell in cells if not cell.findings} - blamed
    named = OfInterpreter(interpreter)
    return (named, ByItself(blamed.pop())) if len(blamed) == 1 and others else (named,)

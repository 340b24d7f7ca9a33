"""Three opinions (ours, the reference, the model) into a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.engine.results import Rejected
from harness.engine.traps import engine_fault
from harness.judge.diff import against_model, between
from harness.judge.difference import Difference
from harness.judge.ended import EndOfRun, where_it_ended
from harness.judge.endless import RunsThatEnd, limit_reached
from harness.judge.observation import CellRun, Observation
from harness.judge.party import BesideFirst, ByItself, InCell, Party, toolchain_of
from harness.judge.schedules import Schedules, Undecidable, first_parting, in_order
from harness.judge.structure import Structure
from harness.judge.topic import OfCell, Topic
from harness.judge.verdict import SEVERITY, Finding, Judgement, Verdict, worst
from harness.judge.votes import minority, shared_fault
from harness.model.concurrency import Seen
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.suite.expectations import Expectation, Expectations
from harness.suite.faults.condition import Told, WorldFacts
from harness.toolchains.protocol import BuildFailure, InvalidOutput, Panicked, Refused, TimedOut
from harness.world.merging import merging
from harness.world.unused_ends import has_unused_end
from reports.outcomes import Outcome

_FAULT = "the engine found a bug in itself"
_SIGKILL = 9


def judge(
    case: str,
    plan: Plan,
    cells: Sequence[CellRun],
    structure: Structure,
    tools: Mapping[str, str],
    expectations: Expectations,
    further: Mapping[str, Sequence[Finding]] | None = None,
) -> Verdict:
    """`structure`: differences of levels 1 and 2. `tools`: the tool behind each toolchain's name, by its name in
    expectations. `further`: other findings about a toolchain's output for the world, by toolchain."""
    further = further or {}
    judging = Judging(case, tools, about(plan, expectations), plan.calls_of)
    against = Against(plan)
    ends = RunsThatEnd(cells)
    alone = [run.cell.toolchain for run in cells]
    behaviour = []
    for name in _toolchains(cells):
        findings = [*findings_of(structure.from_model.get(name, ())), *further.get(name, ())]
        if name in alone:
            findings += map(ends.decided, cell_findings(cells[alone.index(name)], against))
        behaviour.append(judging.judgement(ByItself(name), findings))
    for number, run in enumerate(cells):
        if run.cell.toolchain is None or alone.index(run.cell.toolchain) < number:
            judgement = judging.judgement(InCell(run.cell), [*map(ends.decided, cell_findings(run, against))])
            behaviour.append(_excused(judging, judgement, run, behaviour))
    judgements = behaviour + _beside(judging, structure)
    judged = {judgement.party for judgement in behaviour}
    judgements += judging.demanded(judgements, [name for name in tools if ByItself(name) in judged])
    wrong = _minority(cells, behaviour, structure, further)
    if wrong is None and all(judgement.outcome is Outcome.PASS for judgement in behaviour):
        wrong = ", ".join(structure.outvoted) or None
    return Verdict(worst(judgements), tuple(judgements), wrong, notes=against.other_orders())


def judge_alone(judging: Judging, findings: Mapping[str, Sequence[Finding]]) -> Verdict:
    """The verdict on toolchains that are compared with the expected behaviour, each by itself; `findings` by
    toolchain."""
    judgements = [judging.judgement(ByItself(name), found) for name, found in findings.items()]
    judgements += judging.demanded(judgements, findings)
    if any(judgement.outcome.undecided for judgement in judgements):
        return Verdict(worst(judgements), tuple(judgements))
    wrong = [name for name, found in findings.items() if found]
    alone = minority(list(findings), wrong, lambda one, other: list(findings[one]) == list(findings[other]))
    return Verdict(worst(judgements), tuple(judgements), alone)


def _unexpected(toolchain: str, demanded: Expectation) -> Judgement:
    """A fault that should show in this very case, but does not."""
    message = f"passes, but {demanded.id} expects: {demanded.outcome} ({demanded.reason})"
    findings = (Finding(Outcome.UNEXPECTED_PASS, message),)
    return Judgement(ByItself(toolchain), Outcome.UNEXPECTED_PASS, findings, demanded=demanded)


def findings_of(differences: Sequence[Difference]) -> list[Finding]:
    """The findings for differences from the expected content."""
    return [Finding(Outcome.FAIL, str(difference), difference) for difference in differences]


def _beside(judging: Judging, structure: Structure) -> list[Judgement]:
    """Judge the outputs of toolchains by each other, where the model has no opinion."""
    judgements = []
    for name, differences in structure.from_first.items():
        findings = findings_of(differences)
        if findings:
            judgements.append(judging.judgement(BesideFirst(name), findings))
    return judgements


def _toolchains(cells: Sequence[CellRun]) -> list[str]:
    """The toolchains that made whole components, each once."""
    found = [build.toolchain for run in cells for _, build in run.cell.builds]
    return [name for name in dict.fromkeys(found) if name is not None]


def cell_findings(run: CellRun, against: Against) -> list[Finding]:
    """The findings in one cell: failed builds, or the differences of its runs from the model."""
    findings = []
    for role, build in run.builds.items():
        failure = build.failure
        if failure is not None:
            findings.append(build_finding(OfCell(str(run.cell), role), failure))
    if findings:
        return findings
    if run.rejected is not None:
        return [refused_by_engine(str(run.cell), run.rejected)]
    cell = OfCell(str(run.cell))
    for number, observation in enumerate(run.observations):
        limit = limit_reached(observation)
        if limit:
            first = all(finding.ended is None for finding in findings)  # only this run showed all of its events
            ended = against.ended(number, observation) if first else None
            findings.append(Finding(Outcome.LIMIT_REACHED, limit, None, number + 1, ended, cell))
            continue
        fault = _engine_fault(observation)
        if fault:
            findings.append(Finding(Outcome.ENGINE_FAULT, fault, run=number + 1, topic=cell))
            continue
        try:
            differences = against.model(number, observation)
        except Undecidable as error:
            findings.append(Finding(Outcome.UNPREDICTABLE, str(error), run=number + 1, topic=cell))
            continue
        if not differences:
            against.accept(number, observation, str(run.cell))
        for difference in differences:
            findings.append(Finding(Outcome.FAIL, str(difference), difference, number + 1))
    return findings


class Against:
    """Compares the runs of a plan with the model."""

    def __init__(self, plan: Plan) -> None:
        self._runs = plan.runs
        self._schedules = Schedules(plan) if plan.asynchronous else None
        self._orders: dict[int, dict[tuple[Seen, ...], str]] = {}

    def accept(self, number: int, observation: Observation, cell: str) -> None:
        """The model has accepted run `number` of a cell."""
        result = observation.result
        if self._schedules is not None and not isinstance(result, Rejected):
            self._orders.setdefault(number, {}).setdefault(in_order(observation.traces, result.order), cell)

    def ended(self, number: int, observation: Observation) -> EndOfRun:
        """Where run `number`, counted from 0, was at its end."""
        return where_it_ended(observation.traces, self._runs[number])

    def other_orders(self) -> tuple[str, ...]:
        """The accepted runs whose events came in another order than in the first accepted cell. No failure: the
        specification allows both."""
        found = []
        for number, orders in sorted(self._orders.items()):
            (first, known), *others = orders.items()
            for seen, cell in others:
                parting = first_parting(first, seen)
                if parting:
                    found.append(
                        f"run {number + 1}: {cell} took another order than {known}; both are allowed: {parting}"
                    )
        return tuple(found)

    def model(self, number: int, observation: Observation) -> list[Difference]:
        """The differences of run `number`, counted from 0, from the model. Raises `Undecidable`."""
        if self._schedules is None or isinstance(observation.result, Rejected):
            return against_model(observation, self._runs[number])
        return self._schedules.against(number, observation)


def _engine_fault(observation: Observation) -> str:
    """The engine's message about a bug in itself that ended a run; empty if none did."""
    result = observation.result
    if isinstance(result, Rejected):
        fault = engine_fault(result.message)
        return f"{_FAULT}, in {result.stage}: {fault}" if fault else ""
    trap = result.trap
    if trap is None or trap.kind is not TrapClass.ENGINE_FAULT:
        return ""
    return f"{_FAULT}, in {trap.entry}: {trap.detail}"


def refused_by_engine(cell: str, rejected: Rejected) -> Finding:
    """Findings about outputs of tools that the engine refuses or does not finish."""
    if fault := engine_fault(rejected.message):
        outcome, text = Outcome.ENGINE_FAULT, f"{_FAULT}, in {rejected.stage}: {fault}"
    elif rejected.signal:
        outcome, text = _ended(rejected)
    else:
        outcome, text = Outcome.TIMED_OUT if rejected.timed_out else Outcome.INVALID_OUTPUT, str(rejected)
    return Finding(outcome, text, topic=OfCell(cell))


def _ended(rejected: Rejected) -> tuple[Outcome, str]:
    """A signal ended the engine, or the composition before it, twice. No guest may do that to an engine, and no input
    to the harness, so it says nothing about a tool. SIGKILL comes from outside."""
    if rejected.signal == _SIGKILL:
        why = "the system killed the worker twice, at last while it ran alone, as it does when memory is short"
        return Outcome.HARNESS_ERROR, f"{why}; give it more memory, or make the input smaller"
    if rejected.stage == "compose":
        return Outcome.HARNESS_ERROR, f"a signal ended the harness twice, in compose: {rejected.message}"
    return Outcome.ENGINE_FAULT, f"a signal ended the engine twice, in {rejected.stage}: {rejected.message}"


def build_finding(what: Topic, failure: BuildFailure) -> Finding:
    """The finding that a tool did not build `what`."""
    outcome, text = failed(failure)
    return Finding(outcome, text, topic=what)


def command_finding(command: str, failure: BuildFailure) -> Finding:
    """The finding that a command for the subject failed. Which command it was is a part of the fault."""
    outcome, text = failed(failure)
    return Finding(outcome, f"{command}: {text}")


def failed(failure: BuildFailure) -> tuple[Outcome, str]:
    """What a tool did in the place of its output, in words."""
    match failure:
        case Refused(message, stage):
            return Outcome.FAIL, f"refused to {stage}: {message}"
        case Panicked(code, message, stage):
            return Outcome.TOOL_PANICKED, f"{stage} panicked (exit code {code}): {message}"
        case InvalidOutput(message, stage, _):
            return Outcome.INVALID_OUTPUT, f"{stage} gave an invalid output: {message}"
        case TimedOut(seconds, stage):
            return Outcome.TIMED_OUT, f"{stage} did not end within {seconds:g} s"


def about(plan: Plan, expectations: Expectations) -> Expectations:
    """The expectations about a plan's world, and about the components around it."""

    def unused_end() -> bool:
        return any(has_unused_end(plan.worlds[part.role], part.world) for part in plan.components)

    def kept() -> list[tuple[str, str]]:
        subjects = [plan.worlds[part.role] for part in plan.components if part.role is Role.SUBJECT]
        return [pair for world in subjects for pair in merging(world).kept.items()]

    subject = next((part for part in plan.components if part.role is Role.SUBJECT), None)
    world, features = (None, ()) if subject is None else (subject.world, subject.features)
    return expectations.about(WorldFacts(plan.subject_wit, world, features, unused_end, kept))


def told(finding: Finding, calls_of: Callable[[int], Sequence[str]]) -> Told:
    """A finding as expectations see it. `calls_of`: the calls of a run."""
    return Told(finding.outcome, finding.message, calls_of(finding.run), finding.difference)


@dataclass(frozen=True, slots=True)
class Judging:
    """The known facts about a case before it is judged. `tools`: the tool behind each toolchain's name, by its name in
    expectations. `expectations`: those that may apply to its world. `calls_of`: the calls of a run."""

    case: str
    tools: Mapping[str, str]
    expectations: Expectations
    calls_of: Callable[[int], Sequence[str]] = lambda _: ()

    def judgement(self, party: Party, findings: Sequence[Finding]) -> Judgement:
        if not findings:
            return Judgement(party, Outcome.PASS)
        worst = min((finding.outcome for finding in findings), key=SEVERITY.index)
        reasons = self.reasons(toolchain_of(party), findings)
        if all(reason is not None for reason in reasons):
            return Judgement(party, Outcome.EXPECTED_FAILURE, tuple(findings), reasons[0])
        return Judgement(party, worst, tuple(findings))

    def reasons(self, toolchain: str | None, findings: Sequence[Finding]) -> Sequence[Expectation | None]:
        """For each finding the known fault of the toolchain that explains it; None if there is none."""
        tool = self.tools.get(toolchain) if toolchain is not None else None
        if tool is None:
            return [None] * len(findings)
        return self.expectations.explain(tool, self.case, [told(finding, self.calls_of) for finding in findings])

    def demanded(self, judgements: Sequence[Judgement], asked: Iterable[str]) -> list[Judgement]:
        """Faults of the toolchains `asked` that should show in this very case, but do not."""
        seen = {judgement.expectation for judgement in judgements}
        undecided = {judgement.party for judgement in judgements if judgement.outcome.undecided}
        return [
            _unexpected(name, demanded)
            for name in asked
            for demanded in self.expectations.demanded(self.tools.get(name, name), self.case)
            if demanded not in seen and ByItself(name) not in undecided
        ]


def _excused(judging: Judging, judgement: Judgement, run: CellRun, judgements: Sequence[Judgement]) -> Judgement:
    """A mixed cell with a toolchain that is known to fail here proves nothing, if it shows what this toolchain shows by
    itself, or what its known faults explain beside that."""
    if judgement.outcome.good or judgement.outcome.undecided:
        return judgement
    makers = {maker for _, build in run.cell.builds for maker in (build.generator, build.linker)}
    for other in judgements:
        maker = other.party.toolchain if isinstance(other.party, ByItself) else None
        if maker in makers and other.outcome is Outcome.EXPECTED_FAILURE:
            reasons = judging.reasons(maker, [*judgement.findings, *other.findings])
            alone = {_shown(finding) for finding in other.findings}
            pairs = zip(judgement.findings, reasons, strict=False)
            if all(reason is not None or _shown(finding) in alone for finding, reason in pairs):
                return Judgement(judgement.party, Outcome.EXPECTED_FAILURE, judgement.findings, other.expectation)
    return judgement


def _shown(finding: Finding) -> tuple[object, ...]:
    """What a finding shows, in whatever cell."""
    difference = finding.difference
    if difference is None:
        return finding.outcome, finding.run, finding.text
    return finding.outcome, finding.run, difference.aspect, difference.role, difference.expected, difference.actual


def _minority(
    cells: Sequence[CellRun],
    judgements: Sequence[Judgement],
    structure: Structure,
    further: Mapping[str, Sequence[Finding]],
) -> str | None:
    """The minority (`harness/judge/votes.py`). If every toolchain is right by itself, the toolchain whose ends share a
    fault; else the first wrong cell."""
    if any(judgement.outcome.undecided for judgement in judgements):
        return None
    found = {judgement.party: judgement for judgement in judgements}
    names = _toolchains(cells)
    wrong = [name for name in names if found[ByItself(name)].findings]
    if wrong:
        return minority(names, wrong, lambda one, other: _agree(cells, structure, further, one, other))
    mixed = [(run.cell, not found[InCell(run.cell)].findings) for run in cells if InCell(run.cell) in found]
    return shared_fault(mixed) or next((str(judgement.party) for judgement in judgements if judgement.findings), None)


def _agree(
    cells: Sequence[CellRun], structure: Structure, further: Mapping[str, Sequence[Finding]], one: str, other: str
) -> bool:
    """Whether two toolchains that the model contradicts showed the same, or refused the same."""
    if list(further.get(one, ())) != list(further.get(other, ())):
        return False
    alone = {run.cell.toolchain: run for run in reversed(cells) if run.cell.toolchain is not None}
    first, second = alone.get(one), alone.get(other)
    if first is None or second is None or structure.from_model.get(one) != structure.from_model.get(other):
        return False
    if not first.observations or not second.observations:
        refusals = [_refused_stages(run) for run in (first, second)]
        return refusals[0] == refusals[1] and bool(refusals[0])
    pairs = zip(first.observations, second.observations, strict=True)
    return not any(between(a, b) for a, b in pairs)


def _refused_stages(run: CellRun) -> list[tuple[Role, str]]:
    """The items of a plan that a toolchain refused; none if it failed in any other way."""
    failures = [(role, build.failure) for role, build in run.builds.items() if build.failure is not None]
    if not all(isinstance(failure, Refused) for _, failure in failures):
        return []
    return [(role, failure.stage) for role, failure in failures]

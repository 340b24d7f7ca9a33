"""The world of a `harness check`, as a case file. A failure becomes the steps of the run that shows it, as they are or
reduced; a world that passes becomes the calls from the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.made_here import made_here
from harness.bench.workbench import Workbench
from harness.frontend.front_end import FrontEndError, surround
from harness.fuzz.bucket import Hit, hits
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.cases_of import bare_case, run_case
from harness.fuzz.drawn import DrawnWorld
from harness.fuzz.oracle import Oracle
from harness.fuzz.reduce import Reduce, Reduction, size_of
from harness.fuzz.reduce_file import description
from harness.fuzz.triage import triage_for
from harness.fuzz.trial import Recipe
from harness.fuzz.wanted import FIRST, NO_FINDINGS, Findings, Wanted
from harness.plan.roles import Role
from harness.planner.bare import PlannedWorld, planned_world
from harness.process.steps import StepLost
from harness.runs.tasks import CheckWorld
from harness.suite.case import Sample
from harness.text.limits import planning
from harness.toolchains.cells import First
from harness.toolchains.protocol import ENCODINGS


@dataclass(frozen=True, slots=True)
class CaseMade:
    """`text` None: there is no case. `note`: how large it is, or why there is none, or why it is not reduced.
    `findings`: those of the world, with the one that the case is about."""

    text: str | None
    note: str
    findings: Findings = NO_FINDINGS


@dataclass(frozen=True, slots=True)
class CaseOfCheck:
    """The task of a worker. `repeat`: the command that the case comes from. `wanted`: the finding that it is about; if
    none is named, the first new one."""

    check: CheckWorld
    reducing: bool
    repeat: str
    wanted: Wanted = FIRST

    def perform(self, bench: Workbench) -> CaseMade:
        check = self.check
        try:
            with bench.steps.bounded("plan", extra=planning(check.calls)):
                surroundings = surround(check.path, check.world, check.features)
                planned = planned_world(surroundings, Random(check.seed), check.calls, "check", ENCODINGS)
        except (FrontEndError, StepLost) as error:
            return CaseMade(None, f"no case: {error}")
        subject = surroundings.parts[Role.SUBJECT].plan
        world = DrawnWorld(subject.wit, subject.world, subject.features, check.seed)
        options = replace(check.options, first=First.SUBJECT_BOTH_WAYS, turn=check.seed, artifacts=None)
        check = replace(check, options=options)
        examination = examine(bench, "check", planned.plan, options)
        tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
        found = hits(examination.verdict, triage_for(tools, options.expectations, planned.plan))
        findings = self._choose(found)
        if not findings.chosen:
            made = None if self.wanted.given else self._made(bench, _passing(world, check.calls), "", "")
            return made or CaseMade(None, "", findings)
        made = self._of_finding(bench, planned, world, found[findings.chosen - 1], options)
        return replace(made, findings=findings)

    def _choose(self, found: Sequence[Hit]) -> Findings:
        """A known fault only if it is named, or if nothing else shows."""
        new = [not hit.known for hit in found]
        return self.wanted.among(
            list(map(description, found)), new if any(new) and not self.wanted.given else [True] * len(found)
        )

    def _of_finding(
        self, bench: Workbench, planned: PlannedWorld, world: DrawnWorld, hit: Hit, options: Options
    ) -> CaseMade:
        check = self.check
        if not self.reducing or hit.known:
            note = f"not reduced: it is known ({hit.known})" if hit.known else ""
            return self._made(bench, _as_it_is(planned, world, hit, check.calls), hit.message, note)
        task = Reduce(Recipe(check.seed, check.calls), 0, hit.bucket, False, options)
        reduced = Reduction(task, world, Oracle(bench, hit.bucket, options)).run()
        if not isinstance(reduced.parts, CaseParts):  # None: a world is never reduced to a link case
            return self._made(
                bench, _as_it_is(planned, world, hit, check.calls), hit.message, f"not reduced: {reduced.note}"
            )
        return self._made(
            bench, reduced.parts, reduced.message or hit.message, f"reduced in {reduced.attempts} attempts"
        )

    def _made(self, bench: Workbench, parts: CaseParts, message: str, note: str) -> CaseMade:
        parts = replace(parts, why=parts.why.replace("`harness fuzz`", "`harness check`"))
        made_by = made_here(bench, self.repeat, str(self.check.path))
        text = case_text(replace(parts, made_by=made_by), [message] if message else [])
        return CaseMade(text, f"{size_of(parts)}{f'; {note}' if note else ''}")


def _as_it_is(planned: PlannedWorld, world: DrawnWorld, hit: Hit, calls: int) -> CaseParts:
    if not hit.run:
        return bare_case(world.wit, world.name, world.features, hit.bucket, ENCODINGS)
    return run_case(planned, hit.run, hit.bucket)


def _passing(world: DrawnWorld, calls: int) -> CaseParts:
    return CaseParts(
        title=f"{world.name} with values from seed {world.script_seed}",
        why="Every function is called; written by `harness check`.",
        wit=world.wit,
        world=world.name,
        features=world.features,
        sample=Sample(world.script_seed, calls),
    )

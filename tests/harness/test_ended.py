"""Where a run was when a trap or a limit ended it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind, RunLimits
from harness.frontend.front_end import WitText
from harness.judge.cell_findings import Against, cell_findings
from harness.judge.ended import where_it_ended
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.planner import case_plan, check_plan
from harness.process.steps import Steps
from harness.suite.case import parse_case
from harness.toolchains.cells import Build, Cell
from harness.toolchains.selection import Ours, Selection
from harness.trace.reader import Trace
from reports.outcomes import Outcome

WIT = "package a:b; interface x { f: func(a: u8) -> u8; g: func(a: u8) -> u8; } world w { import x; export x; }"
CASE = f"""title = "T"
why = "W."
origin = "own"
wit = "{WIT}"
[[step]]
by = "driver"
call = "a:b/x#f"
args = ["1"]
during = [{{ call = "a:b/x#g", args = ["2"], result = "3" }}]
result = "4"
[[step]]
by = "driver"
call = "a:b/x#g"
args = ["5"]
result = "6"
"""


def run() -> ScriptPlan:
    return case_plan(parse_case(CASE)).runs[0]


def traces(run: ScriptPlan, shown: dict[Role, int]) -> dict[Role, Trace]:
    return {role: Trace(None, run.expected[role].events[:count], (), None) for role, count in shown.items()}


def at(run: ScriptPlan, role: Role, path: str, last: bool = False) -> int:
    """The number of events of a component up to the first, or the last, with a path that begins so."""
    found = [number for number, event in enumerate(run.expected[role].paths, 1) if event.startswith(path)]
    return found[-1 if last else 0]


@pytest.mark.parametrize(
    ("driver", "subject", "provider", "call"),
    [
        (("", False), ("", False), ("", False), 0),
        (("call 1", False), ("", False), ("", False), 1),
        (("call 1", False), ("call 1", False), ("", False), 1),
        (("call 1", False), ("call 2", False), ("", False), 2),
        (("call 1", False), ("call 2", False), ("call 2", False), 2),
        (("call 1", False), ("call 2", True), ("call 2", True), 1),
        (("call 1", True), ("call 1", True), ("call 2", True), 0),
        (("call 3", False), ("call 1", True), ("call 2", True), 3),
    ],
    ids=["nothing", "called", "entered", "calls inside", "both inside", "back", "between", "the next"],
)
def test_the_innermost_call_that_has_not_ended(
    driver: tuple[str, bool], subject: tuple[str, bool], provider: tuple[str, bool], call: int
) -> None:
    plan = run()
    parts = ((Role.DRIVER, driver), (Role.SUBJECT, subject), (Role.PROVIDER, provider))
    shown = {role: at(plan, role, path, last) if path else 0 for role, (path, last) in parts}
    found = where_it_ended(traces(plan, shown), plan)
    assert (found.call, found.text) == (call, plan.calls[call - 1] if call else "")
    assert [line.partition(":")[0] for line in found.around.splitlines()] == [
        role.value for role, events in plan.expected.items() if shown[role] < len(events)
    ]


def test_a_call_that_lacks_only_its_finish_has_ended() -> None:
    """The interpreter keeps this event: the engine lets no component leave while it finishes a call."""
    plan = run()
    provider = plan.expected[Role.PROVIDER]
    finish = next(number for number, event in enumerate(provider.events) if str(event).startswith("export_finish"))
    shown = {Role.DRIVER: 1, Role.SUBJECT: at(plan, Role.SUBJECT, "call 2", last=True), Role.PROVIDER: finish}
    assert where_it_ended(traces(plan, shown), plan).call == 1


def test_a_component_that_did_something_else_tells_nothing() -> None:
    plan = run()
    seen = traces(plan, {Role.DRIVER: 1, Role.SUBJECT: 1})
    seen[Role.DRIVER] = replace(seen[Role.DRIVER], events=plan.expected[Role.SUBJECT].events[:1])
    assert where_it_ended(seen, plan).around.startswith("subject: the last event is 1, `export_start")


def test_with_more_fuel_a_run_ends_in_a_later_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interpreters keep their events until they have many; a second, eager run shows all of them."""
    monkeypatch.setattr(RunLimits, "for_plan", lambda limits, plan: limits)
    plan = check_plan(WitText(WIT, "w"), calls=60)
    bench = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    build = Build("ours", "ours")
    cell = Cell(tuple((component.role, build) for component in plan.components), EngineKind.WINCH)
    places = []
    for fuel in (1 << bits for bits in range(14, 40)):
        (found,) = bench.observer.observe(plan, [cell], RunLimits(fuel=fuel)).cells
        findings = cell_findings(found, Against(plan))
        if not findings:
            break
        ended = findings[0].ended
        assert findings[0].outcome is Outcome.LIMIT_REACHED and ended is not None
        assert [finding.ended for finding in findings[1:]] == [None] * len(findings[1:])
        places.append(ended.call)
        assert ended.text == (plan.runs[findings[0].run - 1].calls[ended.call - 1] if ended.call else "")
    assert not findings
    assert len(set(places)) > 2 and max(places) > 2

"""Inside a worker: cases with an interpreter that is not ours."""

from __future__ import annotations

from harness.bench.artifacts import source_of
from harness.bench.examination import Examination
from harness.bench.examine_guest import examine_guest
from harness.bench.workbench import Workbench
from harness.judge.verdict import broken, skipped
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.process.steps import StepLost
from harness.runs.tasks import RunCase
from harness.suite.case import Case
from harness.toolchains.interpreter import Interpreter


def no_interpreter(what: str) -> str:
    """Why something is skipped."""
    return f"{what} has no interpreter that could be another"


def guest_case(bench: Workbench, interpreter: Interpreter, task: RunCase, case: Case, started: float) -> Examination:
    """A case that is right by itself. It is skipped if the interpreter has no role in it."""
    try:
        with bench.steps.bounded("plan"):
            plan = guest_case_plan(case, interpreter.abilities)
    except NoRole as error:
        return Examination(task.name, case.title, skipped(str(error)))
    except StepLost as lost:
        return Examination(task.name, case.title, broken(f"planning: {lost.loss.message}"))
    return examine_guest(bench, task.name, plan, task.options, started, source_of(task.path))

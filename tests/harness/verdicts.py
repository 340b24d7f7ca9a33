"""Observations of one small plan, as verdicts are made of them."""

from __future__ import annotations

from harness.engine.results import EngineKind, RunResult, Trap
from harness.judge.judging import judge
from harness.judge.observation import CellRun, Observation
from harness.judge.structure import Structure
from harness.judge.verdict import Verdict
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.suite.expectations import Expectations
from harness.toolchains.cells import OURS, REFERENCE, Cell, pure_cell
from harness.toolchains.component_build import ComponentBuild
from harness.toolchains.protocol import BuildResult, Built
from harness.trace.events import PopNumber, PushNumber
from harness.trace.reader import TraceReader

GOOD = "push_u8 1\npop_u8 = 2\nbalance 0 0 0 0 0\n"
FAILED = "push_u8 1\npop_u8 = 2\nfail d\n"
SIGN = "push_u8 255\npop_u8 = 2\nbalance 0 0 0 0 0\n"
OTHER = "push_u8 7\npop_u8 = 2\nbalance 0 0 0 0 0\n"
EVENTS = Events((PushNumber("u8", 1), PopNumber("u8", 2)), ("call 1, x", "call 2, result"))
ROLES = (Role.SUBJECT, Role.DRIVER)
TOOLS = {OURS: "generator", REFERENCE: "wasm-tools"}


def plan(outcome: ExpectedOutcome | None = None) -> Plan:
    script = ScriptPlan({}, {Role.SUBJECT: EVENTS}, outcome or ExpectedOutcome())
    return Plan("t", (), (), (Role.DRIVER,), (script,))


def observation(text: str, trap: Trap | None = None) -> Observation:
    result = RunResult({Role.SUBJECT: text}, trap)
    return Observation(result, {Role.SUBJECT: TraceReader().read(text)})


def cell_run(cell: Cell, text: str) -> CellRun:
    built = ComponentBuild(Built(b"d"), Built(b"c"))
    return CellRun(cell, {role: built for role, _ in cell.builds}, None, b"", (observation(text),))


def failed(cell: Cell, result: BuildResult) -> CellRun:
    return CellRun(cell, {role: ComponentBuild(result, None) for role, _ in cell.builds})


def pure(name: str) -> Cell:
    return pure_cell(ROLES, name, EngineKind.WINCH)


def verdict(ours: str, reference: str, expectations: Expectations | None = None) -> Verdict:
    cells = [cell_run(pure(OURS), ours), cell_run(pure(REFERENCE), reference)]
    return judge("x/y", plan(), cells, Structure(), TOOLS, expectations or Expectations())


STOPPED = Trap(TrapClass.OUT_OF_FUEL, "all fuel consumed", "driver-run", "wasm trap: all fuel consumed")


BUG = "BUG: thread with WakeOnCancel::Yielding not promotable"
FAULT = Trap(TrapClass.ENGINE_FAULT, BUG, "driver-run", f"Caused by:\n    {BUG}\nlocation: x.rs:1\n")

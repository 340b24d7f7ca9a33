"""Carries out a plan: builds, composes, compiles and runs every cell, and keeps the observations as data."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from harness.binary.host_imports import NO_IMPORTS, HostImports
from harness.binary.share import SharedModules
from harness.composition.compose import Composed, CompositionError, compose, without_wire
from harness.composition.interpreter_world import WASI
from harness.engine.engine import Compiled, Engine
from harness.engine.results import EngineKind, Rejected, RunLimits, RunResult
from harness.judge.observation import CellRun, Observation, Observed
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.process.clock import Clock
from harness.process.steps import StepLost, Steps
from harness.script.text import eager_text
from harness.toolchains.builder import Builder
from harness.toolchains.cells import Cell
from harness.toolchains.component_build import ComponentBuild
from harness.toolchains.protocol import Built, InvalidOutput
from harness.trace.names import DumpError
from harness.trace.reader import TraceReader


class Observer:
    """Carries out plans. Caches compiled interpreters, the last builds and the meaning of dumps from plan to plan."""

    def __init__(
        self,
        builder: Builder,
        engine: Callable[[EngineKind], Engine],
        known: SharedModules,
        steps: Steps,
        traces: TraceReader | None = None,
    ) -> None:
        self._builder = builder
        self._engine = engine
        self._known = known
        self._traces = traces or TraceReader()
        self._steps = steps

    def reading_by(self, traces: TraceReader) -> Observer:
        """The same with another reader of traces."""
        return Observer(self._builder, self._engine, self._known, self._steps, traces)

    def observe(
        self, plan: Plan, cells: Sequence[Cell], limits: RunLimits, observed: Observed | None = None
    ) -> Observed:
        """`observed`: the observations of earlier cells of the plan, extended to `cells`; equal components do not run
        again."""
        observed = Observed([]) if observed is None else observed
        components = {component.role: component for component in plan.components}
        wanted = [(components[role], build) for cell in cells for role, build in cell.builds]
        builds = self._builder.build(wanted, observed.clock)
        observed.cells = []
        parts = [{role: builds[components[role], build] for role, build in cell.builds} for cell in cells]
        several = _in_several(map(_binaries, parts))
        for cell, made in zip(cells, parts, strict=True):
            binaries = _binaries(made)
            if binaries is None:
                observed.cells.append(CellRun(cell, made))
                continue
            key = (cell.engine, tuple(binaries.values()))
            run = observed.runs.get(key)
            if run is None:
                reused = [role for role, binary in binaries.items() if binary in several]
                run = observed.runs[key] = self._run_cell(plan, cell, made, binaries, reused, limits, observed.clock)
            observed.cells.append(run if run.cell == cell else _again(run, cell, made))
        return observed

    def _run_cell(
        self,
        plan: Plan,
        cell: Cell,
        made: dict[Role, ComponentBuild],
        binaries: dict[Role, bytes],
        reused: Sequence[Role],
        limits: RunLimits,
        clock: Clock,
    ) -> CellRun:
        start = time.perf_counter()
        try:
            with self._steps.bounded(f"compose {cell}"):
                provided = self._provided(plan, cell, binaries)
                composition = compose(binaries, plan.wires, self._known, provided, plan.asynchronous, reused)
        except CompositionError as error:
            return CellRun(cell, made, Rejected("compose", str(error)))
        except StepLost as lost:
            return CellRun(cell, made, Rejected.lost("compose", lost.loss))
        start = clock.add("compose", start)
        engine = self._engine(cell.engine)
        try:
            with self._steps.bounded(f"compile {cell}"):
                compiled = engine.compile(composition)
        except StepLost as lost:
            compiled = Rejected.lost("compile", lost.loss)
        start = clock.add("compile", start)
        if isinstance(compiled, Rejected):
            return self._blame(cell, made, composition, compiled)
        observations: list[Observation] = []
        for number, script in enumerate(plan.runs):
            found = self._observe_run(plan, number, script, cell, compiled, limits, clock)
            if _unexpected_end(found, script) and not any(map(_limited, observations)):
                found = self._with_every_event(found, plan, number, cell, compiled, limits, clock)
            observations.append(found)
        return CellRun(cell, made, None, composition.component, tuple(observations))

    def _provided(self, plan: Plan, cell: Cell, binaries: dict[Role, bytes]) -> HostImports:
        """What an interpreter of others may import, and a subject whose initialisation uses WASI. Raises
        `CompositionError`."""
        initialized = any(role is Role.SUBJECT and build.initializer for role, build in cell.builds)
        may_import = any(part.foreign for part in plan.components) or (initialized and self._builder.adapted)
        return _provided(plan, binaries) if may_import else NO_IMPORTS

    def _with_every_event(
        self,
        found: Observation,
        plan: Plan,
        number: int,
        cell: Cell,
        compiled: Compiled,
        limits: RunLimits,
        clock: Clock,
    ) -> Observation:
        """The run once more, with interpreters that hand over every event at once: where nobody expects a trap, they
        keep their last events, which a trap loses. `found`, if it does not end in the same way again."""
        script = plan.runs[number]
        eager = {role: eager_text(text) for role, text in script.scripts.items()}
        if eager == script.scripts:
            return found
        again = self._observe_run(plan, number, replace(script, scripts=eager), cell, compiled, limits, clock)
        return again if _trap_of(again) is _trap_of(found) else found

    def _observe_run(
        self,
        plan: Plan,
        number: int,
        script: ScriptPlan,
        cell: Cell,
        compiled: Compiled,
        limits: RunLimits,
        clock: Clock,
    ) -> Observation:
        start = time.perf_counter()
        result: RunResult | Rejected
        try:
            own = limits.for_plan(script)
            with self._steps.bounded(f"run {number + 1} of {cell}", extra=own.seconds - limits.seconds):
                entries = plan.entries if script.entries is None else script.entries
                result = compiled.run(script.scripts, entries, own)
        except StepLost as lost:
            result = Rejected.lost("run", lost.loss)
        start = clock.add("run", start)
        if isinstance(result, Rejected):
            return Observation(result, {})
        try:
            traces = {role: self._traces.read(text) for role, text in result.traces.items()}
        except DumpError as error:
            return Observation(Rejected("describe", str(error)), {})
        finally:
            clock.add("read", start)
        return Observation(result, traces)

    def _blame(
        self, cell: Cell, made: dict[Role, ComponentBuild], composition: Composed, rejected: Rejected
    ) -> CellRun:
        """The engine refuses the composition: a component that it also refuses alone is its linker's invalid output."""
        engine = self._engine(cell.engine)
        blamed = dict(made)
        for role, build in made.items():
            assert isinstance(build.component, Built)
            message = engine.component_refusal(build.component.data)
            if message is not None:
                invalid = InvalidOutput(message, "link", build.component.data)
                blamed[role] = ComponentBuild(build.dylib, invalid)
        return CellRun(cell, blamed, rejected, composition.component)


def _trap_of(observation: Observation) -> TrapClass | None:
    result = observation.result
    return None if isinstance(result, Rejected) or result.trap is None else result.trap.kind


def _unexpected_end(observation: Observation, script: ScriptPlan) -> bool:
    return script.outcome.trap is None and _trap_of(observation) is not None


def _limited(observation: Observation) -> bool:
    """One such place is enough for a cell: each takes all the time that a run may take."""
    return _trap_of(observation) is TrapClass.OUT_OF_FUEL


def _provided(plan: Plan, binaries: dict[Role, bytes]) -> HostImports:
    """The WASI imports of the subject. Raises `CompositionError`."""
    subject = binaries[Role.SUBJECT]
    names = {name for name in without_wire(Role.SUBJECT, subject, plan.wires) if name.startswith(WASI)}
    if not names:
        return NO_IMPORTS
    from harness.frontend.host_imports import host_imports

    try:
        return host_imports(subject, names)
    except ValueError as error:
        raise CompositionError(f"the imports of the subject: {error}") from error


def _binaries(made: dict[Role, ComponentBuild]) -> dict[Role, bytes] | None:
    binaries: dict[Role, bytes] = {}
    for role, build in made.items():
        if not isinstance(build.component, Built):
            return None
        binaries[role] = build.component.data
    return binaries


def _in_several(cells: Iterable[dict[Role, bytes] | None]) -> frozenset[bytes]:
    """The components that take part in several cells; cells of the same components count once."""
    different = {tuple(binaries.values()) for binaries in cells if binaries is not None}
    uses = Counter(binary for binaries in different for binary in dict.fromkeys(binaries))
    return frozenset(binary for binary, count in uses.items() if count > 1)


def _again(run: CellRun, cell: Cell, made: dict[Role, ComponentBuild]) -> CellRun:
    """The same bytes in another cell."""
    builds = run.builds if not run.built else made
    return CellRun(cell, builds, run.rejected, run.composition, run.observations)

"""Levels 1 and 2: what each toolchain built, as decoded structure, judged by the model and beside the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.binary import BinaryError
from harness.build import ComponentBuild
from harness.core_module import core_interface
from harness.diff import Difference, core_interfaces
from harness.engine import Rejected
from harness.interpreter_world import with_interpreter, without_anchor
from harness.names import DumpError, Names
from harness.observe import CellRun
from harness.plan import Plan, Role
from harness.same_world import built_world, told_world
from harness.toolchains.protocol import Built
from harness.world import World


@dataclass(frozen=True, slots=True)
class Structure:
    """Differences of levels 1 and 2 by toolchain."""

    from_model: Mapping[str, Sequence[Difference]] = field(default_factory=dict)
    """Of a toolchain's `wit_t` and component worlds from what the WIT means."""
    from_first: Mapping[str, Sequence[Difference]] = field(default_factory=dict)
    """Of what the model has no opinion on, from what the first toolchain made."""


class StructureComparer:
    """Compares pure cells. `component_world` reads a component's world; it raises `ValueError` where it cannot."""

    def __init__(self, component_world: Callable[[bytes], World]) -> None:
        self._component_world = component_world

    def compare(self, plan: Plan, cells: Sequence[CellRun]) -> Structure:
        """Components that a toolchain could not build are passed over."""
        alone = pure(cells)
        from_model = {name: self._by_model(plan, run) for name, run in alone.items()}
        first, *others = alone or [""]
        from_first = {name: _beside(alone[first], alone[name]) for name in others}
        return Structure(from_model, from_first)

    def _by_model(self, plan: Plan, run: CellRun) -> list[Difference]:
        found: list[Difference] = []
        for role, world in plan.worlds.items():
            names = _names(run, role)
            if names is not None:
                found += _told(names, world, role)
            build = run.builds.get(role)
            if build is not None and isinstance(build.component, Built):
                found += self._built(build.component.data, world, role)
        return found

    def _built(self, component: bytes, world: World, role: Role) -> list[Difference]:
        try:
            actual = self._component_world(component)
        except ValueError as error:
            return [Difference(2, "wit", role, "", "a component whose world can be read", str(error))]
        return built_world(without_anchor(actual), with_interpreter(world), role)


def _told(names: Names, world: World, role: Role) -> list[Difference]:
    try:
        return told_world(names, world, role)
    except DumpError as error:
        return [Difference(1, "wit_t", role, "", "a description of the world", str(error))]


def _beside(expected: CellRun, actual: CellRun) -> list[Difference]:
    found: list[Difference] = []
    for role, build in expected.builds.items():
        found += _dylibs(role, build, actual.builds[role])
    return found


def _dylibs(role: Role, expected: ComponentBuild, actual: ComponentBuild) -> list[Difference]:
    if not isinstance(expected.dylib, Built) or not isinstance(actual.dylib, Built):
        return []
    try:
        return core_interfaces(core_interface(expected.dylib.data), core_interface(actual.dylib.data), role)
    except BinaryError as error:
        return [Difference(1, "dylib", role, "", "types as C libraries have them", str(error))]


def _names(run: CellRun, role: Role) -> Names | None:
    """The `wit_t` that the interpreter was given, from the first run that tells it."""
    for observation in run.observations:
        if not isinstance(observation.result, Rejected) and role in observation.traces:
            names = observation.traces[role].names
            if names is not None:
                return names
    return None


def pure(cells: Sequence[CellRun]) -> dict[str, CellRun]:
    """The first cell of each toolchain in which it made everything."""
    found: dict[str, CellRun] = {}
    for run in cells:
        if run.cell.toolchain is not None:
            found.setdefault(run.cell.toolchain, run)
    return found

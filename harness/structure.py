"""Levels 1 and 2: what two toolchains built for the same component, compared as decoded structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.binary import BinaryError
from harness.build import ComponentBuild
from harness.core_module import core_interface
from harness.diff import Difference, component_worlds, core_interfaces, worlds_as_told
from harness.engine import Rejected
from harness.names import Names
from harness.observe import CellRun
from harness.plan import Role
from harness.toolchains.protocol import Built

ComponentWit = Callable[[bytes], str]
"""The WIT of a component, in one canonical text form."""


class StructureComparer:
    """Compares pure cells. Remembers the WIT of the components seen last, by content."""

    def __init__(self, component_wit: ComponentWit) -> None:
        self._component_wit = component_wit

    def compare(self, expected: CellRun, actual: CellRun) -> list[Difference]:
        """Differences of `actual` from `expected`; components that one of the two could not build are passed over."""
        found: list[Difference] = []
        for role, build in expected.builds.items():
            other = actual.builds[role]
            found += self._dylibs(role, build, other)
            found += worlds_as_told(_names(expected, role), _names(actual, role), role)
            found += self._components(role, build, other)
        return found

    def _dylibs(self, role: Role, expected: ComponentBuild, actual: ComponentBuild) -> list[Difference]:
        if not isinstance(expected.dylib, Built) or not isinstance(actual.dylib, Built):
            return []
        try:
            return core_interfaces(core_interface(expected.dylib.data), core_interface(actual.dylib.data), role)
        except BinaryError as error:
            return [Difference(1, "dylib", role, "", "types as C libraries have them", str(error))]

    def _components(self, role: Role, expected: ComponentBuild, actual: ComponentBuild) -> list[Difference]:
        if not isinstance(expected.component, Built) or not isinstance(actual.component, Built):
            return []
        if expected.component.data == actual.component.data:
            return []
        wit = self._component_wit
        return component_worlds(wit(expected.component.data), wit(actual.component.data), role)


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

"""Levels 1 and 2: the decoded structure of each toolchain's builds, judged by the model and compared with the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.binary.core_module import core_interface
from harness.binary.sections import BinaryError
from harness.binary.table_functions import imports_in_table
from harness.composition.interpreter_world import with_interpreter, without_anchor, without_wasi
from harness.engine.results import Rejected
from harness.judge.canon_options import judge_options, options_beside
from harness.judge.copy_forms import judge_copy_forms
from harness.judge.diff import core_interfaces
from harness.judge.difference import Difference
from harness.judge.dylink import judge_dylink
from harness.judge.observation import CellRun
from harness.judge.same_world import built_world, told_world
from harness.model.abi import abi_of, as_described
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.toolchains.component_build import INTERPRETER, ComponentBuild
from harness.toolchains.protocol import Built
from harness.trace.names import DumpError, Names
from harness.world.merging import merged, merging
from harness.world.world import World


@dataclass(frozen=True, slots=True)
class Structure:
    """Differences of levels 1 and 2 by toolchain."""

    from_model: Mapping[str, Sequence[Difference]] = field(default_factory=dict)
    """Differences of a toolchain's `wit_t` and component worlds from the meaning of the WIT, and of its libraries'
    requests to a loader from their actual use."""
    from_first: Mapping[str, Sequence[Difference]] = field(default_factory=dict)
    """Differences of each other toolchain's output from the first one's, where the model has no opinion; if at least
    two others agree against the first, those of the first from theirs."""

    @property
    def outvoted(self) -> list[str]:
        """The toolchains whose output differs from that of most others; none if there is no such majority."""
        differing = [name for name, differences in self.from_first.items() if differences]
        alike = len(self.from_first) + 1 - len(differing)
        return differing if len(differing) < alike else []


NO_STRUCTURE = Structure()


def joined(one: Structure, other: Structure) -> Structure:
    """The differences of both."""
    return Structure(_both(one.from_model, other.from_model), _both(one.from_first, other.from_first))


def _both(
    one: Mapping[str, Sequence[Difference]], other: Mapping[str, Sequence[Difference]]
) -> dict[str, Sequence[Difference]]:
    return {name: [*one.get(name, ()), *other.get(name, ())] for name in dict.fromkeys((*one, *other))}


@dataclass(frozen=True, slots=True)
class _Component:
    """A toolchain's build for one role, and the `wit_t` that its interpreter got in some cell."""

    build: ComponentBuild
    names: Names | None


class StructureComparer:
    """Compares components. `component_world` reads a component's world; it raises `ValueError` if it cannot.
    `adapted`: an initialised component also imports what its initialisation used of WASI."""

    def __init__(self, component_world: Callable[[bytes], World], adapted: bool = False) -> None:
        self._component_world = component_world
        self._adapted = adapted

    def compare(self, plan: Plan, cells: Sequence[CellRun]) -> Structure:
        """Judges the builds that each toolchain made all by itself, without components that it could not build."""
        made = _by_toolchain(cells)
        from_model = {name: self._by_model(plan, components) for name, components in made.items()}
        from_first = from_the_first(list(made), lambda one, other: _beside(made[one], made[other]))
        return Structure(from_model, from_first)

    def _by_model(self, plan: Plan, components: Mapping[Role, _Component]) -> list[Difference]:
        found: list[Difference] = []
        merge = {part.role: part.merge_versions for part in plan.components}
        abi = abi_of(plan)
        for role, world in plan.worlds.items():
            component = components.get(role)
            if component is None:
                continue
            if component.names is not None:
                found += _told(component.names, as_described(world, role, abi), role, component.build)
            if isinstance(component.build.component, Built):
                # a library that no linker accepts is already one finding
                assert isinstance(component.build.dylib, Built)
                found += judge_dylink(component.build.dylib.data, INTERPRETER, role)
                found += judge_copy_forms(component.build.dylib.data, role)
                found += judge_options(component.build.component.data, role, hooked=bool(plan.hooks[role]))
                linked = merged(world, merging(world).names) if merge[role] else world
                found += self._built(component.build.component, linked, role, plan.asynchronous)
        return found

    def _built(self, component: Built, linked: World, role: Role, asynchronous: bool) -> list[Difference]:
        try:
            actual = self._component_world(component.data)
        except ValueError as error:
            return [Difference(2, "wit", role, "", "a component whose world can be read", str(error))]
        if self._adapted and component.linked is not None:
            actual = without_wasi(actual)
        return built_world(without_anchor(actual), with_interpreter(linked, asynchronous), role)


def from_the_first(
    names: Sequence[str], beside: Callable[[str, str], Sequence[Difference]]
) -> dict[str, Sequence[Difference]]:
    """The differences of each toolchain's output from that of the first, or of the first's from that of all others, if
    these are at least two and agree. `beside(one, other)`: how `other` differs from `one`."""
    first, *others = names or [""]
    found = {name: beside(first, name) for name in others}
    if len(others) > 1 and all(found.values()):
        second, *rest = others
        among = {name: beside(second, name) for name in rest}
        if not any(among.values()):
            return {first: beside(second, first), **among}
    return found


def _told(names: Names, world: World, role: Role, build: ComponentBuild) -> list[Difference]:
    try:
        return told_world(names, world, role, _imports_in_table(names, build))
    except DumpError as error:
        return [Difference(1, "wit_t", role, "", "a description of the world", str(error))]


def _imports_in_table(names: Names, build: ComponentBuild) -> Mapping[int, tuple[str, str]]:
    """The core imports behind the function pointers of a `wit_t`, by place."""
    has_built_ins = any(names.arrays.get(kind) for kind in ("resource", "stream", "future"))
    if not has_built_ins or not isinstance(build.component, Built) or not isinstance(build.dylib, Built):
        return {}
    linked = build.component.linked  # what pre-initialisation has changed is no longer the library
    try:
        return imports_in_table(build.component.data if linked is None else linked, build.dylib.data)
    except (BinaryError, IndexError):
        return {}  # told where the library and the component are compared


def _beside(expected: Mapping[Role, _Component], actual: Mapping[Role, _Component]) -> list[Difference]:
    found: list[Difference] = []
    for role, component in expected.items():
        if role in actual:
            found += _dylibs(role, component.build, actual[role].build)
            found += _options(role, component.build, actual[role].build)
    return found


def _dylibs(role: Role, expected: ComponentBuild, actual: ComponentBuild) -> list[Difference]:
    if not isinstance(expected.dylib, Built) or not isinstance(actual.dylib, Built):
        return []
    try:
        return core_interfaces(core_interface(expected.dylib.data), core_interface(actual.dylib.data), role)
    except BinaryError as error:
        return [Difference(1, "dylib", role, "", "types as C libraries have them", str(error))]


def _options(role: Role, expected: ComponentBuild, actual: ComponentBuild) -> list[Difference]:
    if not isinstance(expected.component, Built) or not isinstance(actual.component, Built):
        return []
    return options_beside(expected.component.data, actual.component.data, role)


def _names(run: CellRun, role: Role) -> Names | None:
    """The `wit_t` that the interpreter got, from the first run that shows it."""
    for observation in run.observations:
        if not isinstance(observation.result, Rejected) and role in observation.traces:
            names = observation.traces[role].names
            if names is not None:
                return names
    return None


def _by_toolchain(cells: Sequence[CellRun]) -> dict[str, dict[Role, _Component]]:
    """The components that each toolchain made by itself, in the order of the cells."""
    found: dict[str, dict[Role, _Component]] = {}
    for run in cells:
        for role, build in run.cell.builds:
            if build.toolchain is None:
                continue
            components = found.setdefault(build.toolchain, {})
            known = components.get(role)
            if known is None or known.names is None:
                components[role] = _Component(run.builds[role], _names(run, role))
    return found

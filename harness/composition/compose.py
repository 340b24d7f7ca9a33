"""Components in one outer component: wired to each other, each with its own host interface."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harness.binary.host_imports import NO_IMPORTS, HostImports
from harness.binary.sections import (
    COMPONENT_PREAMBLE,
    SORT_FUNC,
    SORT_INSTANCE,
    SORT_TYPE,
    BinaryError,
    name,
    section,
    surface,
    unsigned,
    vector,
)
from harness.binary.share import SharedModule, SharedModules, SplitComponent
from harness.composition.anchor import EXPORT as ANCHOR
from harness.composition.counting import EXPORT as COUNTING
from harness.plan.roles import ItemKind, Role, Wire

HOST = "harness:boxed/host@0.1.0"
CONTROL = "harness:boxed/control@0.1.0"
ASYNC_HOST = "harness:boxed/host@0.2.0"
ASYNC_CONTROL = "harness:boxed/control@0.2.0"
"""The interfaces of interpreters for asynchronous worlds (interpreters/ASYNC.md). Both hosts have one type."""
GUARD = "guard"
COUNTS = "counts"

_SORT = {ItemKind.INSTANCE: SORT_INSTANCE, ItemKind.FUNC: SORT_FUNC, ItemKind.TYPE: SORT_TYPE}
_STRING = b"\x73"
_HOST_TYPE = b"\x42" + vector(
    [
        b"\x01\x40\x00\x00" + _STRING,  # type 0: func() -> string
        b"\x04\x00" + name("script") + b"\x01\x00",
        b"\x01\x40\x01" + name("lines") + _STRING + b"\x01\x00",  # type 1: func(lines: string)
        b"\x04\x00" + name("trace") + b"\x01\x01",
    ]
)


class CompositionError(Exception):
    """The components do not fit together. The message names the role and the item."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A component that imports `host-ROLE` for each of `roles` and exports `ROLE-run` and `ROLE-finish`, `ROLE-guard`
    for each of `guarded` and `ROLE-counts` for each of `counted`."""

    component: bytes
    roles: tuple[Role, ...]
    """Components that follow a script: all but one with an interpreter that is not ours."""
    modules: tuple[SharedModule, ...]
    """Modules that the host supplies under their `import_name`."""
    guarded: tuple[Role, ...] = ()
    """Roles whose component can check whether the memory next to its library is intact
    (`harness/composition/guards.py`)."""
    asynchronous: bool = False
    """Whether its traces come event by event, so that their order over all components is known."""
    counted: tuple[Role, ...] = ()
    """Roles whose component counts the calls of its interpreter (`harness/composition/counting.py`)."""
    provided: bool = False
    """Whether it imports interfaces of WASI."""


def host_import(role: Role) -> str:
    return f"host-{role.value}"


def entry_export(role: Role, function: str) -> str:
    """`function`: `run`, `finish`, `guard` or `counts`."""
    return f"{role.value}-{function}"


def compose(
    components: Mapping[Role, bytes],
    wires: Sequence[Wire],
    known: SharedModules,
    provided: HostImports = NO_IMPORTS,
    asynchronous: bool = False,
    reused: Collection[Role] = tuple(Role),
) -> Composed:
    """Wires whose consumer does not import the item (a linker drops unused imports) are left out; an import that has
    neither a wire nor is `provided` by the host raises `CompositionError`. `asynchronous`: the components have the
    interpreter for asynchronous worlds. `reused`: those whose component takes part in several compositions."""
    order = _order(components, wires)
    shared = {role: _share(role, components[role], known, role in reused) for role in order}
    return _Writer(order, shared, wires, provided, asynchronous).write()


def without_wire(role: Role, component: bytes, wires: Sequence[Wire]) -> frozenset[str]:
    """The interfaces that a component imports and no wire gives it. Raises `CompositionError`."""
    try:
        imports = surface(component).imports
    except BinaryError as error:
        raise CompositionError(f"the {role.value} is malformed: {error}") from error
    wired = {wire.name for wire in wires if wire.consumer is role}
    return frozenset(name for name, sort in imports.items() if sort == SORT_INSTANCE and name not in wired)


def _share(role: Role, component: bytes, known: SharedModules, several: bool) -> SplitComponent:
    try:
        return known.share(component, several)
    except BinaryError as error:
        raise CompositionError(f"the {role.value} is malformed: {error}") from error


def _order(components: Mapping[Role, bytes], wires: Sequence[Wire]) -> list[Role]:
    """Producers before consumers."""
    remaining = list(components)
    order: list[Role] = []
    while remaining:
        for role in remaining:
            if all(wire.producer in order for wire in wires if wire.consumer is role):
                break
        else:
            raise CompositionError("the wires form a circle: " + ", ".join(role.value for role in remaining))
        order.append(role)
        remaining.remove(role)
    return order


class _Writer:
    """Writes the sections in order and counts the index spaces."""

    def __init__(
        self,
        order: list[Role],
        shared: dict[Role, SplitComponent],
        wires: Sequence[Wire],
        provided: HostImports,
        asynchronous: bool,
    ) -> None:
        self._host, self._control = (ASYNC_HOST, ASYNC_CONTROL) if asynchronous else (HOST, CONTROL)
        self._asynchronous = asynchronous
        self._order = order
        self._shared = shared
        self._surfaces = {role: item.surface for role, item in shared.items()}
        self._followers = tuple(role for role in order if self._control in self._surfaces[role].exports)
        self._wires = wires
        self._out = bytearray(COMPONENT_PREAMBLE + provided.sections)
        self._provided = provided.instances
        self._modules: dict[str, int] = {}
        self._counts = {SORT_FUNC: 0, SORT_TYPE: provided.types, SORT_INSTANCE: len(provided.instances)}
        self._hosts: dict[Role, int] = {}
        self._instances: dict[Role, int] = {}
        self._aliases: dict[tuple[int, int, str], int] = {}

    def write(self) -> Composed:
        modules = {module.key: module for shared in self._shared.values() for module in shared.modules}
        self._write_imports(list(modules.values()))
        for role in self._order:
            self._section(4, self._shared[role].component)
        for position, role in enumerate(self._order):
            self._instantiate(role, position)
        for role in self._followers:
            control = self._alias(SORT_INSTANCE, self._instances[role], self._control)
            for function in ("run", "finish"):
                self._export(entry_export(role, function), self._alias(SORT_FUNC, control, function))
        guarded = self._export_where_it_is(ANCHOR, GUARD)
        counted = self._export_where_it_is(COUNTING, COUNTS)
        return Composed(
            bytes(self._out),
            self._followers,
            tuple(modules.values()),
            guarded,
            self._asynchronous,
            counted,
            bool(self._provided),
        )

    def _export_where_it_is(self, function: str, shown: str) -> tuple[Role, ...]:
        """Export a function of the components that have it, as `shown`."""
        found = tuple(role for role in self._order if function in self._surfaces[role].exports)
        for role in found:
            self._export(entry_export(role, shown), self._alias(SORT_FUNC, self._instances[role], function))
        return found

    def _export(self, text: str, function: int) -> None:
        item = b"\x00" + name(text) + bytes([SORT_FUNC]) + unsigned(function) + b"\x00"
        self._section(11, vector([item]))
        self._counts[SORT_FUNC] += 1

    def _section(self, id: int, body: bytes) -> None:
        self._out += section(id, body)

    def _new(self, sort: int) -> int:
        self._counts[sort] += 1
        return self._counts[sort] - 1

    def _write_imports(self, modules: list[SharedModule]) -> None:
        if modules:
            self._section(3, vector([module.type for module in modules]))
        host_type = self._new(SORT_TYPE)
        self._section(7, vector([_HOST_TYPE]))
        items = []
        for index, module in enumerate(modules):
            self._modules[module.key] = index
            items.append(b"\x00" + name(module.import_name) + b"\x00\x11" + unsigned(index))
        for role in self._followers:
            self._hosts[role] = self._new(SORT_INSTANCE)
            items.append(b"\x00" + name(host_import(role)) + bytes([SORT_INSTANCE]) + unsigned(host_type))
        self._section(10, vector(items))

    def _instantiate(self, role: Role, component_index: int) -> None:
        shared = self._shared[role]
        wanted = dict(self._surfaces[role].imports)
        arguments = []
        for module in shared.modules:
            arguments.append(name(module.import_name) + b"\x00\x11" + unsigned(self._modules[module.key]))
            del wanted[module.import_name]
        if role in self._hosts and wanted.pop(self._host, None) is not None:
            arguments.append(name(self._host) + bytes([SORT_INSTANCE]) + unsigned(self._hosts[role]))
        for wire in self._wires:
            if wire.consumer is role and wanted.pop(wire.name, None) is not None:
                sort = _SORT[wire.kind]
                arguments.append(name(wire.name) + bytes([sort]) + unsigned(self._resolve(wire, sort)))
        for text, index in self._provided.items():
            if wanted.pop(text, None) is not None:
                arguments.append(name(text) + bytes([SORT_INSTANCE]) + unsigned(index))
        if wanted:
            raise CompositionError(f"the {role.value} imports {', '.join(wanted)}, which nothing provides")
        self._instances[role] = self._new(SORT_INSTANCE)
        self._section(5, vector([b"\x00" + unsigned(component_index) + vector(arguments)]))

    def _resolve(self, wire: Wire, sort: int) -> int:
        if wire.path[0] not in self._surfaces[wire.producer].exports:
            raise CompositionError(
                f"the {wire.producer.value} does not export {wire.path[0]}, which the {wire.consumer.value} imports"
            )
        index = self._instances[wire.producer]
        for step in wire.path[:-1]:
            index = self._alias(SORT_INSTANCE, index, step)
        return self._alias(sort, index, wire.path[-1])

    def _alias(self, sort: int, instance: int, export: str) -> int:
        key = (sort, instance, export)
        index = self._aliases.get(key)
        if index is None:
            self._section(6, vector([bytes([sort, 0]) + unsigned(instance) + name(export)]))
            index = self._aliases[key] = self._new(sort)
        return index

"""Calls from one component into another: the properties of an import and its callee, computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.model.abi import AS_TYPED, Abi
from harness.model.context import Load
from harness.model.hooks import HOOKS, HookEvents
from harness.model.lift import Lifting
from harness.model.links import Links
from harness.model.lower import Lowering, Store
from harness.model.reported import Reports
from harness.plan.roles import Role, Wire
from harness.script import operations as s
from harness.trace import events as e
from harness.trace.async_events import ImportLift
from harness.trace.event import Event
from harness.world import types as t
from harness.world.layout import MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, Layout
from harness.world.world import Function, World

Ways = frozenset[tuple[Role, s.Lists]]
"""For each component, the lists that go whole."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The way of one value out of a component and into another. `step`: the second part of a place, after the call."""

    step: str
    lift: Load
    lower: Store


@dataclass(frozen=True, slots=True)
class CallEvents:
    """The events of a call around those of its values."""

    import_call: Event
    import_return: Event
    import_lift: Event
    export_start: Event
    export_call: Event
    export_finish: Event

    @classmethod
    def of(cls, imported: str, exported: str) -> CallEvents:
        return cls(
            e.ImportCall(imported), e.ImportReturn(imported), ImportLift(imported),
            e.ExportStart(exported), e.ExportCall(exported), e.ExportFinish(exported),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crossing:
    """An imported function and the exported one that it reaches."""

    imported: Function
    callee: Role
    exported: Function
    frame: s.OnExport
    """The key of the callee's frames."""
    params: tuple[Passage, ...]
    result: Passage | None
    events: CallEvents
    lowered_async: bool = False
    """`canon lower` has the option `async`."""
    lifted_async: bool = False
    """`canon lift` has it."""


class Crossings:
    """The crossings of a composition, each made at its first use. Any number of runs share them."""

    def __init__(
        self,
        worlds: Mapping[Role, World],
        wires: Sequence[Wire],
        hooks: Mapping[Role, str] | None = None,
        abi: Abi = AS_TYPED,
    ) -> None:
        """`hooks`: the task hooks of components, by their name in `HOOKS`."""
        self.abi = abi
        self.links = Links(worlds, wires)
        self._hooks = hooks or {}
        self._layout = Layout()
        self._worlds = worlds
        reports = Reports()
        self._lifting = {lists: Lifting(self._layout, lists, reports) for lists in s.Lists}
        self._lowering = {lists: Lowering(lists, reports) for lists in s.Lists}
        self._made: dict[tuple[Role, str | None, str, Ways], Crossing | None] = {}

    @cached_property
    def asynchronous(self) -> bool:
        """Whether the components have the interpreter for asynchronous worlds: all of them, if one needs it."""
        return any(world.asynchronous for world in self._worlds.values())

    def hooks(self, role: Role) -> HookEvents:
        return HOOKS[self._hooks.get(role, "")]

    def world(self, role: Role) -> World:
        return self._worlds[role]

    def of(self, caller: Role, interface: str | None, name: str, ways: Ways) -> Crossing | None:
        """The crossing of a call; None if the caller imports no such function."""
        key = (caller, interface, name, ways)
        if key not in self._made:
            imported = self._worlds[caller].import_function(interface, name)
            self._made[key] = None if imported is None else self._make(caller, imported, ways)
        return self._made[key]

    def _make(self, caller: Role, imported: Function, ways: Ways) -> Crossing:
        callee, exported = self.links.callee(caller, imported.interface, imported.name)
        lists = dict(ways)
        lowered_async = imported.is_async and (caller, imported.canonical) not in self.abi.lowered_synchronously
        lifted_async = exported.is_async and (callee, exported.canonical) not in self.abi.lifted_synchronously
        most = MAX_FLAT_ASYNC_PARAMS if lowered_async else MAX_FLAT_PARAMS
        spilled = sum(self._layout.flat_count(param.type) for param in imported.params) > most
        params = [
            self._passage(f", {here.name}", here.type, there.type, spilled, lists[caller], lists[callee])
            for here, there in zip(imported.params, exported.params, strict=True)
        ]
        result = None
        if imported.result is not None and exported.result is not None:
            # `task.return` passes a result as a call passes parameters
            most = MAX_FLAT_PARAMS if lifted_async else MAX_FLAT_RESULTS
            spilled = self._layout.flat_count(exported.result) > most
            result = self._passage(", result", exported.result, imported.result, spilled, lists[callee], lists[caller])
        events = CallEvents.of(imported.canonical, exported.canonical)
        frame = s.OnExport(exported.interface, exported.name)
        return Crossing(imported, callee, exported, frame, tuple(params), result, events, lowered_async, lifted_async)

    def payload(self, writer: t.Type, reader: t.Type, giver: s.Lists, getter: s.Lists) -> Passage:
        """The way of one element from a writer's memory to a reader's. Each has its own view of the type."""
        return self._passage("", writer, reader, True, giver, getter)

    def _passage(
        self, step: str, popped: t.Type, pushed: t.Type, spilled: bool, giver: s.Lists, getter: s.Lists
    ) -> Passage:
        """`spilled`: the value goes through memory."""
        lifting = self._lifting[giver]
        lift = lifting.load(popped) if spilled else lifting.lift_flat(popped)
        return Passage(step, lift, self._lowering[getter].store(pushed))

"""A component instance in a run of the model: the frames of its script, registers, handle table, shown events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import cached_property
from operator import is_
from typing import Any

from harness.model.hooks import HOOKS, HookEvents
from harness.model.table import HandleTable, ResourceIdentity, SpecTrap, Unpredictable
from harness.plan.events import Events
from harness.plan.outcomes import TrapClass
from harness.plan.places import Place, Root
from harness.plan.roles import Role
from harness.script import operations as s
from harness.script.text import in_words
from harness.trace.event import Event
from harness.trace.events import LATE
from harness.trace.handles import rename
from harness.world.types import Future, Resource, Stream
from harness.world.world import World

NO_HOOKS = HOOKS[""]
Identify = Callable[[Role, Resource], ResourceIdentity]
Show = Callable[[tuple[Event, Place]], None]


class Instance:
    """The state of one component. `identify` returns the resource type behind a resource."""

    def __init__(
        self,
        role: Role,
        world: World,
        identify: Identify,
        frames: Sequence[s.Frame] = (),
        hooks: HookEvents = NO_HOOKS,
    ) -> None:
        self.role = role
        self.world = world
        self._identify = identify
        self.table = HandleTable()
        self._shown: list[Any] = []
        """Each event, then its place. Thousands of pairs would keep the garbage collector busy."""
        self.show: Show = self._shown.extend
        """Shows an event and its place."""
        self.where: Root = ""
        """The running call: the place of events without a value."""
        self.registers: list[s.Value | None] = [None] * s.REGISTERS
        self._identities: dict[Resource, ResourceIdentity] = {}
        self._frames: dict[s.FrameKey, deque[s.Frame]] = {}
        for frame in frames:
            self._frames.setdefault(frame.key, deque()).append(frame)
        self.hooks = hooks
        self.show_hooks(hooks.start)

    def tell(self, event: Event) -> None:
        """Show an event without a value."""
        self.show((event, self.where))

    def show_hooks(self, events: Sequence[Event], place: Place = "") -> None:
        """Show the events of hooks."""
        for event in events:
            self.show((event, place))

    def forget_unflushed(self) -> None:
        """After a trap, the last events are lost if they waited in the buffer for the next event."""
        while self._shown and isinstance(self._shown[-2], LATE):
            del self._shown[-2:]

    def expected(self) -> Events:
        """The shown events, with renamed handles."""
        return Events(tuple(rename(self._shown[::2])), self._shown[1::2])

    def identity(self, resource: Resource) -> ResourceIdentity:
        found = self._identities.get(resource)
        if found is None:
            found = self._identities[resource] = self._identify(self.role, resource)
        return found

    def identity_of(self, canonical: str) -> ResourceIdentity | None:
        """The resource type with this canonical name in the component's view."""
        resource = self._resources.get(canonical)
        return None if resource is None else self.identity(resource)

    @cached_property
    def _resources(self) -> dict[str, Resource]:
        """The resources by canonical name, exported before imported ones."""
        found: dict[str, Resource] = {}
        for interface in (*self.world.exports.values(), *self.world.imports.values()):
            for resource in interface.resources.values():
                found.setdefault(resource.canonical, resource)
        return found

    def next_frame(self, key: s.FrameKey) -> s.Frame | None:
        """The first unused frame with this key."""
        queue = self._frames.get(key)
        return queue.popleft() if queue else None

    def unused_frames(self) -> list[s.FrameKey]:
        """The keys of frames that nothing called: script and run contradict each other."""
        return [key for key, queue in self._frames.items() if queue]

    def frames_left(self) -> int:
        return sum(map(len, self._frames.values()))

    def fail(self, cause: str) -> SpecTrap:
        """The interpreter's own trap."""
        return SpecTrap(TrapClass.INTERPRETER, cause)

    def lift_async_value(self, number: int, type: Stream | Future) -> int:
        """The channel of the readable end with this number, which leaves the table."""
        raise Unpredictable(f"{type.canonical} {number} in a synchronous run")

    def lower_async_value(self, channel: int, type: Stream | Future) -> int:
        """The number of a new readable end of a channel."""
        raise Unpredictable(f"{type.canonical} {channel} in a synchronous run")

    def unset(self, register: int) -> Exception:
        return ValueError(f"the script of the {self.role.value} reads register {register} before it is set")

    def without_part(self, value: s.Value, step: int) -> Exception:
        return ValueError(f"no part {step} in {in_words(value)}")

    def part(self, value: s.Value, path: Sequence[int]) -> s.Value:
        """The part of a value that `pick` takes."""
        for step in path:
            parts = _parts(value)
            if step >= len(parts):
                raise self.without_part(value, step)
            value = parts[step]
        return value

    def store(self, register: int, value: s.Value) -> None:
        self.registers[register] = value

    def evaluate(self, value: s.Value, args: tuple[s.Value, ...]) -> s.Value:
        """`value` with the contents of registers and arguments in their place; the same object if it has none."""
        evaluate = _EVALUATE.get(value.__class__)
        return value if evaluate is None else evaluate(self, value, args)

    def _register(self, value: s.Register, _args: tuple[s.Value, ...]) -> s.Value:
        held = self.registers[value.index]
        if held is None:
            raise self.unset(value.index)
        return held

    def _argument(self, value: s.Argument, args: tuple[s.Value, ...]) -> s.Value:
        return args[value.index]

    def _members(self, value: s.Fields | s.Items, args: tuple[s.Value, ...]) -> s.Value:
        if _EVALUATE.keys().isdisjoint({item.__class__ for item in value.items}):
            return value
        items = tuple([self.evaluate(item, args) for item in value.items])
        return value if all(map(is_, items, value.items)) else value.__class__(items)

    def _case(self, value: s.CaseValue, args: tuple[s.Value, ...]) -> s.Value:
        if value.payload is None:
            return value
        payload = self.evaluate(value.payload, args)
        return value if payload is value.payload else s.CaseValue(value.discriminant, payload)

    def _entries(self, value: s.Entries, args: tuple[s.Value, ...]) -> s.Value:
        return s.Entries(tuple([(self.evaluate(k, args), self.evaluate(v, args)) for k, v in value.pairs]))


_EVALUATE: dict[type, Callable[[Instance, Any, tuple[s.Value, ...]], s.Value]] = {
    s.Register: Instance._register,
    s.Argument: Instance._argument,
    s.Fields: Instance._members,
    s.Items: Instance._members,
    s.CaseValue: Instance._case,
    s.Entries: Instance._entries,
}


def _parts(value: s.Value) -> Sequence[s.Value]:
    match value:
        case s.Fields(items) | s.Items(items):
            return items
        case s.CaseValue(_, payload) if payload is not None:
            return (payload,)
        case s.Entries(pairs):
            return [part for pair in pairs for part in pair]
    return ()

"""A component instance (CanonicalABI.md, "Component Instances"), and the state of its interpreter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from harness.model.concurrency.copies import CopyEnd
from harness.model.concurrency.forking import Forked
from harness.model.concurrency.objects import CallObject, EndObject, EndType
from harness.model.concurrency.threads import Thread
from harness.model.concurrency.waitables import Subtask, Waitable, WaitableSet
from harness.model.hooks import HookEvents
from harness.model.instance import Identify, Instance
from harness.model.table import Entry, SpecTrap, Unpredictable, wrong_kind
from harness.plan.outcomes import TrapClass
from harness.plan.places import Place
from harness.plan.roles import Role
from harness.script import operations as s
from harness.trace.event import Event
from harness.trace.events import PopEnd, PushEnd
from harness.world import types as t
from harness.world.world import World

if TYPE_CHECKING:
    from harness.model.concurrency.store import Store

_E = TypeVar("_E", bound=Entry)


class ComponentInstance(Instance, Forked):
    def __init__(
        self,
        store: Store,
        role: Role,
        world: World,
        identify: Identify,
        frames: Sequence[s.Frame],
        lists: s.Lists,
        silent: bool,
        hooks: HookEvents,
    ) -> None:
        super().__init__(role, world, identify, frames, hooks)
        self.store_of = store
        self.late: list[Event] = [event for event, _ in self.take_shown()] if store.crossings.asynchronous else []
        """The events that leave with the next one."""
        self.silent = silent
        """Whether nobody sees its events."""
        self.lists = lists
        self.backpressure = 0
        self.num_waiting_to_enter = 0
        self.exclusive_thread: Thread | None = None
        self.threads: list[Thread] = []
        """The threads of tasks that have started and not ended."""
        self.tasks = 0
        """The number of started tasks."""
        self.calls: list[CallObject] = []
        self.ends: dict[int, EndObject] = {}
        """The ends that the interpreter knows, by handle."""
        self.sets = 0
        """The number of sets that are not dropped."""

    def rebind(self) -> None:
        self._shown = []
        self.show = self._shown.extend

    def take_shown(self) -> list[tuple[Event, Place]]:
        """The events since the last call. After an end comes or goes, the interpreter knows nothing of its past."""
        if not self._shown:
            return []
        shown, self._shown[:] = list(self._shown), []
        for event in shown[::2]:
            if isinstance(event, PopEnd | PushEnd):
                self.end_forget(event.end)
        return list(zip(shown[::2], shown[1::2], strict=True))

    def take_late(self) -> tuple[Event, ...]:
        """The events that leave with the next one, which leaves now."""
        if not self.late:
            return ()
        late, self.late = tuple(self.late), []
        return late

    def unset(self, register: int) -> Exception:
        return self.fail("register_empty") if self.store_of.crossings.asynchronous else super().unset(register)

    def without_part(self, value: s.Value, step: int) -> Exception:
        """In another schedule a frame may get the arguments of another call."""
        if not self.store_of.crossings.asynchronous:
            return super().without_part(value, step)
        if isinstance(value, s.Raw | s.Pointer):
            return Unpredictable(f"part {step} of bytes")
        return self.fail("pick")

    def add(self, waitable: Waitable) -> int:
        waitable.index = self.table.add(waitable)
        return waitable.index

    def waitable(self, index: int) -> Waitable:
        entry = self.table.get(index)
        if not isinstance(entry, Waitable):
            raise wrong_kind()
        return entry

    def waitable_set(self, index: int) -> WaitableSet:
        return _of(WaitableSet, self.table.get(index))

    def subtask(self, index: int) -> Subtask:
        return _of(Subtask, self.table.get(index))

    def end(self, entry: Entry, type: EndType, writable: bool) -> CopyEnd:
        """The end in this entry, after the checks that all built-ins of streams and futures make."""
        is_end = isinstance(entry, CopyEnd) and entry.shared.is_stream == isinstance(type, t.Stream)
        if not isinstance(entry, CopyEnd) or not is_end or entry.writable != writable:
            # wasmtime reports `copying` if the end has the right type and the wrong direction
            raise wrong_kind(*([TrapClass.COPYING] if is_end else []))
        if entry.shared.shape != self.store_of.shapes.of(self, type.type):
            raise SpecTrap(TrapClass.HANDLE_TYPE)
        return entry

    def lift_async_value(self, number: int, type: EndType) -> int:
        """`lift_async_value`: the readable end leaves this component."""
        end = self.end(self.table.remove(number), type, writable=False)
        end.check_transfer()
        return end.shared.number

    def lower_async_value(self, channel: int, type: EndType) -> int:
        return self.add(CopyEnd(self.store_of.channels[channel], self, type, writable=False))

    def end_forget(self, number: int) -> None:
        """Forget the interpreter's record of the end, unless a copy is in progress."""
        found = self.ends.get(number)
        if found is not None and found.settled:
            del self.ends[number]

    def calls_unresolved(self) -> int:
        return sum(not call.settled for call in self.calls)

    def copies_under_way(self) -> int:
        return sum(not end.settled for end in self.ends.values())


def _of(kind: type[_E], entry: Entry) -> _E:
    if not isinstance(entry, kind):
        raise wrong_kind()
    return entry

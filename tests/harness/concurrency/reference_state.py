"""The state of the second reading (`reference.py`): components with their tables, tasks, waitables, channels.

Copies between ends are here, too, because they are what a channel does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from harness.script import operations as s

BLOCKED = 0xFFFFFFFF
Wait = tuple[Callable[[], bool], bool]
"""What a thread waits for, and whether cancellation ends that."""
Code = Generator[Wait, bool, Any]


class Trapped(Exception):
    """The word of a trap's class."""


def trap_if(condition: bool, word: str) -> None:
    if condition:
        raise Trapped(word)


@dataclass(eq=False)
class Waitable:
    index: int = 0
    event: Callable[[], tuple[int, int]] | None = None
    """Gives the code and the payload of the pending event."""
    wset: Set | None = None

    def join(self, wset: Set | None) -> None:
        if self.wset:
            self.wset.members.remove(self)
        self.wset = wset
        if wset:
            wset.members.append(self)


@dataclass(eq=False)
class Set:
    members: list[Waitable] = field(default_factory=list)
    waiters: int = 0

    def pending(self) -> list[Waitable]:
        return [member for member in self.members if member.event]


class Subtask(Waitable):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.status = 0
        self.delivered = self.requested = False
        self.result: int | None = None
        self.task: Task

    def progress(self, status: int) -> None:
        self.status = status
        if self.index:
            self.event = self.tell

    def tell(self) -> tuple[int, int]:
        self.delivered = self.delivered or self.status >= 2
        return 1, self.status


class End(Waitable):
    def __init__(self, channel: Channel, owner: Component, writable: bool) -> None:
        super().__init__()
        self.channel, self.owner, self.writable = channel, owner, writable
        self.copying = self.done = False
        self.size = self.progress = 0
        self.result = 0
        """Of the pending event."""
        self.values: list[int] = []
        channel.ends.append(self)
        self.hear_of_drop()

    def hear_of_drop(self) -> None:
        if self.channel.dropped and not self.copying and not self.done:
            self.size = self.progress = 0
            self.notify(1)
        elif self.channel.dropped and self.channel.stream and self.event and self.result == 0:
            self.notify(1)

    def notify(self, result: int, offered: bool = False) -> None:
        def tell() -> tuple[int, int]:
            if offered:
                self.channel.waiting = None
            self.copying = False
            self.done = result == 1 or (result == 0 and not self.channel.stream)
            code = (2 if self.channel.stream else 4) + self.writable
            return code, result | self.progress << 4 if self.channel.stream else result

        self.event, self.result = tell, result
        self.result = result


class Channel:
    def __init__(self, stream: bool) -> None:
        self.stream = stream
        self.ends: list[End] = []
        self.dropped = False
        self.waiting: End | None = None

    def copy(self, end: End) -> None:
        other = self.waiting
        if self.dropped:
            end.notify(1)
        elif other is None:
            self.waiting = end
        elif other.size > other.progress:
            count = min(other.size - other.progress, end.size)
            source, target = (end, other) if end.writable else (other, end)
            target.values += source.values[source.progress : source.progress + count]
            end.progress += count
            other.progress += count
            if count:
                other.notify(0, offered=self.stream)
                if not self.stream:
                    self.waiting = None
            end.notify(0)
        elif end.writable and end.size == 0 and other.size == 0:
            end.notify(0)
        else:
            other.notify(0)
            self.waiting = end

    def drop(self, end: End) -> None:
        self.ends.remove(end)
        if not self.dropped:
            self.dropped = True
            if self.waiting:
                self.waiting.notify(1)
                self.waiting = None
            for other in self.ends:
                other.hear_of_drop()


@dataclass(eq=False)
class Thread:
    code: Code
    begun: bool = False
    waits: Wait | None = None

    def ready(self) -> bool:
        return self.waits is not None and self.waits[0]()


class Task:
    """`name`: of the exported function, `run` or `finish`."""

    def __init__(
        self, component: Component, name: str, subtask: Subtask | None = None, argument: Held | int = 0
    ) -> None:
        self.component, self.name, self.subtask, self.argument = component, name, subtask, argument
        self.state = "initial"
        self.number = 0
        self.told = self.answered = self.entered = False
        self.frame: s.Frame
        self.position = 0
        self.thread: Thread


class Component:
    def __init__(self, letter: str, frames: list[s.Frame]) -> None:
        self.letter = letter
        self.frames = list(frames)
        self.table: list[Any] = [None]
        self.free: list[int] = []
        self.registers: dict[int, Held] = {}
        self.calls: list[Held] = []
        self.known: dict[int, Held] = {}
        """Ends by their handles, as far as the interpreter knows them."""
        self.backpressure = self.entering = self.tasks = 0
        self.exclusive: Task | None = None
        self.live: list[Task] = []
        self.late: list[str] = []
        """Events that leave with the next one."""

    def add(self, entry: Any) -> int:
        index = self.free.pop() if self.free else len(self.table)
        self.table[index : index + 1] = [entry]
        if isinstance(entry, Waitable):
            entry.index = index
        return index

    def get(self, index: int, kind: type) -> Any:
        trap_if(index >= len(self.table) or self.table[index] is None, "invalid-handle")
        trap_if(not isinstance(self.table[index], kind), "handle-type")
        return self.table[index]

    def remove(self, index: int, kind: type) -> Any:
        entry = self.get(index, kind)
        self.table[index] = None
        self.free.append(index)
        return entry

    def forget(self, index: int) -> None:
        if index in self.known and self.known[index].state != "copying":
            del self.known[index]


@dataclass(eq=False)
class Held:
    """A call, an end or a set in a register, and what the interpreter knows of it."""

    kind: str
    handle: int
    state: str = "idle"
    type: str = ""
    writable: bool = False
    subtask: Subtask | None = None
    end: End | None = None

    def settled(self) -> bool:
        return self.state not in ("starting", "started", "copying")


STATUS = ("starting", "started", "returned", "cancelled", "cancelled")
RESULT = ("completed", "dropped", "cancelled")
TYPES = {"bytes": "stream<u8>", "later": "future<u32>"}
PUSHED = {"bytes": "u8", "later": "u32"}
SYNC = "plain"

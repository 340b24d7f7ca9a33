"""A second, small reading of the specification: generators and a random scheduler, values of a few types only.

It is written from CanonicalABI.md and the rules of docs/async.md alone and shares no code with the model. A thread is a
generator; it yields what it waits for, and is sent whether it was cancelled. What a component shows is a list of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from harness.script import async_operations as ao
from harness.script import operations as s

BLOCKED = 0xFFFFFFFF
Wait = tuple[Callable[[], bool], bool]
"""The condition for which a thread waits, and whether a cancellation ends the wait."""
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
        """The result in the pending event."""
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


class Reference:
    """Runs one frame of the subject. `lines`: `s1 EVENT`, in global order."""

    def __init__(self, subject: list[s.Frame], provider: list[s.Frame], random: Random) -> None:
        self.subject, self.provider = Component("s", subject), Component("p", provider)
        self.random = random
        self.waiting: list[Thread] = []
        self.lines: list[str] = []

    def run(self) -> str:
        """The class of the trap, with the interpreter's detail; empty if the host's calls returned."""
        try:
            for component, name in ((self.subject, "run"), (self.subject, "finish"), (self.provider, "finish")):
                task = Task(component, name)
                self.lift(task)
                while task.state != "resolved":
                    ready = [thread for thread in self.waiting if thread.ready()]
                    trap_if(not ready, "deadlock")
                    self.resume(self.random.choice(ready))
        except Trapped as trap:
            return str(trap)
        return ""

    def say(self, task: Task, line: str) -> None:
        self.lines.append(f"{task.component.letter}{task.number} {line}")

    # -- threads and tasks

    def resume(self, thread: Thread, cancelled: bool = False) -> None:
        """Until it blocks or ends."""
        if thread.waits is not None:
            self.waiting.remove(thread)
            thread.waits = None
        try:
            thread.waits = thread.code.send(cancelled) if thread.begun else next(thread.code)
            self.waiting.append(thread)
        except StopIteration:
            pass
        finally:
            thread.begun = True

    def wait(self, task: Task, ready: Callable[[], bool], cancellable: bool = False) -> Code:
        if ready() and self.random.randint(0, 1):
            return False
        return (yield ready, cancellable)

    def lift(self, task: Task) -> None:
        task.thread = Thread(self.thread(task))
        self.resume(task.thread)
        if task.name == SYNC:
            while task.state != "resolved":
                own = [one.thread for one in task.component.live if one is not task.component.exclusive]
                ready = [one for one in own if one.ready()]
                trap_if(not ready, "cannot-block")
                self.resume(self.random.choice(ready))

    def thread(self, task: Task) -> Code:
        component = task.component
        if task.name != SYNC:

            def free() -> bool:
                return not component.backpressure and component.exclusive is None

            if not free() or component.entering:
                component.entering += 1
                cancelled = yield from self.wait(task, free, cancellable=True)
                component.entering -= 1
                if cancelled:
                    assert task.subtask is not None
                    task.state = "resolved"
                    task.subtask.progress(3)
                    return
            component.exclusive = task
        component.live.append(task)
        task.state = "started"
        if task.name == "finish":
            component.exclusive = None
            if component.live != [task]:
                yield (lambda: component.exclusive is None and self.nothing_else(task)), False
            component.live.remove(task)
            task.state = "resolved"
            return
        yield from self.body(task)
        component.live.remove(task)
        trap_if(task.state != "resolved", "no-result")
        if component.exclusive is task:
            component.exclusive = None

    def nothing_else(self, task: Task) -> bool:
        """`finish` has its turn when its instance is empty, or when there is nothing left to wait for."""
        others = [thread for thread in self.waiting if thread is not task.thread]
        return task.component.live == [task] or not any(thread.ready() for thread in others)

    def body(self, task: Task) -> Code:
        component, subtask = task.component, task.subtask
        component.tasks += 1
        task.number = component.tasks
        if subtask is not None:
            subtask.progress(1)
            pushed = self.move(task) if task.name in TYPES else f"push_u32 {task.argument}"
            self.say(task, f"export_start a:b/x#{task.name}")
            if task.name != "none":
                self.say(task, pushed)
            if task.name == SYNC:
                self.say(task, "export_call a:b/x#plain")
        key = s.OnRun() if subtask is None else s.OnExport("a:b/x", task.name)
        frame = next((frame for frame in component.frames if frame.key == key), None)
        if frame is None:
            raise Trapped("interpreter:no_frame")
        component.frames.remove(frame)
        task.frame = frame
        while task.position < len(frame.ops):
            op = frame.ops[task.position]
            task.position += 1
            yield from getattr(self, f"do_{type(op).__name__}")(task, op)
        if task.name == SYNC:
            return
        if subtask is None and not task.answered:
            self.answer(task, None)
        self.ends(task, 0)

    def move(self, task: Task) -> str:
        """A readable end goes from the caller to the callee."""
        assert isinstance(task.argument, Held)
        end = self.subject.remove(task.argument.handle, End)
        trap_if(end.writable, "handle-type")
        trap_if(end.copying, "copying")
        trap_if(end.done, "end-done")
        trap_if(end.wset is not None, "in-waitable-set")
        end.channel.ends.remove(end)
        index = self.provider.add(End(end.channel, self.provider, writable=False))
        self.provider.forget(index)
        task.argument = Held("end", index, type=task.name)
        return f"push_{'stream' if task.name == 'bytes' else 'future'} {TYPES[task.name]} {index}"

    def ends(self, task: Task, code: int) -> None:
        """A core call."""
        if task.subtask is None:
            self.say(task, f"run = {code}")
        else:
            word = "export_async_callback" if task.entered else "export_async_call"
            self.say(task, f"{word} a:b/x#{task.name} = {code}")
        task.entered = True

    def pause(self, task: Task, wset: Set | None, index: int = 0) -> Code:
        """The event loop of a callback lift: YIELD, or WAIT on a set."""
        component = task.component
        component.exclusive = None

        def ready() -> bool:
            if component.exclusive is not None:
                return False
            return wset is None or bool(wset.pending()) or task.state == "pending"

        if wset is not None:
            wset.waiters += 1
        cancelled = yield from self.wait(task, ready, cancellable=True)
        if wset is not None:
            wset.waiters -= 1
        if task.state == "pending":
            task.state, cancelled = "told", True
        component.exclusive = task
        if cancelled:
            task.told = True
            self.say(task, "event 6 0 0")
        elif wset is None:
            self.say(task, "event 0 0 0")
        else:
            self.deliver(task, wset)

    def deliver(self, task: Task, wset: Set) -> None:
        member = self.random.choice(wset.pending())
        assert member.event is not None
        tell, member.event = member.event, None
        code, payload = tell()
        self.say(task, f"event {code} {member.index} {payload}")
        component = task.component
        if code == 1:
            held = next(r for r in component.calls if r.subtask is member)
            self.resolve(task, held, payload)
        else:
            assert isinstance(member, End)
            known = component.known.get(member.index)
            if known is None or known.state != "copying":
                type = "bytes" if member.channel.stream else "later"
                component.known[member.index] = Held("end", member.index, "dropped", type, member.writable)
            else:
                self.settle(task, known, member, payload)

    # -- calls

    def value(self, task: Task, value: s.Value) -> Any:
        if isinstance(value, s.Register):
            if value.index not in task.component.registers:
                raise Trapped("interpreter:register_empty")
            return task.component.registers[value.index]
        if isinstance(value, s.Argument):
            return task.argument
        assert isinstance(value, s.Number)
        return value.value

    def enter(self, task: Task, name: str, args: tuple[s.Value, ...]) -> Subtask:
        values = [self.value(task, value) for value in args]
        self.say(task, f"import_call a:b/x#{name}")
        if name in TYPES:
            word = "stream" if name == "bytes" else "future"
            self.say(task, f"pop_{word} {TYPES[name]} = {values[0].handle}")
            task.component.forget(values[0].handle)
        elif values:
            self.say(task, f"pop_u32 = {values[0]}")
        subtask = Subtask(name)
        subtask.task = Task(self.provider, name, subtask, values[0] if values else 0)
        self.lift(subtask.task)
        return subtask

    def do_Start(self, task: Task, op: ao.Start) -> Code:
        subtask = self.enter(task, op.name, op.args)
        if subtask.status >= 2:
            subtask.delivered = True
        else:
            task.component.add(subtask)
        self.say(task, f"import_start a:b/x#{op.name} = {subtask.status | subtask.index << 4}")
        held = Held("call", subtask.index, subtask=subtask)
        task.component.calls.append(held)
        self.resolve(task, held, subtask.status)
        task.component.registers[op.register] = held
        yield from ()

    def resolve(self, task: Task, held: Held, status: int) -> None:
        held.state = STATUS[status]
        if status == 2:
            assert held.subtask is not None
            self.say(task, f"import_lift a:b/x#{held.subtask.name}")
            if held.subtask.result is not None:
                self.say(task, f"push_u32 {held.subtask.result}")

    def do_Call(self, task: Task, op: s.Call) -> Code:
        subtask = self.enter(task, op.name, op.args)
        self.say(task, f"push_u32 {subtask.result}")
        self.say(task, f"import_return a:b/x#{op.name}")
        yield from ()

    def answer(self, task: Task, value: int | None) -> None:
        task.answered = True
        if task.subtask is None:
            self.say(task, "run_return")
        else:
            self.say(task, f"task_return a:b/x#{task.name}")
            if value is not None:
                self.say(task, f"pop_u32 = {value}")
        trap_if(task.state == "resolved", "resolved-twice")
        task.state = "resolved"
        if task.subtask is not None:
            task.subtask.result = value
            task.subtask.progress(2)

    def do_TaskReturn(self, task: Task, op: ao.TaskReturn) -> Code:
        self.answer(task, None if op.value is None else self.value(task, op.value))
        yield from ()

    def do_Return(self, task: Task, op: s.Return) -> Code:
        value = None if op.value is None else self.value(task, op.value)
        task.position = len(task.frame.ops)
        if task.name == SYNC:
            assert task.subtask is not None
            self.say(task, f"pop_u32 = {value}")
            task.state = "resolved"
            task.subtask.result = value
            task.subtask.progress(2)
        else:
            self.answer(task, value)
        yield from ()

    def do_TaskCancel(self, task: Task, _op: ao.TaskCancel) -> Code:
        task.answered = True
        self.say(task, "task_cancel")
        trap_if(task.state == "resolved", "resolved-twice")
        trap_if(task.state != "told", "not-cancelled")
        task.state = "resolved"
        assert task.subtask is not None
        task.subtask.progress(4)
        yield from ()

    def do_IfCancelled(self, task: Task, op: ao.IfCancelled) -> Code:
        task.position += 0 if task.told else op.count
        yield from ()

    def do_If(self, task: Task, op: ao.If) -> Code:
        held = self.value(task, op.object)
        known = held if held.kind == "call" else task.component.known.get(held.handle)
        state = "idle" if known is None else known.state
        if op.state is ao.State.IDLE and held.kind == "end":
            state = "copying" if state == "copying" else "idle"
        task.position += 0 if state == op.state.value else op.count
        yield from ()

    def do_Exit(self, task: Task, _op: ao.Exit) -> Code:
        task.position = len(task.frame.ops)
        yield from ()

    def do_SubtaskCancel(self, task: Task, op: ao.SubtaskCancel) -> Code:
        held = self.value(task, op.call)
        subtask = task.component.get(held.handle, Subtask)
        trap_if(subtask.delivered, "delivered-subtask")
        trap_if(subtask.requested, "other")
        trap_if(subtask.wset is not None, "in-waitable-set")
        if subtask.status < 2:
            subtask.requested = True
            self.request(subtask.task)
            if subtask.status < 2:
                if op.asynchronous:
                    self.say(task, f"subtask_cancel {subtask.index} = {BLOCKED}")
                    return
                yield from self.wait(task, lambda: subtask.status >= 2)
        subtask.event = None
        subtask.delivered = True
        self.say(task, f"subtask_cancel {subtask.index} = {subtask.status}")
        self.resolve(task, held, subtask.status)

    def request(self, task: Task) -> None:
        waits = task.thread.waits
        if task.state == "initial":
            task.state = "told"
            self.resume(task.thread, cancelled=True)
            return
        hears = waits is not None and waits[1] and task.component.exclusive is None
        if hears and not (waits is not None and waits[0]() and self.random.randint(0, 1)):
            task.state = "told"
            self.resume(task.thread, cancelled=True)
        else:
            task.state = "pending"

    def do_SubtaskDrop(self, task: Task, op: ao.SubtaskDrop) -> Code:
        held = self.value(task, op.call)
        self.say(task, f"subtask_drop {held.handle}")
        subtask = task.component.remove(held.handle, Subtask)
        trap_if(not subtask.delivered, "unresolved-subtask")
        subtask.join(None)
        held.handle = 0
        yield from ()

    # -- waits

    def do_NewSet(self, task: Task, op: ao.NewSet) -> Code:
        index = task.component.add(Set())
        self.say(task, f"set_new = {index}")
        task.component.registers[op.register] = Held("set", index)
        yield from ()

    def do_Join(self, task: Task, op: ao.Join) -> Code:
        waitable = self.value(task, op.waitable).handle
        wset = 0 if op.set is None else self.value(task, op.set).handle
        self.say(task, f"join {waitable} {wset}")
        found = task.component.get(waitable, Waitable)
        found.join(task.component.get(wset, Set) if wset else None)
        yield from ()

    def do_DropSet(self, task: Task, op: ao.DropSet) -> Code:
        index = self.value(task, op.set).handle
        self.say(task, f"set_drop {index}")
        wset = task.component.remove(index, Set)
        trap_if(bool(wset.members or wset.waiters), "set-in-use")
        yield from ()

    def do_Wait(self, task: Task, op: ao.Wait) -> Code:
        yield from self.wait_on(task, self.value(task, op.set).handle)

    def wait_on(self, task: Task, index: int) -> Code:
        if task.frame.blocking or task.name == SYNC:
            wset = task.component.get(index, Set)
            wset.waiters += 1
            yield from self.wait(task, lambda: bool(wset.pending()))
            wset.waiters -= 1
            self.deliver(task, wset)
        else:
            self.ends(task, 2 | index << 4)
            yield from self.pause(task, task.component.get(index, Set))

    def do_Poll(self, task: Task, op: ao.Poll) -> Code:
        wset = task.component.get(self.value(task, op.set).handle, Set)
        if wset.pending():
            self.deliver(task, wset)
        else:
            self.say(task, "event 0 0 0")
        yield from ()

    def do_Await(self, task: Task, op: ao.Await) -> Code:
        held, wset = self.value(task, op.waitable), self.value(task, op.set).handle
        while not task.told and not self.settled(task, held):
            yield from self.wait_on(task, wset)

    def settled(self, task: Task, held: Held) -> bool:
        known = held if held.kind == "call" else task.component.known.get(held.handle)
        return known is None or known.settled()

    def do_Yield(self, task: Task, op: ao.Yield) -> Code:
        for _ in range(op.times):
            if op.in_place or task.frame.blocking or task.name == SYNC:
                yield from self.wait(task, lambda: True)
                self.say(task, "yield = 0")
            else:
                self.ends(task, 1)
                yield from self.pause(task, None)

    def do_Backpressure(self, task: Task, op: ao.Backpressure) -> Code:
        self.say(task, f"backpressure {op.change}")
        task.component.backpressure += op.change
        trap_if(task.component.backpressure < 0, "backpressure")
        yield from ()

    # -- ends

    def do_NewEnds(self, task: Task, op: ao.NewEnds) -> Code:
        name, component = op.type.name, task.component
        channel = Channel(name == "bytes")
        readable = component.add(End(channel, component, writable=False))
        writable = component.add(End(channel, component, writable=True))
        self.say(task, f"{'stream' if channel.stream else 'future'}_new {TYPES[name]} = {readable} {writable}")
        component.forget(readable)
        component.known[writable] = Held("end", writable, type=name, writable=True)
        component.registers[op.readable] = Held("end", readable, type=name)
        component.registers[op.writable] = Held("end", writable, type=name, writable=True)
        yield from ()

    def copy(self, task: Task, held: Held, size: int, values: list[int] | None) -> None:
        writes, component = values is not None, task.component
        known = component.known.setdefault(held.handle, Held("end", held.handle, type=held.type))
        if known.state == "copying":
            raise Trapped("interpreter:state")
        known.state = "copying"
        word, type = ("stream" if held.type == "bytes" else "future"), TYPES[held.type]
        size = size if word == "stream" else 1
        for index, value in enumerate(values or []):
            self.say(task, f"{word}_lower {type} {index}")
            self.say(task, f"pop_{PUSHED[held.type]} = {value}")
        end = component.get(held.handle, End)
        trap_if(end.writable != writes, "handle-type")
        trap_if(end.copying, "copying")
        trap_if(end.done, "end-done")
        known.writable = writes
        end.copying, end.event, end.size, end.progress, end.values = True, None, size, 0, list(values or [])
        end.channel.copy(end)
        if end.event is None:
            payload = BLOCKED
        else:
            tell, end.event = end.event, None
            payload = tell()[1]
        self.say(task, f"{word}_{'write' if writes else 'read'} {type} {held.handle} {size} = {payload}")
        if payload != BLOCKED:
            self.settle(task, known, end, payload)

    def settle(self, task: Task, known: Held, end: End, payload: int) -> None:
        known.state = RESULT[payload & 15]
        if not end.writable:
            word = "stream" if end.channel.stream else "future"
            for index in range(end.progress):
                self.say(task, f"{word}_lift {TYPES[known.type]} {index}")
                self.say(task, f"push_{PUSHED[known.type]} {end.values[index]}")

    def do_Read(self, task: Task, op: ao.Read) -> Code:
        self.copy(task, self.value(task, op.end), op.count, None)
        yield from ()

    def do_Write(self, task: Task, op: ao.Write) -> Code:
        self.copy(task, self.value(task, op.end), len(op.values), [self.value(task, value) for value in op.values])
        yield from ()

    def do_CancelCopy(self, task: Task, op: ao.CancelCopy) -> Code:
        held, component = self.value(task, op.end), task.component
        end = component.get(held.handle, End)
        known = component.known.get(held.handle)
        trap_if(end.writable != (known is not None and known.writable), "handle-type")
        trap_if(not end.copying, "not-copying")
        trap_if(end.wset is not None, "in-waitable-set")
        if end.event is None:
            end.channel.waiting = None
            end.notify(2)
        assert end.event is not None
        tell, end.event = end.event, None
        payload = tell()[1]
        if end.channel.stream and payload & 15 == 0:
            payload |= 2
        word = "stream" if end.channel.stream else "future"
        cancel = "cancel_write" if end.writable else "cancel_read"
        self.say(task, f"{word}_{cancel} {TYPES[held.type]} {held.handle} = {payload}")
        assert known is not None
        self.settle(task, known, end, payload)
        yield from ()

    def do_DropEnd(self, task: Task, op: ao.DropEnd) -> Code:
        held, component = self.value(task, op.end), task.component
        known = component.known.get(held.handle)
        writable = known is not None and known.writable
        word = "stream" if held.type == "bytes" else "future"
        self.say(task, f"{word}_drop_{'writable' if writable else 'readable'} {TYPES[held.type]} {held.handle}")
        end = component.remove(held.handle, End)
        trap_if(end.writable != writable, "handle-type")
        trap_if(end.copying, "copying")
        trap_if(not end.channel.stream and end.writable and not end.done, "future-unwritten")
        end.channel.drop(end)
        end.join(None)
        component.forget(held.handle)
        yield from ()

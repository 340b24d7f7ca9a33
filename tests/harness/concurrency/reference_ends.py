"""What the second reading (`reference.py`) does with ends of streams and futures."""

from __future__ import annotations

from typing import Any

from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.reference_state import (
    BLOCKED,
    PUSHED,
    RESULT,
    TYPES,
    Channel,
    Code,
    Component,
    End,
    Held,
    Task,
    Trapped,
    trap_if,
)


class EndOperations:
    """The operations of a run on ends."""

    subject: Component
    provider: Component

    def say(self, task: Task, line: str) -> None:
        raise NotImplementedError

    def value(self, task: Task, value: s.Value) -> Any:
        raise NotImplementedError

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

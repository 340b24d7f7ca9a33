"""A second, small reading of the specification: generators and a random scheduler, values of a few types only.

It is written from CanonicalABI.md and the rules of docs/async.md alone and shares no code with the model. A thread is a
generator; it yields what it waits for, and is sent whether it was cancelled. What a component shows is a list of lines.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.reference_ends import EndOperations
from tests.harness.concurrency.reference_state import (
    BLOCKED,
    STATUS,
    SYNC,
    TYPES,
    Code,
    Component,
    End,
    Held,
    Set,
    Subtask,
    Task,
    Thread,
    Trapped,
    Waitable,
    trap_if,
)


class Reference(EndOperations):
    """Runs one frame of the subject. `lines`: `s1 EVENT`, in global order. `hooked`: both components have the task hook
    (docs/linking.md, "Task hooks")."""

    def __init__(self, subject: list[s.Frame], provider: list[s.Frame], random: Random, hooked: bool = False) -> None:
        self.subject, self.provider = Component("s", subject), Component("p", provider)
        self.hooked = hooked
        for component in (self.subject, self.provider):
            self.hook(component, 6, 7)
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
        component = task.component
        self.lines.append(f"{component.letter}{task.number} {'; '.join([*component.late, line])}")
        component.late.clear()

    def hook(self, component: Component, *points: int) -> None:
        component.late += [f"task_hook {point}" for point in points if self.hooked]

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
        self.hook(component, 0 if task.name == SYNC else 2)
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

    def ends(self, task: Task, code: int) -> None:
        """A core call."""
        if task.subtask is None:
            self.say(task, f"run = {code}")
        else:
            word = "export_async_callback" if task.entered else "export_async_call"
            self.say(task, f"{word} a:b/x#{task.name} = {code}")
        task.entered = True
        self.hook(task.component, 4 if code else 5)

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
        self.hook(component, 3)
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
            task.component.late.append("export_finish a:b/x#plain")
            self.hook(task.component, 1)
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

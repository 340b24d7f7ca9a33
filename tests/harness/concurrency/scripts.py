"""Random scripts of a caller and a callee, for the functions of the reference."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import X, crossings, export, place, reg, run, start, u8, u32

_WIT = """package a:b;
interface x {
  f: async func(n: u32) -> u32;
  none: async func();
  plain: func(n: u32) -> u32;
  bytes: async func(s: stream<u8>);
  later: async func(s: future<u32>);
}
world subject { import x; }
world provider { export x; }
"""
KNOWN, HOOKED = crossings(_WIT), crossings(_WIT, hooks="task-hook")


@dataclass
class Draw:
    random: Random
    calls: list[int] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)
    """Registers of ends, and the function whose parameter has their type."""
    frames: list[s.Frame] = field(default_factory=list)
    """The frames of the callee."""
    next: int = 10

    def register(self) -> int:
        self.next += 1
        return self.next

    def one_of(self, *choices: object) -> object:
        return self.random.choice(choices)

    def below(self, limit: int) -> int:
        return self.random.randrange(limit)

    # -- the callee

    def turns(self, prefix: int) -> list[s.Op]:
        """Things that a callee does in between."""
        ops: list[s.Op] = []
        for _ in range(self.below(3)):
            match self.below(7):
                case 0 | 1:
                    ops.append(ao.Yield(1 + self.below(2)))
                case 2:
                    ops.append(ao.Yield(1, in_place=True))
                case 3:
                    ops += [ao.Backpressure(1), ao.Yield(1), ao.Backpressure(-1)]
                case 4:
                    ops += [ao.NewSet(prefix), *([ao.Yield(1)] if self.below(2) else []), ao.DropSet(reg(prefix))]
                case 5:
                    ops += [ao.IfCancelled(2), ao.TaskCancel(), ao.Exit()]
                case 6:
                    ops += [ao.Backpressure(1)] if self.below(8) == 0 else []
        return ops

    def result(self, value: s.Value | None) -> list[s.Op]:
        if self.below(3):
            return [s.Return(value)]
        return [ao.TaskReturn(value), *self.turns(self.register())]

    def callee(self, name: str) -> s.Frame:
        prefix = self.register()
        ops = self.turns(prefix)
        blocking = self.below(5) == 0
        if self.below(3) == 0:
            ops += [ao.Yield(1 + self.below(3)), ao.IfCancelled(2), ao.TaskCancel(), ao.Exit()]
        if name in ("bytes", "later"):
            ops += self.copies(s.Argument(0), prefix) if self.below(4) else []
            if self.below(3):
                ops.append(ao.DropEnd(s.Argument(0)))
        ops += self.result(u32(self.below(100)) if name == "f" else None)
        return export(name, *ops, blocking=blocking)

    def copies(self, end: s.Value, prefix: int) -> list[s.Op]:
        ops: list[s.Op] = [ao.NewSet(prefix)]
        for _ in range(1 + self.below(3)):
            ops.append(ao.Read(end, self.below(4)))
            match self.below(5):
                case 0 | 1:
                    ops += [ao.Join(end, reg(prefix)), ao.Await(end, reg(prefix)), ao.Join(end, None)]
                case 2:
                    ops.append(ao.Yield(1))
                case 3:
                    ops += [ao.Yield(1), ao.CancelCopy(end)]
            if self.below(10):
                ops[-1:] = (
                    [ao.If(ao.State.COPYING, end, 1), ops[-1]] if isinstance(ops[-1], ao.CancelCopy) else ops[-1:]
                )
        return ops

    # -- the caller

    def caller(self) -> s.Frame:
        ops: list[s.Op] = [ao.NewSet(0)]
        for _ in range(4 + self.below(14)):
            ops += self.step()
        if self.below(2):
            for call in self.calls:
                for state in (ao.State.STARTED, ao.State.STARTING):
                    ops += self.guarded(state, reg(call), ao.Join(reg(call), reg(0)), ao.Await(reg(call), reg(0)))
        return run(*ops, blocking=self.below(4) == 0)

    def guarded(self, state: ao.State, object: s.Value, *ops: s.Op) -> list[s.Op]:
        """In most scripts, the operations run only in a state in which they do not trap."""
        return [ao.If(state, object, len(ops)), *ops] if self.below(12) else list(ops)

    def step(self) -> list[s.Op]:
        kind = self.below(12)
        if kind < 3 or not self.calls:
            return self.new_call()
        call = reg(self.calls[self.below(len(self.calls))])
        running = ao.State.STARTED if self.below(4) else ao.State.STARTING
        if kind == 3:
            return self.guarded(running, call, ao.Join(call, reg(0) if self.below(5) else None))
        if kind == 4:
            return self.guarded(running, call, ao.Join(call, reg(0)), ao.Await(call, reg(0)))
        if kind == 5:
            cancel = ao.SubtaskCancel(call, asynchronous=self.below(2) == 0)
            return self.guarded(running, call, ao.Join(call, None), cancel)
        if kind == 6:
            return [ao.Poll(reg(0))] if self.below(4) else self.guarded(ao.State.CANCELLED, call, ao.SubtaskDrop(call))
        if kind == 7:
            return [ao.Yield(1, in_place=self.below(2) == 0)]
        if kind == 8:
            self.frames.append(export("plain", *self.turns_of_sync(), s.Return(u32(9))))
            return [s.Call(X, "plain", 1, (u32(3),))]
        return self.copy() if self.ends else [ao.Yield(1)]

    def turns_of_sync(self) -> list[s.Op]:
        return [ao.Yield(1)] if self.below(2) else []

    def new_call(self) -> list[s.Op]:
        name = str(self.one_of("f", "f", "none", "bytes", "later"))
        register = self.register()
        self.calls.append(register)
        self.frames.append(self.callee(name))
        if name == "none":
            return [start(name, register)]
        if name == "f":
            return [start(name, register, u32(self.below(100)))]
        writable, readable = self.register(), self.register()
        self.ends.append((writable, name))
        made = ao.NewEnds(writable, readable, place(name))
        early: list[s.Op] = []
        if self.below(4) == 0:
            early = [ao.Write(reg(writable), (u8(1), u8(2)) if name == "bytes" else (u32(1),))]
        return [made, *early, start(name, register, reg(readable))]

    def copy(self) -> list[s.Op]:
        register, name = self.ends[self.below(len(self.ends))]
        end, idle, copying = reg(register), ao.State.IDLE, ao.State.COPYING
        match self.below(7):
            case 0 | 1 | 2:
                size = self.below(4) if name == "bytes" else 1
                values = tuple((u8 if name == "bytes" else u32)(self.below(100)) for _ in range(size))
                return self.guarded(idle, end, ao.Write(end, values))
            case 3:
                return self.guarded(copying, end, ao.Join(end, reg(0) if self.below(4) else None))
            case 4:
                return self.guarded(copying, end, ao.Join(end, reg(0)), ao.Await(end, reg(0)), ao.Join(end, None))
            case 5:
                return self.guarded(copying, end, ao.Join(end, None), ao.CancelCopy(end))
        if self.below(2):
            return [ao.Yield(1)]
        self.ends.remove((register, name))
        return self.guarded(idle, end, ao.DropEnd(end))


def draw(seed: int) -> tuple[list[s.Frame], list[s.Frame]]:
    """The frames of the subject, and of the provider."""
    drawn = Draw(Random(seed))
    caller = drawn.caller()
    return [caller], drawn.frames

"""Unfinished scripts, one for each component: operations in the order of their execution.

Registers in them are unlimited numbers, each written once; or at several places of which one is executed. At the end,
when its last use is known, each gets an interpreter's register.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.plan.roles import Role
from harness.script import async_operations as a
from harness.script import operations as s


class OutOfRegisters(Exception):
    """A component needs more handles at once than an interpreter has registers."""


@dataclass(eq=False, slots=True)
class _Written:
    """An operation of a frame; the registers that it reads, and those that it writes."""

    frame: int
    op: s.Op
    reads: Sequence[int] = ()
    writes: int | None = None
    also: int | None = None


@dataclass(eq=False, slots=True)
class Held:
    """The place of a handle: at `path` of a value that came to the frame `home`, until `register` has it."""

    home: FrameBuilder
    source: s.Register | s.Argument
    path: tuple[int, ...] = ()
    register: int | None = None


@dataclass(eq=False)
class ScriptBuilder:
    """The script of one component."""

    role: Role
    keys: list[s.FrameKey] = field(default_factory=list)
    ops: list[_Written] = field(default_factory=list)
    together: bool = False
    """Frames may go on in another order than that of their operations here. So no register is used twice, and what a
    frame has of its arguments for others is taken out first of all."""
    _registers: int = 0

    def frame(self, key: s.FrameKey) -> FrameBuilder:
        """A new frame. Frames of one key are used in the order in which they are made here."""
        self.keys.append(key)
        return FrameBuilder(self, len(self.keys) - 1, self.role)

    def new_register(self) -> int:
        self._registers += 1
        return self._registers - 1

    def build(self, eager: bool, lists: s.Lists) -> s.Script:
        """The script, with an interpreter's registers. Raises `OutOfRegisters`."""
        frames: list[list[s.Op]] = [[] for _ in self.keys]
        free = list(range(s.REGISTERS - 1, -1, -1))
        numbers: dict[int, int] = {}
        last = _last_uses(self.ops)
        for at, written in enumerate(self.ops):
            op = written.op
            if written.reads:
                op = _reading(op, numbers)
                if not self.together:
                    free += [numbers.pop(register) for register in dict.fromkeys(written.reads) if last[register] == at]
            if written.also is not None:
                assert isinstance(op, a.NewEnds) and written.writes is not None
                for to in (written.writes, written.also):
                    numbers[to] = self._free_of(free)
                    free.pop()
                op = replace(op, readable=numbers[written.writes], writable=numbers[written.also])
            elif written.writes is not None:
                to = written.writes
                if to in numbers:
                    op = _writing(op, numbers[to])
                else:
                    op = _writing(op, self._free_of(free))
                    if to in last or self.together:
                        numbers[to] = free.pop()
            frames[written.frame].append(op)
        return s.Script(tuple(s.Frame(k, tuple(ops)) for k, ops in zip(self.keys, frames, strict=True)), eager, lists)

    def _free_of(self, free: Sequence[int]) -> int:
        """The next free register."""
        if not free:
            raise OutOfRegisters(f"the {self.role.value} holds {s.REGISTERS} handles")
        return free[-1]


def _last_uses(ops: Sequence[_Written]) -> dict[int, int]:
    """The last operation that reads each register."""
    return {register: at for at, written in enumerate(ops) for register in written.reads}


@dataclass(eq=False, slots=True)
class FrameBuilder:
    """A frame of the script of `owner`, while its operations are added."""

    owner: ScriptBuilder
    number: int
    role: Role
    _last: _Written | None = None
    _last_at: int = 0
    """The position of the last operation when it was added. Since then, others may have been put before it."""

    def add(
        self,
        op: s.Op,
        reads: Sequence[int] = (),
        writes: int | None = None,
        within: bool = False,
        also: int | None = None,
    ) -> None:
        """`within`: nothing may be put between it and the operation before it. `also`: a second register that it
        writes, as `NewEnds` does."""
        written = _Written(self.number, op, reads, writes, also)
        if not within:
            self._last, self._last_at = written, len(self.owner.ops)
        self.owner.ops.append(written)

    def read(self, held: Held, reads: list[int]) -> s.Value:
        """A handle for the next operation of this frame, which will read the registers `reads`."""
        if held.register is None:
            if not held.path and held.home is self:
                return held.source
            held.register = self._fetched(held)
        reads.append(held.register)
        return s.Register(held.register)

    def register_of(self, held: Held) -> int:
        """The register with a handle, also where it came as an argument."""
        if held.register is None:
            held.register = self._fetched(held)
        return held.register

    def _fetched(self, held: Held) -> int:
        """A register that gets the handle: now, or at the end of a frame that the value came to and that is over or
        waits for this one."""
        register, source = self.owner.new_register(), held.source
        op = s.Pick(register, source, held.path) if held.path else s.Set(register, source)
        reads = (source.index,) if isinstance(source, s.Register) else ()
        if held.home is self or isinstance(source, s.Register):
            self.add(op, reads, register)
        else:
            held.home._add_before_last(_Written(held.home.number, op, reads, register))
        return register

    @contextlib.contextmanager
    def under(self, condition: Callable[[int], s.Op]) -> Iterator[None]:
        """The operations that are added meanwhile are skipped by one before them, which `condition` makes from their
        number."""
        written, at = _Written(self.number, condition(0)), len(self.owner.ops)
        self.owner.ops.append(written)
        yield
        written.op = condition(sum([other.frame == self.number for other in self.owner.ops[at + 1 :]]))
        self._last, self._last_at = written, at

    def _add_before_last(self, written: _Written) -> None:
        ops = self.owner.ops
        if self.owner.together:
            first = next((at for at, other in enumerate(ops) if other.frame == self.number), len(ops))
            ops.insert(first, written)
            return
        if self._last is None:
            self.add(written.op, written.reads, written.writes)
            return
        self._last_at = ops.index(self._last, self._last_at)
        ops.insert(self._last_at, written)


def _reading(op: s.Op, numbers: Mapping[int, int]) -> s.Op:
    match op:
        # of all operations that read, most are calls, drops and returns, and `replace` is slow
        case s.Call(interface, name, register, args):
            return s.Call(interface, name, register, _all(args, numbers))
        case s.Drop(value):
            return s.Drop(_renumbered(value, numbers))
        case s.Return(value) if value is not None:
            return s.Return(_renumbered(value, numbers))
        case s.Set(value=value) | s.Pick(value=value):
            return replace(op, value=_renumbered(value, numbers))
        case s.Rep(handle=value) | s.ErrorContextMessage(handle=value):
            return replace(op, handle=_renumbered(value, numbers))
        case _:
            return _reading_async(op, numbers)


def _reading_async(op: s.Op, numbers: Mapping[int, int]) -> s.Op:
    values: dict[str, Any] = {}
    for name in _OPERANDS[op.__class__]:
        value = getattr(op, name)
        if isinstance(value, tuple):
            values[name] = tuple([_renumbered(item, numbers) for item in value])
        elif value is not None:
            values[name] = _renumbered(value, numbers)
    return replace(op, **values)


_OPERANDS: dict[type, tuple[str, ...]] = {
    a.Start: ("args",),
    a.Got: ("source",),
    a.Join: ("waitable", "set"),
    a.DropSet: ("set",),
    a.Wait: ("set",),
    a.Poll: ("set",),
    a.Await: ("waitable", "set"),
    a.TaskReturn: ("value",),
    a.SubtaskCancel: ("call",),
    a.SubtaskDrop: ("call",),
    a.Read: ("end",),
    a.Write: ("end", "values"),
    a.CancelCopy: ("end",),
    a.DropEnd: ("end",),
    a.If: ("object",),
}
"""The values of operations for asynchronous worlds."""


def _writing(op: s.Op, register: int) -> s.Op:
    match op:
        # of all operations that write, most are these, and `replace` is slow
        case s.Call():
            return s.Call(op.interface, op.name, register, op.args)
        case s.New():
            return s.New(register, op.interface, op.name, op.rep)
    assert isinstance(op, s.WritesRegister)
    return replace(op, register=register)


def _renumbered(value: s.Value, numbers: Mapping[int, int]) -> s.Value:
    renumber = _RENUMBER.get(value.__class__)
    return value if renumber is None else renumber(value, numbers)


def _case(value: s.CaseValue, numbers: Mapping[int, int]) -> s.Value:
    return value if value.payload is None else s.CaseValue(value.discriminant, _renumbered(value.payload, numbers))


def _all(values: Sequence[s.Value], numbers: Mapping[int, int]) -> tuple[s.Value, ...]:
    return tuple([_renumbered(value, numbers) for value in values])


_REGISTERS = tuple(map(s.Register, range(s.REGISTERS)))

_RENUMBER: dict[type, Callable[[Any, Mapping[int, int]], s.Value]] = {
    s.Register: lambda value, numbers: _REGISTERS[numbers[value.index]],
    s.Fields: lambda value, numbers: s.Fields(_all(value.items, numbers)),
    s.Items: lambda value, numbers: s.Items(_all(value.items, numbers)),
    s.CaseValue: _case,
    s.Entries: lambda value, numbers: s.Entries(
        tuple([(_renumbered(key, numbers), _renumbered(mapped, numbers)) for key, mapped in value.pairs])
    ),
}
"""The values that may hold registers."""

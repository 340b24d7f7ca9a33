"""One call planned on both sides: arguments, what the callee does, its result, what the caller does with it.

Most handles that a frame comes by are dropped before the frame ends, unless they are given away. Some are kept for a
later call that wants one, by whichever frame of the component. What a callee keeps to the end nobody drops. What a
callee borrows it lends on as often as not before it drops it (`lending.py` says why).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from harness.model.resource_ops import parts_of
from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.call_texts import Called, Calls
from harness.planner.composition import PRECIOUS, Composition
from harness.planner.kept import MOST_KEPT, Kept
from harness.planner.lending import Lent, Users
from harness.planner.registers import OutOfRegisters
from harness.planner.representations import Representations
from harness.planner.scripts import FrameBuilder, ScriptBuilder
from harness.planner.values import ANY_RANK, Values
from harness.script import operations as s
from harness.script.encoding import encode, handles
from harness.values.draws import Impossible
from harness.values.values import ErrorContext, HandleName, Value
from harness.world import types as t
from harness.world.world import Function

SPARE_REGISTERS = 128
"""Once a component has only so many registers left, it drops an old handle for each that it keeps: a call may need
them all at once."""
MOST_NESTED = 3
"""Destructors that run inside one another."""


def _no_handle(held: HandleName | ErrorContext) -> s.Value:
    raise AssertionError(f"no register for {held}")


class Caller:
    """Plans calls into the scripts of all components."""

    def __init__(
        self,
        composition: Composition,
        random: Random,
        lists: s.Lists = s.Lists.BY_ELEMENT,
        waiting: Iterable[Function] = (),
        nested: Sequence[Function] = (),
    ) -> None:
        """`waiting`: imports of the subject that need handles which only its caller can give it. `nested`: imports
        that the subject calls now and then while it is being called."""
        self.waiting = list(waiting)
        self._nested = [f for f in nested if composition.rank(Role.SUBJECT, f) < PRECIOUS]
        self._users = Users(composition, Role.SUBJECT, nested)
        self._kept = Kept()
        self._with_destructor: dict[ResourceIdentity, bool] = {}
        self._destructors = 0
        self._finishing = False
        self.scripts = {role: ScriptBuilder(role) for role in composition.worlds}
        self.calls = Calls()
        self._names: dict[tuple[Role, int], str] = {}
        """What the handle in a register is called in the texts of calls."""
        self._made: dict[str, int] = {}
        self.composition = composition
        self._random = random
        self._lists = lists
        self._numbers_whole = lists is s.Lists.NUMBERS
        self._reps = Representations(random)
        self._values = Values(composition, random, self._numbers_whole)

    def build(self) -> dict[Role, s.Script]:
        return {role: builder.build(lists=self._lists) for role, builder in self.scripts.items()}

    def finish(self, frame: FrameBuilder) -> None:
        """Drop what the frame's component has kept; what cannot be dropped for want of registers stays."""
        role = frame.owner.role
        self._finishing = True
        for identity in self._kept.identities(role):
            while self._kept.count(role, identity):
                with contextlib.suppress(OutOfRegisters), self._whole(frame):
                    self._destroy(frame, identity, self._kept.take(role, identity))
                    continue
                self._kept.take(role, identity)
        self._finishing = False

    def attempt(self, frame: FrameBuilder, function: Function) -> None:
        """Call an import from a `run` frame. Raises `OutOfRegisters`, and then nothing of it is planned."""
        with self._whole(frame):
            self.call(frame, function)

    def leave_out(self, function: Function) -> None:
        """No call of this import while another call goes on."""
        self._nested = [other for other in self._nested if other is not function]
        self._users.leave_out(function)

    @contextlib.contextmanager
    def _whole(self, frame: FrameBuilder) -> Iterator[None]:
        """What is planned inside for a `run` frame is planned whole, or not at all."""
        self._kept.mark()
        ops, calls, waiting = len(frame.ops), len(self.calls), list(self.waiting)
        marks = [(builder, builder.mark()) for builder in self.scripts.values()]
        try:
            yield
        except OutOfRegisters:
            self._kept.reset()
            for builder, mark in marks:
                builder.reset(mark)
            del frame.ops[ops:]
            self.calls.cut(calls)
            self.waiting[:] = waiting
            self._destructors = 0
            raise

    def _once_in(self, count: int) -> bool:
        return self._random.randrange(count) == count - 1

    def _drop(self, frame: FrameBuilder, register: int) -> None:
        frame.add(s.Drop(s.Register(register)))
        frame.owner.give_back(register)

    def _destroy(self, frame: FrameBuilder, identity: ResourceIdentity, register: int) -> None:
        """Drop an own handle. Frames of destructors are used in order: a resource has one for each drop, or none."""
        self._drop(frame, register)
        if identity not in self._with_destructor:
            self._with_destructor[identity] = self._once_in(2)
        if self._with_destructor[identity]:
            self._destructors += 1
            self._destructor(identity)
            self._destructors -= 1

    def _destructor(self, identity: ResourceIdentity) -> None:
        """Its component is entered once more, maybe inside a call of its own, which that must not disturb."""
        interface, name = parts_of(identity.canonical)
        frame = self.scripts[identity.implementor].frame(s.OnDestructor(interface, name))
        way = self._random.randrange(4)
        if self._destructors > MOST_NESTED or way < 2:
            return
        if way == 2 and self._nested and identity.implementor is Role.SUBJECT:
            self.call(frame, self._random.choice(self._nested))
        else:
            self._destroy(frame, identity, self._new(frame, interface, name))

    def _new(self, frame: FrameBuilder, interface: str | None, name: str) -> int:
        register = frame.owner.take_register()
        frame.add(s.New(register, interface, name, self._reps.next()))
        number = self._made[name] = self._made.get(name, 0) + 1
        self._names[frame.owner.role, register] = f"{name}{number}"
        return register

    def _keep_or_drop(self, frame: FrameBuilder, identity: ResourceIdentity, register: int) -> None:
        """What becomes of an own handle that nobody wants now."""
        role = frame.owner.role
        if identity.implementor is role and self._once_in(4):
            rep = frame.owner.take_register()
            frame.add(s.Rep(rep, s.Register(register)))
            frame.owner.give_back(rep)
        count = self._kept.count(role, identity)
        wanted = count == 0 if self._is_precious(role, identity) else self._once_in(3)
        if wanted and count < MOST_KEPT and not self._finishing:
            self._kept.keep(role, identity, register)
            self._make_room(frame)
        else:
            self._destroy(frame, identity, register)

    def _is_precious(self, role: Role, identity: ResourceIdentity) -> bool:
        source = self.composition.sources.get((role, identity))
        return identity.implementor is not role and source is not None and source.rank >= PRECIOUS

    def _make_room(self, frame: FrameBuilder) -> None:
        role = frame.owner.role
        oldest = self._kept.oldest(role) if frame.owner.free < SPARE_REGISTERS else None
        if oldest is not None:
            self._destroy(frame, oldest, self._kept.take(role, oldest))

    def call(
        self, frame: FrameBuilder, function: Function, wanted: ResourceIdentity | None = None, rank: int = ANY_RANK
    ) -> list[int]:
        """Call an import from `frame`.

        Returns the registers with own handles of `wanted` that the result brought; the rest is dropped. Raises
        `Impossible` before anything is planned.
        """
        args = self._values.arguments(frame.owner.role, function, rank)
        return self._call(frame, function, args, wanted, rank)

    def _call(
        self,
        frame: FrameBuilder,
        function: Function,
        args: list[Value],
        wanted: ResourceIdentity | None = None,
        rank: int = ANY_RANK,
        lent: Lent | None = None,
    ) -> list[int]:
        role = frame.owner.role
        callee, exported = self.composition.links.callee(role, function.interface, function.name)
        result = self._values.result(callee, exported, wanted, rank)
        pools = [
            self._obtain_all(frame, value, param.type, lent) if param.type.holds_handles else []
            for value, param in zip(args, function.params, strict=True)
        ]
        given = [
            self._encode(value, param.type, pool)
            for value, param, pool in zip(args, function.params, pools, strict=True)
        ]
        called = Called(function, args, result)
        if any(pools):
            called.given = [self._names.get((role, register), "") for pool in pools for register in pool]
        self.calls.add(called)
        self._answer(callee, exported, called)
        register = frame.owner.take_register() if function.result is not None else None
        frame.add(s.Call(function.interface, function.name, register, tuple(given)))
        for pool, param, value in zip(pools, function.params, args, strict=True):
            if pool:
                self._after(frame, pool, value, param.type, lent)
        if function.result is None or register is None or result is None:
            return []
        names = iter(called.returned)
        brought = self._receive(frame, s.Register(register), result, function.result, names, wanted)
        frame.owner.give_back(register)
        return brought

    def _answer(self, role: Role, function: Function, called: Called) -> None:
        """The callee's frame: it drops what it was given and makes what it returns."""
        frame = self.scripts[role].frame(s.OnExport(function.interface, function.name))
        result, names = called.result, iter(called.given)
        for index, (value, param) in enumerate(zip(called.args, function.params, strict=True)):
            if param.type.holds_handles:
                self._receive(frame, s.Argument(index), value, param.type, names, hold=True)
        if role is Role.SUBJECT:
            self._call_waiting(frame)
            if self._nested and self._once_in(6):
                self.call(frame, self._random.choice(self._nested))
        pool: list[int] = []
        if result is not None and function.result is not None and function.result.holds_handles:
            pool = self._obtain_all(frame, result, function.result)
            called.returned = [self._names.get((role, register), "") for register in pool]
        for identity, held in frame.held.items():
            for register in held:
                self._keep_or_drop(frame, identity, register)
        if result is None or function.result is None:
            frame.add(s.Return())
            return
        frame.add(s.Return(self._encode(result, function.result, pool)))
        for register in pool:
            frame.owner.give_back(register)

    def _call_waiting(self, frame: FrameBuilder) -> None:
        """Call imports that need handles which only the caller of an export can give: now they are here."""
        if not frame.held:
            return
        for function in list(self.waiting):
            args = self._values.of_what_is_here(frame, function)
            if args is not None:
                self.waiting.remove(function)
                self._call(frame, function, args)

    def _receive(
        self,
        frame: FrameBuilder,
        source: s.Value,
        value: Value,
        type: t.Type,
        names: Iterator[str],
        wanted: ResourceIdentity | None = None,
        hold: bool = False,
    ) -> list[int]:
        """Take the handles out of a value that arrived; the registers of own handles of `wanted`. `names` of handles
        in the order of the value.

        Other own handles are held for the rest of the frame if `hold`; everything else is dropped.
        """
        role = frame.owner.role
        kept: list[int] = []
        for path, found, _ in handles(value, type):
            name = next(names, "")
            if isinstance(found, t.Borrow) and self.composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            register = frame.owner.take_register()
            self._names[role, register] = name
            frame.add(s.Pick(register, source, path) if path else s.Set(register, source))
            if isinstance(found, t.Prim):
                message = frame.owner.take_register()
                frame.add(s.ErrorContextMessage(message, s.Register(register)))
                frame.owner.give_back(message)
            identity = None if isinstance(found, t.Prim) else self.composition.identity(role, found.resource)
            if isinstance(found, t.Own) and identity is not None and identity == wanted:
                kept.append(register)
            elif isinstance(found, t.Own) and identity is not None and hold:
                frame.held.setdefault(identity, []).append(register)
            elif isinstance(found, t.Own) and identity is not None:
                self._keep_or_drop(frame, identity, register)
            else:
                if identity is not None and role is Role.SUBJECT:
                    self._lend_on(frame, identity, register)
                self._drop(frame, register)
        return kept

    def _lend_on(self, frame: FrameBuilder, identity: ResourceIdentity, register: int) -> None:
        """Call an import with a handle that was borrowed, now and then."""
        users = self._users.of(identity)
        if not users or self._once_in(2):
            return
        function = self._random.choice(users)
        args = self._values.arguments(frame.owner.role, function)
        if self._values.borrow(frame.owner.role, function, args, identity):
            self._call(frame, function, args, lent=Lent(identity, register))

    def _identity(self, frame: FrameBuilder, type: t.Own | t.Borrow) -> ResourceIdentity:
        return self.composition.identity(frame.owner.role, type.resource)

    def _obtain_all(self, frame: FrameBuilder, value: Value, type: t.Type, lent: Lent | None = None) -> list[int]:
        """A register for each handle in a value, in the order of the value."""
        registers = []
        for _, found, held in handles(value, type):
            if isinstance(found, t.Prim):
                register = frame.owner.take_register()
                assert isinstance(held, ErrorContext)
                frame.add(s.ErrorContextNew(register, s.Str(held.message.encode())))
                registers.append(register)
            elif isinstance(found, t.Borrow) and lent is not None and lent.fits(self._identity(frame, found)):
                lent.used = True
                registers.append(lent.register)
            else:
                registers.append(self.obtain(frame, found.resource))
        return registers

    def _encode(self, value: Value, type: t.Type, pool: list[int]) -> s.Value:
        if not pool:
            return encode(value, type, _no_handle, self._numbers_whole)
        remaining = iter(pool)
        return encode(value, type, lambda _: s.Register(next(remaining)), self._numbers_whole)

    def _after(
        self, frame: FrameBuilder, pool: list[int], value: Value, type: t.Type, lent: Lent | None = None
    ) -> None:
        """After a call: own handles are gone, what was lent is dropped, unless it was `lent` on."""
        for register, (_, found, _) in zip(pool, handles(value, type), strict=True):
            if lent is not None and register == lent.register:
                continue
            if isinstance(found, t.Borrow):
                identity = self.composition.identity(frame.owner.role, found.resource)
                held = frame.held.get(identity)
                if held is not None:
                    held.append(register)
                else:
                    self._keep_or_drop(frame, identity, register)
            elif isinstance(found, t.Own):
                frame.owner.give_back(register)
            else:
                self._drop(frame, register)

    def obtain(self, frame: FrameBuilder, resource: t.Resource) -> int:
        """A register with a new own handle."""
        role = frame.owner.role
        identity = self.composition.identity(role, resource)
        held = frame.held.get(identity)
        if held:
            return held.pop()
        if self._kept.count(role, identity) and (self._is_precious(role, identity) or not self._once_in(3)):
            return self._kept.take(role, identity)
        if resource.exported:
            return self._new(frame, resource.interface, resource.name)
        source = self.composition.sources.get((role, identity))
        if source is None:
            raise Impossible(f"the {role.value} has no way to come by {resource.canonical}")
        first, *others = self.call(frame, source.function, identity, source.rank)
        for register in others:
            self._destroy(frame, identity, register)
        return first

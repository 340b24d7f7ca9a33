"""Values and the handles in them, in the frames of components: made, given, named where they arrive, dropped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic

from harness.plan.async_steps import TakeStep, WriteStep
from harness.plan.steps import CallStep, Step, StepError, V
from harness.planner.composition import Composition
from harness.planner.ends import Ends
from harness.planner.names import HandleNames
from harness.planner.registers import FrameBuilder, Held
from harness.planner.representations import FIRST_REP
from harness.script import operations as s
from harness.script.encoding import HandleLookup, encode, handles
from harness.script.parser import ScriptValueError
from harness.text.nearest import there_are
from harness.values.values import ErrorContext, HandleName, Value, arriving
from harness.values.wave_lexer import WaveError, shortened
from harness.world import types as t
from harness.world.world import Function

Where = tuple[str | int, ...]
"""The place of a value in a step: `args` and a number, or `result`."""


class Carried(Generic[V]):
    """The values of one run. `read` returns the value of a `V`; it may raise `WaveError`."""

    def __init__(self, composition: Composition, lists: s.Lists, read: Callable[[V, t.Type], Value]) -> None:
        self.names = HandleNames()
        self.ends = Ends(composition)
        self._composition = composition
        self._lists = lists
        self._read = read
        self._reps = FIRST_REP

    def handle(self, frame: FrameBuilder, name: str, step: Step[V], reads: list[int]) -> s.Value:
        """A handle for the next operation of the frame; the register that this reads is added to `reads`."""
        held = self.names.held(frame.role, name)
        if held is None:
            role = frame.role
            known = [f"${known}" for of, known in self.names.places if of is role]
            message = f"the {role.value} never had a handle ${name}\n{there_are(f'${name}', known, 'handles')}"
            raise StepError(step.path, message)
        return frame.read(held, reads)

    def new(self, frame: FrameBuilder, resource: t.Resource, name: str, rep: int | None = None) -> Held:
        """A new own handle with a name. `rep` None: the next representation that no other has."""
        if rep is None:
            self._reps += 1
            rep = self._reps
        register = frame.owner.new_register()
        frame.add(s.New(register, resource.interface, resource.name, rep), writes=register)
        held = Held(frame, s.Register(register), register=register)
        self.names.bind(frame.role, name, held, own=True)
        self.names.make(name, self._composition.identity(frame.role, resource), rep)
        return held

    def error_context(self, frame: FrameBuilder, message: str) -> Held:
        """A new error context, without a name."""
        register = frame.owner.new_register()
        frame.add(s.ErrorContextNew(register, s.Str(message.encode())), writes=register)
        return Held(frame, s.Register(register), register=register)

    def drop(self, frame: FrameBuilder, held: Held) -> None:
        """Drop a resource's handle or an error context."""
        reads: list[int] = []
        frame.add(s.Drop(frame.read(held, reads)), reads)

    def receive(self, frame: FrameBuilder, function: Function, result: Value | None, register: int | None) -> None:
        """The result of a call, which came to `register`. Its error contexts without names are dropped."""
        if result is not None and function.result is not None and register is not None:
            for name, held in self.bind(frame, s.Register(register), result, function.result):
                assert not name, "a result holds no borrow"
                self.drop(frame, held)

    def bind(
        self, frame: FrameBuilder, source: s.Register | s.Argument, value: Value, type: t.Type
    ) -> list[tuple[str, Held]]:
        """Give names to the handles in a value that arrived; those that are borrowed are returned."""
        role = frame.role
        borrowed: list[tuple[str, Held]] = []
        if not type.holds_handles:
            return borrowed
        for path, found, given in handles(value, type):
            if isinstance(found, t.Borrow) and self._composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            held = Held(frame, source, path)
            if not path and isinstance(source, s.Register):
                held.register = source.index
            if isinstance(given, ErrorContext):
                borrowed.append(("", held))  # an error context without a name: dropped with the borrows
                continue
            name = arriving(given)
            if name is None:
                continue  # this value is no handle
            own = not isinstance(found, t.Borrow)
            self.names.bind(role, name, held, own)
            self.ends.learn(role, name, found)
            if isinstance(given, HandleName) and given.arrives is not None:
                self.names.is_another(given.name, name, own)
            if not own:
                borrowed.append((name, held))
        return borrowed

    def value(self, step: CallStep[V] | WriteStep[V] | TakeStep[V], given: V, where: Where, type: t.Type) -> Value:
        try:
            return self._read(given, type)
        except WaveError as error:
            raise self._unreadable(step, given, where, error) from error

    def _unreadable(self, step: Step[V], given: V, where: Where, error: WaveError) -> StepError:
        return StepError((*step.path, *where), f"{where[0]} {shortened(str(given))!r}, {error}")

    def arguments(
        self, step: CallStep[V], params: Sequence[t.Param], frame: FrameBuilder, reads: list[int], contexts: list[Held]
    ) -> tuple[list[Value], tuple[s.Value, ...]]:
        """The arguments of a call, as values and as the script has them. `contexts` gets the error contexts that are
        made for them."""
        values: list[Value] = []
        try:
            for text, param in zip(step.args, params, strict=True):
                values.append(self._read(text, param.type))
        except WaveError as error:
            raise self._unreadable(step, step.args[len(values)], ("args", len(values)), error) from error
        given: list[s.Value] = []
        lookup = self._lookup(frame, step, {}, reads, contexts)
        numbers_whole = self._lists is s.Lists.NUMBERS
        try:
            for value, param in zip(values, params, strict=True):
                given.append(encode(value, param.type, lookup, numbers_whole))
        except ScriptValueError as error:
            raise StepError((*step.path, "args", len(given)), str(error)) from error
        return values, tuple(given)

    def given(
        self,
        frame: FrameBuilder,
        step: CallStep[V] | WriteStep[V],
        where: Where,
        value: Value,
        type: t.Type,
        reads: list[int],
        contexts: list[Held] | None,
    ) -> s.Value:
        """A value as the script has it: handles replaced by registers. `contexts` gets the error contexts that are
        made for it; None for a result, for which resources are made as well."""
        made: dict[str, t.Own] = {}
        if contexts is None and type.holds_handles:
            made = {
                held.name: found
                for _, found, held in handles(value, type)
                if isinstance(found, t.Own) and isinstance(held, HandleName)
            }
        try:
            return encode(value, type, self._lookup(frame, step, made, reads, contexts), self._lists is s.Lists.NUMBERS)
        except ScriptValueError as error:
            raise StepError((*step.path, *where), str(error)) from error

    def _lookup(
        self,
        frame: FrameBuilder,
        step: CallStep[V] | WriteStep[V],
        made: Mapping[str, t.Own],
        reads: list[int],
        contexts: list[Held] | None,
    ) -> HandleLookup:
        """Gives the registers of handles. `made`: the resources that are made if they are not there."""

        def lookup(held: HandleName | ErrorContext) -> s.Value:
            if isinstance(held, ErrorContext):
                context = self.error_context(frame, held.message)
                if contexts is not None:
                    contexts.append(context)
                return frame.read(context, reads)
            own, role = made.get(held.name), frame.role
            if own is None or self.names.holds(role, held.name):
                return self.handle(frame, held.name, step, reads)
            if self._composition.identity(role, own.resource).implementor is role:
                return frame.read(self.new(frame, own.resource, held.name), reads)
            raise StepError(step.path, f"the {role.value} does not hold ${held.name} and cannot make it")

        return lookup

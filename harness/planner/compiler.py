"""Lowers steps to interpreters' operations: the only place that knows the operations of each step.

Registers are named by the handles in them and live from a handle's creation or arrival to its last use
(`registers.py`). A callee takes an argument apart when it needs a part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from harness.model.resource_ops import parts_of
from harness.plan.async_steps import (
    AwaitStep,
    BackpressureStep,
    CancelledStep,
    CancelStep,
    EndsStep,
    EndStep,
    IfCancelledStep,
    ReadStep,
    ReturnStep,
    StopStep,
    TakeStep,
    WriteStep,
    YieldStep,
)
from harness.plan.roles import Role
from harness.plan.steps import (
    CallStep,
    DropStep,
    ErrorContextStep,
    MessageStep,
    NewStep,
    RepStep,
    Step,
    StepError,
    trap_of,
)
from harness.planner.async_calls import CALL_STATES, add_call, add_check, add_start
from harness.planner.composition import Composition
from harness.planner.end_steps import Ends, add_copy, add_end_of_copy, add_ends
from harness.planner.named import import_of, resource_of
from harness.planner.names import HandleNames
from harness.planner.registers import Frame, Held, ScriptBuilder
from harness.planner.representations import FIRST_REP
from harness.planner.task_steps import (
    Answering,
    Started,
    StartedCalls,
    add_await,
    add_cancel,
    add_simple,
    may_be_cancelled,
    only_in_a_call,
    several_at_once,
)
from harness.script import operations as s
from harness.script.async_operations import (
    CancelCopy,
    DropEnd,
    Exit,
    Got,
    IfCancelled,
    Read,
    SubtaskDrop,
    TaskCancel,
    TaskReturn,
    Write,
)
from harness.script.encoding import encode, handles
from harness.script.parser import ScriptValueError
from harness.text.nearest import there_are
from harness.values.values import ErrorContext, HandleName, Invalid, Value
from harness.values.wave_lexer import WaveError
from harness.world import types as t
from harness.world.world import Function

V = TypeVar("V")
Where = tuple[str | int, ...]
"""Which value of a call: `args` and a number, or `result`."""


def _have_destructors(steps: Sequence[Step[V]]) -> bool:
    """Whether some drop lists the destructor's actions."""
    return any(
        isinstance(step, CallStep | DropStep)
        and (_have_destructors(step.during) or (isinstance(step, DropStep) and bool(step.during)))
        for step in steps
    )


def _arriving(given: Value) -> str | None:
    """The receiver's name for a handle."""
    match given:
        case HandleName(name, arrives):
            return arrives or name
        case Invalid(_, arrives):
            return arrives
    raise AssertionError(f"{given!r} at a place for a handle")


class Compiler(Generic[V]):
    """Lowers the steps of one run. `read` returns the value of a `V`; it may raise `WaveError`.

    After `compile`: the components in the order in which they are entered, the component that does each step, and the
    calls in the order in which they are made.
    """

    def __init__(self, composition: Composition, lists: s.Lists, read: Callable[[V, t.Type], Value]) -> None:
        self.entries: list[Role] = []
        self.actors: list[Role] = []
        self.calls: list[tuple[Function, CallStep[V]]] = []
        self.names = HandleNames()
        self._composition = composition
        self._lists = lists
        self._read = read
        self._scripts = {role: ScriptBuilder(role) for role in composition.worlds}
        self._reps = FIRST_REP
        self._have_destructors = False
        self._answering: dict[Frame, Answering[V]] = {}
        self._started = StartedCalls[V]()
        self._ends = Ends(composition)

    def compile(self, steps: Sequence[Step[V]], eager: bool = False) -> dict[Role, s.Script]:
        """Raises `StepError`, and `OutOfRegisters`."""
        self._have_destructors = _have_destructors(steps)
        for script in self._scripts.values():
            script.together = several_at_once(steps)
        frame: Frame | None = None
        for step in steps:
            role = self._actor(step, frame)
            self.actors.append(role)
            if frame is None or frame.role is not role:
                frame = self._scripts[role].frame(s.OnRun())
                self.entries.append(role)
            self._step(frame, step)
        eager = eager or self._composition.asynchronous
        return {role: script.build(eager, self._lists) for role, script in self._scripts.items()}

    def _actor(self, step: Step[V], frame: Frame | None) -> Role:
        """The component in whose `run` a step happens."""
        if step.by is not None:
            if step.by not in self._composition.worlds:
                why = "exports" if step.by is Role.DRIVER else "imports"
                raise StepError((*step.path, "by"), f"the world has no {step.by.value}: it {why} nothing")
            return step.by
        match step:
            case CallStep():
                raise AssertionError("a call of a run says who makes it")
            case NewStep() | ErrorContextStep():
                return Role.SUBJECT
            case EndsStep():
                return Role.SUBJECT if frame is None else frame.role
            case YieldStep() | BackpressureStep():
                if frame is None:
                    raise StepError(step.path, "say which component does this, with `by`")
                return frame.role
            case ReturnStep() | CancelledStep() | IfCancelledStep():
                raise only_in_a_call(step)
            case DropStep(stale=True) if frame is not None:
                return frame.role
            case _:
                holder = self.names.holder(step.handle)
                if holder is None:
                    known = [f"${name}" for name in self.names.owners]
                    message = f"there is no handle ${step.handle} yet\n{there_are(f'${step.handle}', known, 'handles')}"
                    raise StepError(step.path, message)
                if holder is Role.PROVIDER:
                    message = f"the provider holds ${step.handle}: say what it does with it in `during` of a call"
                    raise StepError(step.path, message)
                return holder

    def _step(self, frame: Frame, step: Step[V]) -> None:
        reads: list[int] = []
        match step:
            case CallStep():
                self._call(frame, step)
            case DropStep() if self._ends.has(frame.role, step.handle):
                frame.add(DropEnd(self._handle(frame, step.handle, step, reads)), reads)
            case DropStep() if self._started.has(step.handle):
                frame.add(SubtaskDrop(self._handle(frame, step.handle, step, reads)), reads)
            case DropStep():
                frame.add(s.Drop(self._handle(frame, step.handle, step, reads)), reads)
                self._destroy(frame.role, step)
            case NewStep():
                self._new(frame, resource_of(self._composition, frame.role, step), step.handle, step.rep)
            case RepStep():
                register = frame.owner.new_register()
                frame.add(s.Rep(register, self._handle(frame, step.handle, step, reads)), reads, register)
            case ErrorContextStep():
                self.names.bind(frame.role, step.handle, self._error_context(frame, step.message), own=True)
            case MessageStep():
                register = frame.owner.new_register()
                context = self._handle(frame, step.handle, step, reads)
                frame.add(s.ErrorContextMessage(register, context), reads, register)
            case EndsStep() | ReadStep() | WriteStep() | TakeStep() | StopStep():
                self._end_step(frame, step)
            case AwaitStep() if self._ends.has(frame.role, step.handle):
                add_end_of_copy(frame, self._end(frame, step), step)
            case AwaitStep():
                self._await(frame, step)
            case CancelStep():
                add_cancel(frame, self._started.of(step), step)
            case ReturnStep() | CancelledStep():
                self._answer_now(frame, step)
            case IfCancelledStep():
                with frame.under(IfCancelled):
                    self._during(frame, step.steps)
            case _:
                add_simple(frame, step)

    def _during(self, frame: Frame, steps: Sequence[Step[V]]) -> None:
        for step in steps:
            if step.by is not None and step.by is not frame.role:
                raise StepError((*step.path, "by"), f"the {frame.role.value} does what happens here")
            self._step(frame, step)

    def _destroy(self, role: Role, step: DropStep[V]) -> None:
        """The destructor's frame. If one destructor does something, all have frames, because frames are used in
        order."""
        resource = self.names.made.get(step.handle)
        if resource is None or not self.names.holds(role, step.handle) or step.trap is not None:
            if step.during:
                raise StepError((*step.path, "during"), f"dropping ${step.handle} here destroys nothing")
            return
        if self._have_destructors:
            frame = self._scripts[resource.implementor].frame(s.OnDestructor(*parts_of(resource.canonical)))
            self._during(frame, step.during)

    def _handle(self, frame: Frame, name: str, step: Step[V], reads: list[int]) -> s.Value:
        """A handle for the next operation of the frame; the register that this reads is added to `reads`."""
        held = self.names.held(frame.role, name)
        if held is None:
            role = frame.role
            known = [f"${known}" for of, known in self.names.places if of is role]
            message = f"the {role.value} never had a handle ${name}\n{there_are(f'${name}', known, 'handles')}"
            raise StepError(step.path, message)
        return frame.read(held, reads)

    def _new(self, frame: Frame, resource: t.Resource, name: str, rep: int | None = None) -> Held:
        if rep is None:
            self._reps += 1
            rep = self._reps
        register = frame.owner.new_register()
        frame.add(s.New(register, resource.interface, resource.name, rep), writes=register)
        held = Held(frame, s.Register(register), register=register)
        self.names.bind(frame.role, name, held, own=True)
        self.names.make(name, self._composition.identity(frame.role, resource), rep)
        return held

    def _error_context(self, frame: Frame, message: str) -> Held:
        register = frame.owner.new_register()
        frame.add(s.ErrorContextNew(register, s.Str(message.encode())), writes=register)
        return Held(frame, s.Register(register), register=register)

    def _call(self, frame: Frame, step: CallStep[V]) -> None:
        function = import_of(self._composition, frame.role, step)
        if len(step.args) != len(function.params):
            message = f"{function.canonical} takes {len(function.params)} arguments, not {len(step.args)}"
            raise StepError((*step.path, "args"), message)
        callee, exported = self._composition.links.callee(frame.role, function.interface, function.name)
        contexts: list[Held] = []
        reads: list[int] = []
        values = [
            self._value(step, given, ("args", index), param.type)
            for index, (given, param) in enumerate(zip(step.args, function.params, strict=True))
        ]
        args = [
            self._given(frame, step, ("args", index), value, param.type, reads, contexts)
            for index, (value, param) in enumerate(zip(values, function.params, strict=True))
        ]
        self.calls.append((function, step))
        result = self._answer(callee, exported, step, values)
        if step.name is not None:
            self._start(frame, function, step, tuple(args), reads, result, contexts)
            return
        register = frame.owner.new_register() if function.result is not None else None
        if function.is_async:
            add_call(frame, function, tuple(args), reads, register)
        else:
            frame.add(s.Call(function.interface, function.name, register, tuple(args)), reads, register)
        for context in contexts:
            self._drop(frame, context)
        self._receive(frame, function, result, register)

    def _receive(self, frame: Frame, function: Function, result: Value | None, register: int | None) -> None:
        if result is not None and function.result is not None and register is not None:
            for name, held in self._bind(frame, s.Register(register), result, function.result):
                assert not name, "a result holds no borrow"
                self._drop(frame, held)

    def _start(
        self,
        frame: Frame,
        function: Function,
        step: CallStep[V],
        args: tuple[s.Value, ...],
        reads: Sequence[int],
        result: Value | None,
        contexts: list[Held],
    ) -> None:
        """A call that is not waited for."""
        if not function.is_async:
            message = f"{function.canonical} is synchronous: only an asynchronous call can go on by itself"
            raise StepError((*step.path, "as"), message)
        if trap_of(step) is not None:
            message = "a trap in a call that goes on by itself stands at the step during which it happens"
            raise StepError((*step.path, "as"), message)
        assert step.name is not None
        register = add_start(frame, function, args, reads)
        self._started.add(step.name, Started(step, function, result, register, contexts))
        self.names.bind(frame.role, step.name, Held(frame, s.Register(register), register=register), own=True)
        add_check(frame, register, step.status, CALL_STATES)

    def _end(self, frame: Frame, step: ReadStep | WriteStep[V] | TakeStep[V] | StopStep | AwaitStep) -> int:
        """The register with an end that the component has."""
        reads: list[int] = []
        if not self._ends.has(frame.role, step.handle):
            self._handle(frame, step.handle, step, reads)
            raise StepError(step.path, f"${step.handle} is no end of a stream or future")
        held = self.names.held(frame.role, step.handle)
        assert held is not None
        return frame.register_of(held)

    def _end_step(self, frame: Frame, step: EndStep[V]) -> None:
        if isinstance(step, EndsStep):
            place, type = self._ends.place(frame.role, step)
            for name, register in zip((step.readable, step.writable), add_ends(frame, place), strict=True):
                self._ends.learn(frame.role, name, type)
                self.names.bind(frame.role, name, Held(frame, s.Register(register), register=register), own=True)
            return
        end = self._end(frame, step)
        match step:
            case ReadStep(count=count):
                add_copy(frame, Read(s.Register(end), count), end, [end], step)
            case StopStep():
                add_copy(frame, CancelCopy(s.Register(end)), end, [end], step)
            case WriteStep():
                reads = [end]
                payload = self._ends.payload(frame.role, step.handle)
                values = tuple([self._element(frame, step, at, payload, reads) for at in range(len(step.values))])
                add_copy(frame, Write(s.Register(end), values, step.offered), end, reads, step)
            case TakeStep():
                self._take(frame, step, end)

    def _element(self, frame: Frame, step: WriteStep[V], at: int, payload: t.Type | None, reads: list[int]) -> s.Value:
        where = ("values", at)
        if payload is None:
            raise StepError((*step.path, *where), f"${step.handle} carries no values: say how many with `offer`")
        value = self._value(step, step.values[at], where, payload)
        return self._given(frame, step, where, value, payload, reads, [])

    def _take(self, frame: Frame, step: TakeStep[V], end: int) -> None:
        payload = self._ends.payload(frame.role, step.handle)
        if payload is None:
            raise StepError((*step.path, "values"), f"${step.handle} carries no values")
        values = tuple([self._value(step, text, ("values", at), payload) for at, text in enumerate(step.values)])
        register = frame.owner.new_register()
        frame.add(Got(register, s.Register(end)), [end], register)
        if self._ends.is_stream(frame.role, step.handle):
            self._bind(frame, s.Register(register), values, t.List(payload))
        elif len(values) == 1:
            self._bind(frame, s.Register(register), values[0], payload)
        else:
            raise StepError((*step.path, "values"), f"${step.handle} is a future: it carries one value")

    def _await(self, frame: Frame, step: AwaitStep) -> None:
        started = self._started.of(step)
        register = add_await(frame, started, step)
        for context in started.contexts:
            self._drop(frame, context)
        self._receive(frame, started.function, started.result, register)

    def _drop(self, frame: Frame, held: Held) -> None:
        reads: list[int] = []
        frame.add(s.Drop(frame.read(held, reads)), reads)

    def _answer(self, role: Role, function: Function, step: CallStep[V], args: list[Value]) -> Value | None:
        """The callee's frame; what it returns."""
        frame = self._scripts[role].frame(s.OnExport(function.interface, function.name))
        borrowed: list[tuple[str, Held]] = []
        for index, (value, param) in enumerate(zip(args, function.params, strict=True)):
            borrowed += self._bind(frame, s.Argument(index), value, param.type)
        answering = self._answering[frame] = Answering(frame, function, step, borrowed)
        self._during(frame, step.during)
        if function.result is None and step.result is not None:
            raise StepError((*step.path, "result"), f"{function.canonical} returns nothing")
        if not answering.returned:
            self._return(answering, s.Return)
        return answering.result

    def _return(self, answering: Answering[V], end: Callable[[s.Value | None], s.Op]) -> None:
        """The callee's result; `end` makes the operation."""
        frame, function, step = answering.frame, answering.function, answering.step
        given: s.Value | None = None
        reads: list[int] = []
        if function.result is not None:
            if step.result is None:
                if trap_of(step) is None and not may_be_cancelled(step):
                    raise StepError(step.path, f"`result` is missing: {function.canonical} returns a value")
                frame.add(s.Trap())
                return
            answering.result = self._value(step, step.result, ("result",), function.result)
            given = self._given(frame, step, ("result",), answering.result, function.result, reads, None)
        self._drop_borrowed(answering)
        frame.add(end(given), reads)

    def _drop_borrowed(self, answering: Answering[V]) -> None:
        for name, held in answering.borrowed:
            if name not in answering.step.keep:
                self._drop(answering.frame, held)

    def _answer_now(self, frame: Frame, step: ReturnStep | CancelledStep) -> None:
        """The callee returns, or ends without a result, before the end of its frame."""
        answering = self._answering.get(frame)
        if answering is None:
            raise only_in_a_call(step)
        if isinstance(step, ReturnStep):
            self._return(answering, TaskReturn)
            answering.returned = True
            return
        self._drop_borrowed(answering)
        frame.add(TaskCancel())
        frame.add(Exit())

    def _bind(
        self, frame: Frame, source: s.Register | s.Argument, value: Value, type: t.Type
    ) -> list[tuple[str, Held]]:
        """Give names to the handles in a value that arrived; those that are borrowed are returned."""
        role = frame.role
        borrowed = []
        for path, found, given in handles(value, type):
            if isinstance(found, t.Borrow) and self._composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            held = Held(frame, source, path)
            if not path and isinstance(source, s.Register):
                held.register = source.index
            if isinstance(given, ErrorContext):
                borrowed.append(("", held))  # an error context without a name: dropped with the borrows
                continue
            name = _arriving(given)
            if name is None:
                continue  # what is given here is no handle
            own = not isinstance(found, t.Borrow)
            self.names.bind(role, name, held, own)
            self._ends.learn(role, name, found)
            if isinstance(given, HandleName) and given.arrives is not None:
                self.names.is_another(given.name, name, own)
            if not own:
                borrowed.append((name, held))
        return borrowed

    def _value(self, step: CallStep[V] | WriteStep[V] | TakeStep[V], given: V, where: Where, type: t.Type) -> Value:
        try:
            return self._read(given, type)
        except WaveError as error:
            raise StepError((*step.path, *where), f"{where[0]} {given!r}, {error}") from error

    def _given(
        self,
        frame: Frame,
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
        if contexts is None:
            made = {
                held.name: found
                for _, found, held in handles(value, type)
                if isinstance(found, t.Own) and isinstance(held, HandleName)
            }

        def lookup(held: HandleName | ErrorContext) -> s.Value:
            if isinstance(held, ErrorContext):
                context = self._error_context(frame, held.message)
                if contexts is not None:
                    contexts.append(context)
                return frame.read(context, reads)
            own, role = made.get(held.name), frame.role
            if own is None or self.names.holds(role, held.name):
                return self._handle(frame, held.name, step, reads)
            if self._composition.identity(role, own.resource).implementor is role:
                return frame.read(self._new(frame, own.resource, held.name), reads)
            raise StepError(step.path, f"the {role.value} does not hold ${held.name} and cannot make it")

        try:
            return encode(value, type, lookup, self._lists is s.Lists.NUMBERS)
        except ScriptValueError as error:
            raise StepError((*step.path, *where), str(error)) from error

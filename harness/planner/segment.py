"""Steps of a case, up to the first trap, into scripts: one run of a composition."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.resource_ops import parts_of
from harness.plan.roles import Role
from harness.planner.composition import Composition
from harness.planner.names import HandleNames
from harness.planner.representations import FIRST_REP
from harness.planner.scripts import FrameBuilder, ScriptBuilder
from harness.script import operations as s
from harness.script.encoding import encode, handles
from harness.script.parser import ScriptValueError, parse_value
from harness.suite.case import CallStep, Case, CaseError, DropStep, NewStep, RepStep, Step
from harness.text.nearest import there_are
from harness.values.values import ErrorContext, HandleName, Value
from harness.values.wave_lexer import WaveError
from harness.values.wave_parser import from_wave
from harness.world import types as t
from harness.world.world import Function

_WORLD = t.qualified(None, "")
"""Stands before the canonical name of what the world itself has; a case leaves it out."""


def _have_destructors(steps: Sequence[Step]) -> bool:
    """Whether some drop says what the destructor does."""
    return any(
        isinstance(step, CallStep | DropStep)
        and (_have_destructors(step.during) or (isinstance(step, DropStep) and bool(step.during)))
        for step in steps
    )


def split_function(text: str) -> tuple[str | None, str]:
    """Interface and name of `a:b/c#f` or `f`."""
    interface, hash_, name = text.rpartition("#")
    return (interface if hash_ and interface != "-" else None), name


class SegmentPlanner:
    """Plans the steps of one run. `mode`: who calls where both sides can."""

    def __init__(self, case: Case, composition: Composition, mode: Role | None, lists: s.Lists) -> None:
        self.scripts = {role: ScriptBuilder(role) for role in composition.worlds}
        self.entries: list[Role] = []
        self.calls: list[str] = []
        self.functions: list[str] = []
        self.names = HandleNames()
        self._case = case
        self._composition = composition
        self._mode = mode
        self._lists = lists
        self._reps = FIRST_REP
        self._frame: FrameBuilder | None = None
        self._have_destructors = _have_destructors(case.steps)

    def plan(self, steps: Sequence[Step]) -> None:
        for step in steps:
            role = self._actor(step)
            if self._frame is None or self._frame.owner.role is not role:
                self._frame = self.scripts[role].frame(s.OnRun())
                self.entries.append(role)
            self._step(self._frame, step)

    def _actor(self, step: Step) -> Role:
        """The component in whose `run` a step of the case happens."""
        match step:
            case CallStep():
                return caller_of(self._case, self._composition, step, self._mode)
            case NewStep():
                return Role.SUBJECT
            case DropStep(stale=True) if self._frame is not None:
                return self._frame.owner.role
            case DropStep() | RepStep():
                holder = self.names.holder(step.handle)
                if holder is None:
                    known = [f"${name}" for name in self.names.owners]
                    message = f"there is no handle ${step.handle} yet\n{there_are(f'${step.handle}', known, 'handles')}"
                    raise self._case.error(step.path, message)
                if holder is Role.PROVIDER:
                    message = f"the provider holds ${step.handle}: say what it does with it in `during` of a call"
                    raise self._case.error(step.path, message)
                return holder

    def _step(self, frame: FrameBuilder, step: Step) -> None:
        match step:
            case CallStep():
                self._call(frame, step)
            case DropStep():
                frame.add(s.Drop(self._register(frame, step.handle, step)))
                self._destroy(frame.owner.role, step)
            case NewStep():
                interface, name = split_function(step.resource)
                exported = self._composition.worlds[frame.owner.role].exports.get(interface)
                resource = exported.resources.get(name) if exported is not None else None
                if resource is None or not resource.exported:
                    known = [
                        t.qualified(key, found).removeprefix(_WORLD)
                        for key, exports in self._composition.worlds[frame.owner.role].exports.items()
                        for found, resource in exports.resources.items()
                        if resource.exported
                    ]
                    message = f"the {frame.owner.role.value} defines no resource {step.resource}"
                    listed = there_are(step.resource, known, "resources of it")
                    raise self._case.error((*step.path, "resource"), f"{message}\n{listed}")
                self._new(frame, resource, step.handle, step.rep)
            case RepStep():
                frame.add(s.Rep(frame.owner.take_register(), self._register(frame, step.handle, step)))

    def _destroy(self, role: Role, step: DropStep) -> None:
        """The destructor's frame. Once one destructor does something, all have a frame: they are used in order."""
        resource = self.names.made.get(step.handle)
        if resource is None or not self.names.holds(role, step.handle) or step.trap is not None:
            if step.during:
                raise self._case.error((*step.path, "during"), f"dropping ${step.handle} here destroys nothing")
            return
        if self._have_destructors:
            frame = self.scripts[resource.implementor].frame(s.OnDestructor(*parts_of(resource.canonical)))
            for inner in step.during:
                self._step(frame, inner)

    def _register(self, frame: FrameBuilder, name: str, step: Step) -> s.Register:
        register = self.names.register(frame.owner.role, name)
        if register is None:
            role = frame.owner.role
            known = [f"${held}" for of, held in self.names.registers if of is role]
            message = f"the {role.value} never had a handle ${name}\n{there_are(f'${name}', known, 'handles')}"
            raise self._case.error(step.path, message)
        return s.Register(register)

    def _new(self, frame: FrameBuilder, resource: t.Resource, name: str, rep: int | None = None) -> s.Register:
        role = frame.owner.role
        if rep is None:
            self._reps += 1
            rep = self._reps
        register = frame.owner.take_register()
        frame.add(s.New(register, resource.interface, resource.name, rep))
        self.names.bind(role, name, register, own=True)
        identity = self._composition.identity(role, resource)
        self.names.reps[identity, rep] = name
        self.names.made[name] = identity
        return s.Register(register)

    def _call(self, frame: FrameBuilder, step: CallStep) -> None:
        role = frame.owner.role
        function = self._import(role, step)
        if len(step.args) != len(function.params):
            message = f"{function.canonical} takes {len(function.params)} arguments, not {len(step.args)}"
            raise self._case.error((*step.path, "args"), message)
        callee, exported = self._composition.links.callee(role, function.interface, function.name)
        contexts: list[s.Register] = []
        values = [self._value(step, ("args", i), p.type) for i, p in enumerate(function.params)]
        given = [
            self._given(frame, step, ("args", index), value, param.type, contexts)
            for index, (value, param) in enumerate(zip(values, function.params, strict=True))
        ]
        arrow = f" -> {step.result}" if step.result is not None else ""
        self.functions.append(function.canonical)
        self.calls.append(f"{function.canonical}({', '.join(step.args)}){arrow}")
        result = self._answer(callee, exported, step, values)
        register = frame.owner.take_register() if function.result is not None else None
        frame.add(s.Call(function.interface, function.name, register, tuple(given)))
        for context in contexts:
            frame.add(s.Drop(context))
        if result is not None and function.result is not None and register is not None:
            for name, unnamed in self._bind(frame, s.Register(register), result, function.result):
                assert not name, "a result holds no borrow"
                frame.add(s.Drop(s.Register(unnamed)))

    def _import(self, role: Role, step: CallStep) -> Function:
        interface, name = split_function(step.function)
        function = self._composition.worlds[role].import_function(interface, name)
        if function is None:
            known = callable_by(self._composition, [role])
            message = f"the {role.value} imports no {step.function}\n{there_are(step.function, known, 'imports of it')}"
            raise self._case.error((*step.path, "call"), message)
        return function

    def _answer(self, role: Role, function: Function, step: CallStep, args: list[Value | None]) -> Value | None:
        """The callee's frame; what it returns, where that is a value of the type."""
        frame = self.scripts[role].frame(s.OnExport(function.interface, function.name))
        borrowed: list[tuple[str, int]] = []
        for index, (value, param) in enumerate(zip(args, function.params, strict=True)):
            if value is not None:
                borrowed += self._bind(frame, s.Argument(index), value, param.type)
        for inner in step.during:
            self._step(frame, inner)
        if function.result is None and step.result is not None:
            raise self._case.error((*step.path, "result"), f"{function.canonical} returns nothing")
        result = None
        given: s.Value | None = None
        if function.result is not None and step.result is None:
            if step.trap is None:
                raise self._case.error(step.path, f"`result` is missing: {function.canonical} returns a value")
            frame.add(s.Trap())
            return None
        if function.result is not None:
            result = self._value(step, ("result",), function.result)
            given = self._given(frame, step, ("result",), result, function.result, [], may_make=True)
        for name, register in borrowed:
            if name not in step.keep:
                frame.add(s.Drop(s.Register(register)))
        frame.add(s.Return(given))
        return result

    def _bind(self, frame: FrameBuilder, source: s.Value, value: Value, type: t.Type) -> list[tuple[str, int]]:
        """Give names to the handles in a value that arrived; those that are borrowed are returned."""
        role = frame.owner.role
        borrowed = []
        for path, found, held in handles(value, type):
            if isinstance(found, t.Borrow) and self._composition.identity(role, found.resource).implementor is role:
                continue  # a representation, not a handle (CanonicalABI.md, `lower_borrow`)
            register = frame.owner.take_register()
            frame.add(s.Pick(register, source, path) if path else s.Set(register, source))
            if not isinstance(held, HandleName):
                borrowed.append(("", register))  # an error context without a name: dropped with the borrows
                continue
            own = not isinstance(found, t.Borrow)
            self.names.bind(role, held.name, register, own)
            if not own:
                borrowed.append((held.name, register))
        return borrowed

    def _text(self, step: CallStep, where: tuple[str | int, ...]) -> str:
        if where[0] == "args":
            assert isinstance(where[1], int)
            return step.args[where[1]]
        assert step.result is not None
        return step.result

    def _value(self, step: CallStep, where: tuple[str | int, ...], type: t.Type) -> Value | None:
        """The value that a text writes; None for a script value."""
        text = self._text(step, where)
        if text.startswith("!"):
            return None
        try:
            return from_wave(text, type)
        except WaveError as error:
            raise self._case.error((*step.path, *where), f"{where[0]} {text!r}, {error}") from error

    def _given(
        self,
        frame: FrameBuilder,
        step: CallStep,
        where: tuple[str | int, ...],
        value: Value | None,
        type: t.Type,
        contexts: list[s.Register],
        may_make: bool = False,
    ) -> s.Value:
        """A value as the script has it: handles replaced by registers."""
        if value is None:
            try:
                return parse_value(self._text(step, where)[1:], lambda name: self._register(frame, name, step))
            except ScriptValueError as error:
                raise self._case.error((*step.path, *where), str(error)) from error
        owned = {held.name: found for _, found, held in handles(value, type) if isinstance(held, HandleName)}

        def lookup(held: HandleName | ErrorContext) -> s.Value:
            if isinstance(held, ErrorContext):
                register = s.Register(frame.owner.take_register())
                frame.add(s.ErrorContextNew(register.index, s.Str(held.message.encode())))
                contexts.append(register)
                return register
            found = owned[held.name]
            role = frame.owner.role
            if may_make and isinstance(found, t.Own) and not self.names.holds(role, held.name):
                if self._composition.identity(role, found.resource).implementor is role:
                    return self._new(frame, found.resource, held.name)
                raise self._case.error(step.path, f"the {role.value} does not hold ${held.name} and cannot make it")
            return self._register(frame, held.name, step)

        return encode(value, type, lookup, self._lists is s.Lists.NUMBERS)


def candidates(composition: Composition, step: CallStep) -> list[Role]:
    """Who can make a call, those that make it for the sake of the test first: the driver's exports, the subject's
    imports; a driver that reaches the provider comes last."""
    interface, name = split_function(step.function)
    found = []
    for role in (Role.SUBJECT, Role.DRIVER):
        world = composition.worlds.get(role)
        if world is not None and world.import_function(interface, name) is not None:
            callee, _ = composition.links.callee(role, interface, name)
            found.append((role is Role.DRIVER and callee is Role.PROVIDER, role))
    if any(not indirect for indirect, _ in found):
        return [role for indirect, role in found if not indirect]
    return [role for _, role in found]


def callable_by(composition: Composition, roles: Sequence[Role]) -> list[str]:
    """The functions that these components can call, as a case names them."""
    functions = [f for role in roles if role in composition.worlds for f in composition.imports(role)]
    return list(dict.fromkeys(function.canonical.removeprefix(_WORLD) for function in functions))


def no_function(case: Case, composition: Composition, step: CallStep) -> CaseError:
    """The call of a function that is nowhere in the world."""
    known = callable_by(composition, (Role.SUBJECT, Role.DRIVER))
    message = f"there is no function {step.function}\n{there_are(step.function, known, 'functions')}"
    return case.error((*step.path, "call"), message)


def caller_of(case: Case, composition: Composition, step: CallStep, mode: Role | None) -> Role:
    if step.by is not None:
        if step.by not in composition.worlds:
            why = "exports" if step.by is Role.DRIVER else "imports"
            raise case.error((*step.path, "by"), f"the world has no {step.by.value}: it {why} nothing")
        return step.by
    found = candidates(composition, step)
    if not found:
        raise no_function(case, composition, step)
    if mode is not None and mode in found:
        return mode
    if len(found) > 1:
        raise case.error(step.path, "both the subject and the driver can make this call: say which with `by`")
    return found[0]

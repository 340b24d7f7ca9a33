"""Scripts back into the steps of a case: what a planner wrote for interpreters, as people write it.

The scripts are walked as the model does it. A handle gets a name where it is first seen and keeps it on both sides.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.fuzz.held import Context, Held, Named, NotExpressible, hold, part_of, text_of, value_of
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, NewStep, RepStep, Step
from harness.planner.composition import Composition
from harness.script import operations as s
from harness.script.encoding import handles
from harness.values.values import HandleName
from harness.world import types as t
from harness.world.world import Function


def steps_of(
    composition: Composition, scripts: Mapping[Role, s.Script], entries: Sequence[Role], outcome: ExpectedOutcome
) -> tuple[Step[str], ...]:
    """The steps of one run. Raises `NotExpressible`."""
    walker = _Walker(composition, scripts)
    steps: list[Step[str]] = []
    for role in entries:
        frame = walker.next_frame(role, s.OnRun())
        walker.walk(role, frame, [], steps, top=True)
    if outcome.trap is not None:
        steps = _trapping(steps, outcome.trap)
    return tuple(steps)


def _trapping(steps: Sequence[Step[str]], trap: TrapClass) -> list[Step[str]]:
    """With the trap at the last step. A drop itself that traps destroys nothing, so the trap is said further inside."""
    last = steps[-1] if steps else None
    if last is None or isinstance(last, NewStep | ErrorContextStep):
        raise NotExpressible("a trap outside any step")
    if isinstance(last, DropStep) and last.during:
        return [*steps[:-1], replace(last, during=tuple(_trapping(last.during, trap)))]
    return [*steps[:-1], replace(last, trap=trap)]


def _drops_of_borrows(
    inner: Sequence[Step[str]], borrowed: Sequence[str]
) -> tuple[tuple[Step[str], ...], frozenset[str]]:
    """What a callee does, and which borrows it drops by itself. A case drops each once, last of all, which is right
    where nothing else happens; two borrows of one handle have one name, and cannot be told apart."""
    dropped = [step.handle for step in inner if isinstance(step, DropStep) and step.handle in borrowed]
    others = tuple(step for step in inner if not (isinstance(step, DropStep) and step.handle in borrowed))
    as_usual = not others and sorted(dropped) == sorted(borrowed)
    if as_usual or len(set(borrowed)) < len(borrowed):
        return others, frozenset()
    return tuple(inner), frozenset(borrowed)


class _Walker:
    def __init__(self, composition: Composition, scripts: Mapping[Role, s.Script]) -> None:
        self._composition = composition
        self._frames: dict[Role, dict[s.FrameKey, deque[s.Frame]]] = {}
        for role, script in scripts.items():
            frames = self._frames[role] = defaultdict(deque)
            for frame in script.frames:
                frames[frame.key].append(frame)
        self._registers: dict[Role, dict[int, Held]] = defaultdict(dict)
        self._names = 0
        self._made: dict[str, tuple[Role, s.OnDestructor]] = {}
        """Whose destructor a handle leads to."""
        self._destroyed: set[str] = set()

    def next_frame(self, role: Role, key: s.FrameKey) -> s.Frame:
        waiting = self._frames[role].get(key)
        if not waiting:
            raise NotExpressible(f"the script of the {role.value} has no frame for {key}")
        return waiting.popleft()

    def walk(
        self,
        role: Role,
        frame: s.Frame,
        args: Sequence[Held],
        steps: list[Step[str]],
        top: bool = False,
        borrowed: Sequence[str] = (),
    ) -> Held | None:
        """The steps of a frame; what it returns. `borrowed`: handles that are dropped without destroying anything."""
        registers = self._registers[role]
        for op in frame.ops:
            match op:
                case s.Set(register, value):
                    registers[register] = self._resolve(role, value, args)
                case s.Pick(register, value, path):
                    registers[register] = part_of(self._resolve(role, value, args), path)
                case s.New(register, interface, name, rep):
                    handle = self._new_name(name)
                    registers[register] = Named(handle)
                    self._made[handle] = (role, s.OnDestructor(interface, name))
                    steps.append(NewStep(handle, t.qualified(interface, name), rep))
                case s.Rep(_, value):
                    steps.append(RepStep(self._named(role, value, args)))
                case s.Drop(value):
                    held = self._resolve(role, value, args)
                    if isinstance(held, Named):
                        during = () if held.name in borrowed else self._destructor(held.name)
                        steps.append(DropStep(held.name, during=during))
                case s.Call():
                    steps.append(self._call(role, op, args, top))
                case s.ErrorContextNew(register, message):
                    if not isinstance(message, s.Str):
                        raise NotExpressible("an error context whose message is no text")
                    registers[register] = Context(message.data.decode())
                case s.Return(value):
                    return None if value is None else self._resolve(role, value, args)
                case s.ErrorContextMessage():
                    pass  # a case cannot ask for a message; whether that matters, the oracle finds out
                case s.Trap():
                    raise NotExpressible(f"{op}")
        return None

    def _call(self, role: Role, op: s.Call, args: Sequence[Held], top: bool) -> CallStep[str]:
        composition = self._composition
        function = composition.worlds[role].import_function(op.interface, op.name)
        assert function is not None
        callee, exported = composition.links.callee(role, op.interface, op.name)
        given = [self._resolve(role, value, args) for value in op.args]
        frame = self.next_frame(callee, s.OnExport(exported.interface, exported.name))
        inner: list[Step[str]] = []
        borrowed = [name for name in self._borrowed(function, given) if self._made[name][0] is not callee]
        result = self.walk(callee, frame, given, inner, borrowed=borrowed)
        during, keep = _drops_of_borrows(inner, borrowed)
        if op.register is not None and result is not None:
            self._registers[role][op.register] = result
        texts = [text_of(held, param.type) for held, param in zip(given, function.params, strict=True)]
        return CallStep(
            function.canonical.removeprefix("-#"),
            tuple(texts),
            None if result is None or function.result is None else text_of(result, function.result),
            role if top else None,
            during=during,
            keep=keep,
        )

    def _destructor(self, name: str) -> tuple[Step[str], ...]:
        """What the destructor of the resource behind an own handle does."""
        if name in self._destroyed:
            return ()
        self._destroyed.add(name)
        implementor, key = self._made[name]
        inner: list[Step[str]] = []
        if self._frames[implementor].get(key):
            self.walk(implementor, self.next_frame(implementor, key), [], inner)
        return tuple(inner)

    def _borrowed(self, function: Function, given: Sequence[Held]) -> list[str]:
        found = []
        for held, param in zip(given, function.params, strict=True):
            try:
                value = value_of(held, param.type)
            except NotExpressible:
                continue
            for _, type, name in handles(value, param.type):
                if isinstance(type, t.Borrow) and isinstance(name, HandleName):
                    found.append(name.name)
        return found

    def _named(self, role: Role, value: s.Value, args: Sequence[Held]) -> str:
        held = self._resolve(role, value, args)
        if not isinstance(held, Named):
            raise NotExpressible(f"a handle by number: {value}")
        return held.name

    def _new_name(self, resource: str) -> str:
        self._names += 1
        return f"{resource}{self._names}"

    def _resolve(self, role: Role, value: s.Value, args: Sequence[Held]) -> Held:
        """The value with what registers and arguments hold in their place."""

        def lookup(place: s.Register | s.Argument) -> Held:
            if isinstance(place, s.Argument):
                return args[place.index]
            if place.index not in self._registers[role]:
                raise NotExpressible(f"register {place.index} of the {role.value} is empty")
            return self._registers[role][place.index]

        return hold(value, lookup)

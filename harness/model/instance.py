"""A component instance while a model runs: its script's frames, registers, handle table and what it has shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from harness import script as s
from harness.handles import normalize
from harness.model.layout import Layout
from harness.model.table import ResourceIdentity, SpecTrap, Table
from harness.plan import Events, Role, TrapClass
from harness.types import Resource
from harness.world import World

Identify = Callable[[Role, Resource], ResourceIdentity]


class Instance:
    """State of one component; `identify` tells which resource type a resource seen from here is."""

    def __init__(self, role: Role, world: World, script: s.Script, layout: Layout, identify: Identify) -> None:
        self.role = role
        self.world = world
        self.script = script
        self.layout = layout
        self.table = Table()
        self.lines: list[str] = []
        self._paths: list[str] = []
        self.where = ""
        """The call that runs now: the path of events that stand for no value."""
        self.registers: list[s.Value | None] = [None] * s.REGISTERS
        self._identify = identify
        self._identities: dict[Resource, ResourceIdentity] = {}
        self._frames: dict[s.FrameKey, deque[s.Frame]] = {}
        for frame in script.frames:
            self._frames.setdefault(frame.key, deque()).append(frame)

    def emit(self, line: str, path: str = "") -> None:
        self.lines.append(line)
        self._paths.append(path or self.where)

    def forget_unflushed(self) -> None:
        while self.lines and self.lines[-1].startswith("export_finish "):
            self.lines.pop()
            self._paths.pop()

    def expected(self) -> Events:
        """What it has shown, handles renamed and NaNs canonical."""
        return Events(tuple(normalize(self.lines)), tuple(self._paths))

    def identity(self, resource: Resource) -> ResourceIdentity:
        found = self._identities.get(resource)
        if found is None:
            found = self._identities[resource] = self._identify(self.role, resource)
        return found

    def identity_of(self, canonical: str) -> ResourceIdentity | None:
        """The resource type that this component knows by a canonical name."""
        for interface in (*self.world.exports.values(), *self.world.imports.values()):
            for resource in interface.resources.values():
                if resource.canonical == canonical:
                    return self.identity(resource)
        return None

    def next_frame(self, key: s.FrameKey) -> s.Frame | None:
        """The first unused frame with this key."""
        queue = self._frames.get(key)
        return queue.popleft() if queue else None

    def unused_frames(self) -> list[s.FrameKey]:
        """Keys of frames that nothing asked for: the script and the run do not agree."""
        return [key for key, queue in self._frames.items() if queue]

    def fail(self, cause: str) -> SpecTrap:
        """The interpreter's own trap."""
        return SpecTrap(TrapClass.INTERPRETER, cause)

    def store(self, register: int, value: s.Value) -> None:
        self.registers[register] = value

    def evaluate(self, value: s.Value, args: tuple[s.Value, ...]) -> s.Value:
        """`value` with registers and arguments replaced by what they hold."""
        match value:
            case s.Register(index):
                held = self.registers[index]
                if held is None:
                    raise ValueError(f"the script of the {self.role.value} reads register {index} before it is set")
                return held
            case s.Argument(index):
                return args[index]
            case s.Fields(items):
                return s.Fields(tuple(self.evaluate(item, args) for item in items))
            case s.Items(items):
                return s.Items(tuple(self.evaluate(item, args) for item in items))
            case s.Case(discriminant, payload) if payload is not None:
                return s.Case(discriminant, self.evaluate(payload, args))
            case s.Entries(pairs):
                return s.Entries(tuple((self.evaluate(k, args), self.evaluate(v, args)) for k, v in pairs))
            case _:
                return value


def part(value: s.Value, path: tuple[int, ...]) -> s.Value:
    """The part of a value that `pick` takes."""
    for step in path:
        match value:
            case s.Fields(items) | s.Items(items):
                value = items[step]
            case s.Case(_, payload) if payload is not None and step == 0:
                value = payload
            case s.Entries(pairs):
                value = pairs[step // 2][step % 2]
            case _:
                raise ValueError(f"no part {step} in {s.value_text(value)}")
    return value

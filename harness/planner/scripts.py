"""Scripts in the making: one for each component, frames in the order in which they will be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.registers import OutOfRegisters
from harness.script import operations as s

Mark = tuple[int, tuple[int, ...]]
"""How many frames there were, and which registers were free."""


@dataclass(eq=False)
class FrameBuilder:
    """A frame's ops so far, in the script of `owner`."""

    owner: ScriptBuilder
    key: s.FrameKey
    ops: list[s.Op] = field(default_factory=list)
    held: dict[ResourceIdentity, list[int]] = field(default_factory=dict)
    """Registers with own handles that arrived and may be used until the frame ends."""

    def add(self, op: s.Op) -> None:
        self.ops.append(op)


@dataclass(eq=False)
class ScriptBuilder:
    """The script of one component; registers are lent and given back."""

    role: Role
    frames: list[tuple[s.FrameKey, list[s.Op]]] = field(default_factory=list)
    """Not the builders: they refer to this one, and what refers to itself is freed late."""
    _free: list[int] = field(default_factory=lambda: list(range(s.REGISTERS - 1, -1, -1)))

    def frame(self, key: s.FrameKey) -> FrameBuilder:
        """A new frame. Frames of one key are used in the order in which they are made here."""
        frame = FrameBuilder(self, key)
        self.frames.append((key, frame.ops))
        return frame

    def take_register(self) -> int:
        if not self._free:
            raise OutOfRegisters(f"the {self.role.value} holds {s.REGISTERS} handles")
        return self._free.pop()

    @property
    def free(self) -> int:
        """How many registers nobody has."""
        return len(self._free)

    def mark(self) -> Mark:
        return len(self.frames), tuple(self._free)

    def reset(self, mark: Mark) -> None:
        """Frames and registers as they were at the mark; ops of frames from before are the caller's to take back."""
        frames, free = mark
        del self.frames[frames:]
        self._free[:] = free

    def give_back(self, register: int) -> None:
        self._free.append(register)

    def build(self, eager: bool = False, lists: s.Lists = s.Lists.BY_ELEMENT) -> s.Script:
        frames = tuple(s.Frame(key, tuple(ops)) for key, ops in self.frames)
        return s.Script(frames, eager, lists)

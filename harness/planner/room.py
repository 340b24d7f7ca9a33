"""The number of handles that a component can still hold, and the steps of one frame, while calls are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.plan.steps import Step
from harness.planner.registers import OutOfRegisters
from harness.script import operations as s
from harness.values.values import Value


@dataclass(eq=False)
class Room:
    """The remaining registers of a component, if each handle occupies one from its arrival to its end. The compiler
    never needs more."""

    role: Role
    free: int = s.REGISTERS
    once: bool = False
    """Whether no register is used twice."""

    def take(self) -> None:
        if not self.free:
            raise OutOfRegisters(f"the {self.role.value} holds {s.REGISTERS} handles")
        self.free -= 1

    def give_back(self) -> None:
        self.free += not self.once


@dataclass(eq=False)
class Doing:
    """The steps of one frame so far. `by`: their component, in a run; None during a call or a drop."""

    room: Room
    by: Role | None = None
    steps: list[Step[Value]] = field(default_factory=list)
    held: dict[ResourceIdentity, list[str]] = field(default_factory=dict)
    """Own handles that arrived and may be used until the frame ends."""
    waits: bool = False
    """Whether its task may wait: it runs an asynchronous function, or the whole world is asynchronous."""

    @property
    def role(self) -> Role:
        return self.room.role

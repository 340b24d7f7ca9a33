"""Who holds which named handle while a case is planned."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role


@dataclass
class HandleNames:
    """Registers of named handles by component. A register keeps its number after the handle is gone: a case may use a
    stale handle to see the trap."""

    registers: dict[tuple[Role, str], int] = field(default_factory=dict)
    owners: dict[str, Role] = field(default_factory=dict)
    reps: dict[tuple[ResourceIdentity, int], str] = field(default_factory=dict)
    made: dict[str, ResourceIdentity] = field(default_factory=dict)
    """Of which resource a handle is."""

    def bind(self, role: Role, name: str, register: int, own: bool) -> None:
        self.registers[role, name] = register
        if own:
            self.owners[name] = role

    def holds(self, role: Role, name: str) -> bool:
        return self.owners.get(name) is role

    def register(self, role: Role, name: str) -> int | None:
        return self.registers.get((role, name))

    def holder(self, name: str) -> Role | None:
        """The component that owns a handle, or that had it last."""
        return self.owners.get(name)

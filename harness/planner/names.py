"""The holders of named handles during compilation."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.registers import Held


@dataclass
class HandleNames:
    """The places of components' named handles. A name keeps its place after the handle is gone: steps may use a stale
    handle to see the trap."""

    places: dict[tuple[Role, str], Held] = field(default_factory=dict)
    owners: dict[str, Role] = field(default_factory=dict)
    reps: dict[tuple[ResourceIdentity, int], str] = field(default_factory=dict)
    made: dict[str, ResourceIdentity] = field(default_factory=dict)
    """The resource of each handle."""

    def bind(self, role: Role, name: str, held: Held, own: bool) -> None:
        self.places[role, name] = held
        if own:
            self.owners[name] = role

    def make(self, name: str, identity: ResourceIdentity, rep: int) -> None:
        self.made[name] = identity
        self.reps[identity, rep] = name

    def is_another(self, name: str, arrived: str, own: bool) -> None:
        """A handle arrived under another name."""
        if name in self.made:
            self.made[arrived] = self.made[name]
        if own:
            self.owners[name] = self.owners[arrived]

    def holds(self, role: Role, name: str) -> bool:
        return self.owners.get(name) is role

    def held(self, role: Role, name: str) -> Held | None:
        return self.places.get((role, name))

    def holder(self, name: str) -> Role | None:
        """The component that owns a handle, or that had it last."""
        return self.owners.get(name)

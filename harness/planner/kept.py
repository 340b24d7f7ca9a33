"""Own handles that components keep from call to call."""

from __future__ import annotations

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role

MOST_KEPT = 4
"""Handles of one resource that a component keeps."""

_Key = tuple[Role, ResourceIdentity]


class Kept:
    """Registers of kept handles. What was done since `mark` can be undone."""

    def __init__(self) -> None:
        self._kept: dict[_Key, list[int]] = {}
        self._done: list[tuple[_Key, int, bool]] = []
        """Since the mark: which register was kept (True) or taken."""

    def keep(self, role: Role, identity: ResourceIdentity, register: int) -> None:
        registers = self._kept.pop((role, identity), [])
        self._kept[role, identity] = [*registers, register]  # now the latest of all
        self._done.append(((role, identity), register, True))

    def take(self, role: Role, identity: ResourceIdentity) -> int:
        """The handle that was kept last; there must be one."""
        registers = self._kept[role, identity]
        register = registers.pop()
        if not registers:
            del self._kept[role, identity]
        self._done.append(((role, identity), register, False))
        return register

    def count(self, role: Role, identity: ResourceIdentity) -> int:
        return len(self._kept.get((role, identity), ()))

    def oldest(self, role: Role) -> ResourceIdentity | None:
        """The resource of which a component has kept something for the longest time without needing it."""
        return next((identity for (of, identity), registers in self._kept.items() if of is role and registers), None)

    def identities(self, role: Role) -> list[ResourceIdentity]:
        """The resources of which a component has kept anything."""
        return [identity for (of, identity), registers in self._kept.items() if of is role and registers]

    def mark(self) -> None:
        self._done.clear()

    def reset(self) -> None:
        """Everything as it was at the last mark."""
        for key, register, was_kept in reversed(self._done):
            registers = self._kept.setdefault(key, [])
            if was_kept:
                registers.pop()
            else:
                registers.append(register)
        self._done.clear()

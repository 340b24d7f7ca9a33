"""Own handles that components keep from call to call."""

from __future__ import annotations

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role

MOST_KEPT = 4
"""Handles of one resource that a component keeps."""

_Key = tuple[Role, ResourceIdentity]


class Kept:
    """Names of kept handles. Changes since `mark` can be undone."""

    def __init__(self) -> None:
        self._kept: dict[_Key, list[str]] = {}
        self._done: list[tuple[_Key, str, bool]] = []
        """The changes since the mark: kept (True) and taken handles."""

    def keep(self, role: Role, identity: ResourceIdentity, name: str) -> None:
        names = self._kept.pop((role, identity), [])
        self._kept[role, identity] = [*names, name]  # now the latest of all
        self._done.append(((role, identity), name, True))

    def take(self, role: Role, identity: ResourceIdentity) -> str:
        """The handle that was kept last; there must be one."""
        names = self._kept[role, identity]
        name = names.pop()
        if not names:
            del self._kept[role, identity]
        self._done.append(((role, identity), name, False))
        return name

    def count(self, role: Role, identity: ResourceIdentity) -> int:
        return len(self._kept.get((role, identity), ()))

    def oldest(self, role: Role) -> ResourceIdentity | None:
        """The resource whose handles a component has kept unused for the longest time."""
        return next((identity for (of, identity), names in self._kept.items() if of is role and names), None)

    def identities(self, role: Role) -> list[ResourceIdentity]:
        """The resources whose handles a component has kept."""
        return [identity for (of, identity), names in self._kept.items() if of is role and names]

    def mark(self) -> None:
        self._done.clear()

    def reset(self) -> None:
        """Restore the state at the last mark."""
        for key, name, was_kept in reversed(self._done):
            names = self._kept.setdefault(key, [])
            if was_kept:
                names.pop()
            else:
                names.append(name)
        self._done.clear()

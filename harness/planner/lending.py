"""The calls that can borrow a borrowed handle again, so that its resource shows.

Handles are compared by the order of their arrival (`harness/trace/handles.py`): two exchanged handles of one type look
the same as long as they are only dropped. The component that defines the resource sees its representation
(CanonicalABI.md, `lower_borrow`), so lending a handle to it shows the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.composition import PRECIOUS, Composition
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function


@dataclass(slots=True)
class Lent:
    """A borrowed handle of the frame, for the first place in the arguments of a call that takes one."""

    identity: ResourceIdentity
    name: str
    used: bool = False

    def fits(self, identity: ResourceIdentity) -> bool:
        """Whether it is for a place that wants a borrow of this resource, and not yet in another."""
        return not self.used and identity == self.identity


class Users:
    """The functions among `functions`, all of them imports of `role`, that borrow a resource."""

    def __init__(self, composition: Composition, role: Role, functions: Sequence[Function]) -> None:
        self._users: dict[ResourceIdentity, list[Function]] = {}
        for function in functions:
            borrowed = [
                found.resource
                for found in reachable(*(param.type for param in function.params))
                if isinstance(found, t.Borrow)
            ]
            identities = dict.fromkeys(composition.identity(role, resource) for resource in borrowed)
            if len(function.resources) > 1 and composition.rank(role, function) >= PRECIOUS:
                continue
            for identity in identities:
                self._users.setdefault(identity, []).append(function)

    def of(self, identity: ResourceIdentity) -> Sequence[Function]:
        return self._users.get(identity, ())

    def leave_out(self, function: Function) -> None:
        for users in self._users.values():
            users[:] = [other for other in users if other is not function]

"""The elements of random streams and futures: their number, the owners of their handles, their need of memory."""

from __future__ import annotations

from random import Random
from typing import Protocol

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.channels import KnownEnd
from harness.planner.composition import Composition
from harness.planner.room import Doing
from harness.values.values import Value
from harness.world import types as t
from harness.world.walk import reachable

_COUNTS = (0, 1, 1, 1, 2, 2, 3, 5, 9)
_MANY = (64, 127, 128, 257)
"""Elements of a payload that is a number."""


class Owner(Protocol):
    """The part of the drawing of calls that payloads need."""

    def payload(self, frame: Doing, type: t.Type) -> Value:
        """A value whose handles the frame's component got. Raises `Impossible`."""

    def came(self, frame: Doing, value: Value, type: t.Type) -> None:
        """The frame's component gets the handles in a payload."""

    def stayed(self, frame: Doing, value: Value, type: t.Type) -> None:
        """A payload was written, but not read: the writer keeps its handles."""

    def went(self, frame: Doing, value: Value, type: t.Type) -> None:
        """A payload was read: the writer has lost its handles."""


def count_of(end: KnownEnd, random: Random) -> int:
    """The number of elements that a copy offers or takes."""
    if not end.is_stream:
        return 1
    if end.numeric and random.randrange(20) == 19:
        return random.choice(_MANY)
    return random.choice(_COUNTS)


def allocates(type: t.Type | None) -> bool:
    """Whether elements of the type need memory of their own."""
    return any(found is t.Prim.STRING or isinstance(found, t.List | t.Map) for found in reachable(type, payloads=False))


class View:
    """The types of a component (`harness/model/concurrency/shapes.py`)."""

    def __init__(self, composition: Composition, role: Role) -> None:
        self._composition = composition
        self.role = role

    def identity(self, resource: t.Resource) -> ResourceIdentity:
        return self._composition.identity(self.role, resource)

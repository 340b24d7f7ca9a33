"""Values for the arguments and results of a call whose handles the giver can get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.composition import PRECIOUS, Composition
from harness.planner.room import Doing
from harness.script.encoding import handles
from harness.values.allowance import Allowance
from harness.values.parts import value_parts, with_parts
from harness.values.sampling import Sampler
from harness.values.values import HandleName, Value
from harness.world import types as t
from harness.world.world import Function

ANY_RANK = 1 << 30
"""Above the rank of any source of handles (`composition.py`)."""


Handle = t.Handle | t.Prim
"""The types that `handles` finds; among the primitive types, `error-context`."""


def _name_handle(type: t.Handle) -> HandleName:
    return HandleName(type.resource.name if isinstance(type, t.Own | t.Borrow) else "end")


def with_handles(value: Value, type: t.Type, replacement: Callable[[Handle, Value], Value]) -> Value:
    """The value with its handles and error contexts replaced, in the order in which `handles` finds them."""
    if not type.holds_handles:
        return value
    if isinstance(type, t.Handle | t.Prim):
        return replacement(type, value)
    parts = value_parts(value, type)
    return with_parts(value, type, [with_handles(part, inner, replacement) for part, inner in parts])


class Values:
    """Draws the values of one run. Handles in them have the names of their resources until others are given."""

    def __init__(self, composition: Composition, random: Random, numbers_whole: bool) -> None:
        self._composition = composition
        self._random = random
        self._allowance = Allowance.drawn(random, numbers_whole)
        self._samplers: dict[tuple[Role, int], Sampler] = {}

    def arguments(self, role: Role, function: Function, rank: int = ANY_RANK) -> list[Value]:
        """For a call by `role`, which gets the handles from sources below `rank`. Raises `Impossible`."""
        sampler = self._sampler(role, rank)
        return [sampler.sample(param.type) for param in function.params]

    def payload(self, role: Role, type: t.Type) -> Value:
        """An element of a stream, or the value of a future, that `role` comes by easily. Raises `Impossible`."""
        return self._sampler(role, PRECIOUS).sample(type)

    def result(self, role: Role, function: Function, wanted: ResourceIdentity | None, rank: int) -> Value | None:
        """What `role` returns: with an own handle of `wanted`, if that is given; None where nothing is returned. Raises
        `Impossible`."""
        if function.result is None:
            return None
        sampler = self._sampler(role, rank)
        if wanted is None:
            return sampler.sample(function.result)
        composition = self._composition
        return sampler.sample_holding(function.result, lambda own: composition.identity(role, own.resource) == wanted)

    def of_what_is_here(self, frame: Doing, function: Function) -> list[Value] | None:
        """Arguments with handles that the frame holds or its component can get; None if those do not suffice."""
        composition, role = self._composition, frame.role

        def lacking(type: t.Handle) -> bool:
            if not isinstance(type, t.Own | t.Borrow):
                return False
            identity = composition.identity(role, type.resource)
            return not frame.held.get(identity) and not composition.obtainable(role, identity)

        sampler = Sampler(self._random, _name_handle, lacking)
        if not all(sampler.possible(param.type) for param in function.params):
            return None
        args = [sampler.sample(param.type) for param in function.params]
        return args if self._enough(frame, function, args) else None

    def borrow(self, role: Role, function: Function, args: Sequence[Value], identity: ResourceIdentity) -> bool:
        """Whether these arguments, given by `role`, hold a borrow handle of this resource."""
        return any(
            isinstance(found, t.Borrow) and self._composition.identity(role, found.resource) == identity
            for value, param in zip(args, function.params, strict=True)
            for _, found, _ in handles(value, param.type)
        )

    def _sampler(self, role: Role, rank: int) -> Sampler:
        """Draws values whose handles `role` can get from sources below `rank`."""
        found = self._samplers.get((role, rank))
        if found is None:
            composition = self._composition

            def avoid(type: t.Handle) -> bool:
                return isinstance(type, t.Own | t.Borrow) and not composition.in_reach(
                    role, composition.identity(role, type.resource), rank
                )

            handle = _name_handle
            found = self._samplers[role, rank] = Sampler(self._random, handle, avoid, self._allowance)
        return found

    def _enough(self, frame: Doing, function: Function, args: Sequence[Value]) -> bool:
        """Whether the handles at hand last for all that the arguments hold."""
        composition, role = self._composition, frame.role
        needed: dict[ResourceIdentity, int] = {}
        for value, param in zip(args, function.params, strict=True):
            for _, found, _ in handles(value, param.type):
                if isinstance(found, t.Own | t.Borrow):
                    identity = composition.identity(role, found.resource)
                    needed[identity] = needed.get(identity, 0) + 1
        return all(
            composition.obtainable(role, identity) or len(frame.held.get(identity, ())) >= count
            for identity, count in needed.items()
        )

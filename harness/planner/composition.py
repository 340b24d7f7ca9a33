"""A composition from the view of a planner: worlds, wires, callees, and the resources that each component can get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.model import Crossings
from harness.model.abi import AS_TYPED, Abi
from harness.model.table import ResourceIdentity
from harness.plan.roles import Role, Wire
from harness.planner.end_places import EndPlaces
from harness.world import despecialize as shapes
from harness.world import types as t
from harness.world.despecialize import Product, Sum, despecialize
from harness.world.smallest import Smallest
from harness.world.walk import reachable
from harness.world.world import Function, World

PRECIOUS = 3
"""From this rank on, a component needs several calls to get a handle. It keeps one of each and uses that again, and no
optional call needs a new one; otherwise calls would multiply along a chain of resources."""


@dataclass(frozen=True)
class HandleSource:
    """A function that returns an own handle. The sources of the handles that its call needs have a lower `rank`."""

    function: Function
    rank: int


Sources = dict[tuple[Role, ResourceIdentity], HandleSource]


class Composition:
    def __init__(
        self,
        worlds: Mapping[Role, World],
        wires: Sequence[Wire],
        hooks: Mapping[Role, str] | None = None,
        abi: Abi = AS_TYPED,
    ) -> None:
        """`hooks`: the task hooks of components, by name."""
        self.worlds = worlds
        self.crossings = Crossings(worlds, wires, hooks, abi)
        self.links = self.crossings.links
        self._identities: dict[t.Resource, ResourceIdentity] = {}
        self._known: dict[Role, Smallest] = {}
        self._end_places = {role: EndPlaces(world) for role, world in worlds.items()}

    def identity(self, role: Role, resource: t.Resource) -> ResourceIdentity:
        """The identity of a resource type that `role` sees."""
        found = self._identities.get(resource)
        if found is None:
            found = self._identities[resource] = self.links.identify(role, resource)
        return found

    def imports(self, role: Role) -> list[Function]:
        """The functions that a component can call."""
        return self.worlds[role].import_functions()

    def end_places(self, role: Role) -> EndPlaces:
        """Where a component's world has types of streams and futures."""
        return self._end_places[role]

    def lowered_async(self, role: Role, function: Function) -> bool:
        """Whether a component calls an imported function with the option `async`."""
        return function.is_async and (role, function.canonical) not in self.crossings.abi.lowered_synchronously

    def lifted_async(self, role: Role, function: Function) -> bool:
        """Whether a component exports a function with the option `async`."""
        return function.is_async and (role, function.canonical) not in self.crossings.abi.lifted_synchronously

    def concurrent(self, role: Role, function: Function) -> bool:
        """Whether a component calls an imported function with the option `async`, and its callee exports it so."""
        callee, exported = self.links.callee(role, function.interface, function.name)
        return self.lowered_async(role, function) and self.lifted_async(callee, exported)

    @cached_property
    def asynchronous(self) -> bool:
        """Whether the components have the interpreter for asynchronous worlds: all of them, if one needs it."""
        return self.crossings.asynchronous

    @cached_property
    def sources(self) -> Sources:
        """For each component and resource that it cannot make itself: an import that returns a new handle of it.

        Found from the inside out: a function counts when both sides can get all handles that its call needs. So a call
        that uses only sources of lower ranks always ends.
        """
        found: Sources = {}
        candidates = [
            (key, function)
            for role in self.worlds
            for function in sorted(self.imports(role), key=lambda f: not f.name.startswith("[constructor]"))
            for key in self._yields(role, function)
        ]
        waiting: dict[tuple[Role, ResourceIdentity], list[int]] = {}
        for index, (key, function) in enumerate(candidates):
            for needed in self._handles(key[0], function):
                waiting.setdefault(needed, []).append(index)
        rank = 0
        look = list(range(len(candidates)))
        while look:
            rank += 1
            new = [candidates[index] for index in look]
            new = [(key, f) for key, f in new if key not in found and self._callable(f, found, key)]
            for key, function in new:
                found.setdefault(key, HandleSource(function, rank))
            # only what may use one of these can have become callable
            look = sorted({index for key, _ in new for index in waiting.get(key, ())})
        return found

    def rank(self, role: Role, function: Function) -> int:
        """The highest rank among the sources of the handles that a caller needs."""
        identities = [
            self.identity(role, type.resource)
            for type in reachable(*(param.type for param in function.params))
            if isinstance(type, t.Own | t.Borrow)
        ]
        return max((self.sources[role, i].rank for i in identities if (role, i) in self.sources), default=0)

    def _handles(self, role: Role, function: Function) -> set[tuple[Role, ResourceIdentity]]:
        """The handles that a call may need: those in parameters for the caller, those in the result for the callee."""
        callee, exported = self.links.callee(role, function.interface, function.name)
        found = set()
        for of, types in ((role, [param.type for param in function.params]), (callee, [exported.result])):
            for type in reachable(*types):
                if isinstance(type, t.Own | t.Borrow):
                    found.add((of, self.identity(of, type.resource)))
        return found

    def _yields(self, role: Role, function: Function) -> list[tuple[Role, ResourceIdentity]]:
        owned = [type.resource for type in reachable(function.result) if isinstance(type, t.Own)]
        return [(role, identity) for identity in dict.fromkeys(self.identity(role, r) for r in owned)]

    def _callable(
        self,
        function: Function,
        found: Sources,
        wanted: tuple[Role, ResourceIdentity],
    ) -> bool:
        """Whether the caller can make the arguments and the callee the result, with the sources found so far."""
        role = wanted[0]
        callee, exported = self.links.callee(role, function.interface, function.name)
        if not self.obtainable(callee, wanted[1], found):
            return False
        return all(self.makeable(param.type, role, found) for param in function.params) and self._may_hold(
            exported.result, callee, wanted[1], found, set()
        )

    def _may_hold(
        self, type: t.Type | None, role: Role, wanted: ResourceIdentity, found: Sources, seen: set[t.Type]
    ) -> bool:
        """Whether `role` can make a value of the type with an own handle of `wanted` in it. `seen`: types without."""
        if type is None or type in seen or not type.holds_handles:
            return False

        def members(types: tuple[t.Type, ...]) -> bool:
            return any(
                self._may_hold(member, role, wanted, found, seen)
                and all(self.makeable(other, role, found) for other in types[:index] + types[index + 1 :])
                for index, member in enumerate(types)
            )

        match despecialize(type):
            case Product(types) | shapes.Sequence(types):
                holds = members(types)
            case Sum(cases):
                holds = any(self._may_hold(payload, role, wanted, found, seen) for payload in cases)
            case _:
                holds = isinstance(type, t.Own) and self.identity(role, type.resource) == wanted
        if not holds:
            seen.add(type)
        return holds

    def obtainable(
        self,
        role: Role,
        identity: ResourceIdentity,
        found: Sources | None = None,
    ) -> bool:
        """Whether `role` can get an own handle: it defines the resource, or an import returns one."""
        known = self.sources if found is None else found
        return identity.implementor is role or (role, identity) in known

    def in_reach(self, role: Role, identity: ResourceIdentity, rank: int) -> bool:
        """Whether `role` can get an own handle from sources below `rank`, or makes it."""
        source = self.sources.get((role, identity))
        return identity.implementor is role or (source is not None and source.rank < rank)

    def makeable(
        self,
        type: t.Type | None,
        role: Role,
        found: Sources | None = None,
    ) -> bool:
        """Whether `role` can make some value of the type that is not too large."""
        if found is not None:
            return self._smallest(role, found).possible(type)
        return self.smallest(role).possible(type)

    def smallest(self, role: Role) -> Smallest:
        """The smallest values that `role` can make."""
        known = self._known.get(role)
        if known is None:
            known = self._known[role] = self._smallest(role, self.sources)
        return known

    def _smallest(self, role: Role, found: Sources) -> Smallest:
        def cannot(type: t.Handle) -> bool:
            """A component can make an end of any type that one of its functions has."""
            return isinstance(type, t.Own | t.Borrow) and not self.obtainable(
                role, self.identity(role, type.resource), found
            )

        return Smallest(cannot)

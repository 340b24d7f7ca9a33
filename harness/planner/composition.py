"""A composition as a planner sees it: worlds, wires, who answers what, and which resources can be had where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness import types as t
from harness.model.links import Links
from harness.model.table import ResourceIdentity
from harness.plan import Role, Wire
from harness.world import Function, World


@dataclass(frozen=True)
class Source:
    """A function that returns an own handle. What its call needs has a lower `rank`."""

    function: Function
    rank: int


Sources = dict[tuple[Role, ResourceIdentity], Source]


class Composition:
    def __init__(self, worlds: Mapping[Role, World], wires: Sequence[Wire]) -> None:
        self.worlds = worlds
        self.wires = wires
        self.links = Links(worlds, wires)
        self._identities: dict[t.Resource, ResourceIdentity] = {}

    def identity(self, role: Role, resource: t.Resource) -> ResourceIdentity:
        """Which resource type a resource is that `role` sees."""
        found = self._identities.get(resource)
        if found is None:
            found = self._identities[resource] = self.links.identify(role, resource)
        return found

    def imports(self, role: Role) -> list[Function]:
        """The functions that a component can call, those that need asynchronous code left out."""
        return [f for f in self.worlds[role].import_functions() if f.why_async is None]

    @cached_property
    def sources(self) -> Sources:
        """For each component and resource that it cannot make itself: an import that returns a new handle of it.

        Found from the inside out: a function counts once everything that its call needs can be had, on both sides.
        So a call that uses only what has a lower rank always ends.
        """
        found: Sources = {}
        candidates = [
            (key, function)
            for role in self.worlds
            for function in sorted(self.imports(role), key=lambda f: not f.name.startswith("[constructor]"))
            for key in self._yields(role, function)
        ]
        rank = 0
        while True:
            rank += 1
            new = [(key, f) for key, f in candidates if key not in found and self._callable(f, found, key)]
            if not new:
                return found
            for key, function in new:
                found.setdefault(key, Source(function, rank))

    def _yields(self, role: Role, function: Function) -> list[tuple[Role, ResourceIdentity]]:
        owned = [type.resource for type in t.reachable(function.result) if isinstance(type, t.Own)]
        return [(role, identity) for identity in dict.fromkeys(self.identity(role, r) for r in owned)]

    def _callable(
        self,
        function: Function,
        found: Sources,
        wanted: tuple[Role, ResourceIdentity],
    ) -> bool:
        """Whether the caller can make the arguments and the callee the result, from what is known so far."""
        role = wanted[0]
        callee, exported = self.links.callee(role, function.interface, function.name)
        if not self.obtainable(callee, wanted[1], found):
            return False
        return all(self.makeable(param.type, role, found) for param in function.params) and self.makeable(
            exported.result, callee, found
        )

    def obtainable(
        self,
        role: Role,
        identity: ResourceIdentity,
        found: Sources | None = None,
    ) -> bool:
        """Whether `role` can come by an own handle: it defines the resource, or an import returns one."""
        known = self.sources if found is None else found
        return identity.implementor is role or (role, identity) in known

    def makeable(
        self,
        type: t.Type | None,
        role: Role,
        found: Sources | None = None,
    ) -> bool:
        """Whether `role` can make some value of the type."""
        match type:
            case None | t.Prim() | t.EnumType() | t.Flags() | t.List() | t.Map():
                return True
            case t.Own() | t.Borrow():
                return self.obtainable(role, self.identity(role, type.resource), found)
            case t.Future() | t.Stream():
                return False
            case t.Variant() | t.Option() | t.Result():
                return any(self.makeable(payload, role, found) for payload in t.payloads(type))
            case _:
                return all(self.makeable(part, role, found) for part in t.parts(type))

"""The shared state of a package's resolution: the arenas, the interned anonymous types, the errors."""

from __future__ import annotations

from collections.abc import Hashable

from generator.resolved.kinds import children
from generator.resolved.model import NO_GATES, PackageId, PackageName, Resolve, Stability, TypeDef
from generator.resolved.types import Alias, Borrow, Own, Resource, Type, TypeId, TypeKind
from generator.wit.gates import Features, is_included
from generator.wit.text import SourceText


class PackageContext:
    """One unfinished package, inside `resolve`."""

    def __init__(self, resolve: Resolve, package_id: PackageId, features: Features, borrowing: list[bool]):
        self.resolve = resolve
        self.package_id = package_id
        self.name: PackageName = resolve.packages[package_id].name
        self.features = features
        self._borrowing = borrowing
        self._anonymous: dict[Hashable, TypeId] = {}
        self._resources: dict[TypeId, bool] = {}
        """Whether each looked-up type is a resource or an alias of one."""
        self.copied: set[TypeId] = set()
        """Types that `include` copied from others."""
        self.left_out = False
        """Whether gates have disabled anything so far."""

    def is_included(self, stability: Stability, source: SourceText, at: int) -> bool:
        included = is_included(stability, self.name, self.features, source, at)
        self.left_out = self.left_out or not included
        return included

    def add_type(self, definition: TypeDef) -> TypeId:
        types = self.resolve.types
        self._borrowing.append(kind_borrows(definition.kind, self._borrowing))
        types.append(definition)
        return TypeId(len(types) - 1)

    def add_copy(self, original: TypeId, copy: TypeDef) -> TypeId:
        """A type that `include` copied from another."""
        self._borrowing.append(self._borrowing[original])
        self.resolve.types.append(copy)
        id = TypeId(len(self.resolve.types) - 1)
        self.copied.add(id)
        return id

    def anonymous(self, key: Hashable, kind: TypeKind, gates: Stability = NO_GATES) -> TypeId:
        """The anonymous type `kind`; within a package equal types (by `key`) are one definition.

        It gets the `gates` of the definition that mentions it first, or those of the first gated type in it. These
        gates mean nothing; they make the JSON equal to the reference's.
        """
        found = self._anonymous.get(key)
        if found is None:
            if gates == NO_GATES:
                gates = self._gates_in(kind)
            found = self._anonymous[key] = self.add_type(TypeDef(None, kind, None, stability=gates))
        return found

    def _gates_in(self, kind: TypeKind) -> Stability:
        """The gates of the first gated type in a kind. An owned handle has no gates, but counts as its resource."""
        for part in () if isinstance(kind, Own) else children(kind):
            if isinstance(part, int):
                type = self.resolve.types[part]
                if isinstance(type.kind, Own) and type.name is None:
                    type = self.resolve.types[type.kind.resource]
                if type.stability != NO_GATES:
                    return type.stability
        return NO_GATES

    def own(self, resource: TypeId) -> TypeId:
        return self.anonymous(("own", resource), Own(resource))

    def borrow(self, resource: TypeId, gates: Stability = NO_GATES) -> TypeId:
        return self.anonymous(("borrow", resource), Borrow(resource), gates)

    def is_resource(self, id: TypeId) -> bool:
        """Whether `id` is a resource or an alias of one."""
        chain: list[TypeId] = []
        found = self._resources.get(id)
        while found is None:
            chain.append(id)
            kind = self.resolve.types[id].kind
            if isinstance(kind, Alias) and isinstance(kind.type, int):
                id = kind.type
                found = self._resources.get(id)
            else:
                found = isinstance(kind, Resource)
        self._resources.update(dict.fromkeys(chain, found))
        return found

    def borrows(self, type_: Type) -> bool:
        """Whether values of this type contain a borrowed handle."""
        return isinstance(type_, int) and self._borrowing[type_]


def borrowing_types(resolve: Resolve) -> list[bool]:
    """For each type whether it contains a borrowed handle; definitions come before their uses in the arena."""
    borrowing: list[bool] = []
    for definition in resolve.types:
        borrowing.append(kind_borrows(definition.kind, borrowing))
    return borrowing


def kind_borrows(kind: TypeKind, borrowing: list[bool]) -> bool:
    """Whether a kind contains a borrowed handle, given the answer for the types that it refers to."""
    if isinstance(kind, Borrow):
        return True
    if isinstance(kind, Own):
        return False
    return any(isinstance(part, int) and part < len(borrowing) and borrowing[part] for part in children(kind))

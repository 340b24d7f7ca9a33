"""Copies of types, functions and inline interfaces under a new owner."""

from __future__ import annotations

from dataclasses import replace

from generator.resolved.kinds import children, rebuild, rebuild_function
from generator.resolved.model import Function, InterfaceId, InterfaceOwner, Owner
from generator.resolved.types import Type, TypeId
from generator.wit.package_context import PackageContext


class TypeCloner:
    """Copies the items of one owner to another; items of other owners stay shared.

    Anonymous types are copied if they contain a copied type.
    """

    def __init__(self, context: PackageContext, old: Owner, new: Owner):
        self.context = context
        self._old = old
        self._new = new
        self._copies: dict[TypeId, TypeId] = {}

    def named_type(self, id: TypeId, name: str | None = None) -> TypeId:
        """The copy of a type, under another name if there is one.

        Definitions are copied in the order of the arena, so that a copy's parts come before it.
        """
        found = self._copies.get(id)
        if found is not None:
            return found
        definition = self.context.resolve.types[id]
        if definition.owner != self._old and definition.owner is not None:
            return id
        kind = definition.kind
        if any(isinstance(part, int) for part in children(kind)):
            kind = rebuild(kind, self.type, self.named_type)
        if definition.owner is None and kind == definition.kind:
            self._copies[id] = id
            return id
        owner = self._new if definition.owner is not None else None
        copy = self.context.add_copy(id, definition.copied(name or definition.name, kind, owner))
        self._copies[id] = copy
        return copy

    def type(self, type_: Type) -> Type:
        return self.named_type(type_) if isinstance(type_, int) else type_

    def function(self, function: Function) -> Function:
        return rebuild_function(function, self.type, self.named_type)

    def interface(self, id: InterfaceId) -> InterfaceId:
        """A copy of an interface; the copy belongs to the package in resolution."""
        resolve = self.context.resolve
        original = resolve.interfaces[id]
        copy = InterfaceId(len(resolve.interfaces))
        cloner = TypeCloner(self.context, InterfaceOwner(id), InterfaceOwner(copy))
        # Types used from the enclosing world have their own copies.
        cloner._copies.update(self._copies)
        interface = replace(original, package=self.context.package_id, types={}, functions={})
        resolve.interfaces.append(interface)
        for name, type_ in original.types.items():
            interface.types[name] = cloner.named_type(type_)
        for name, function in original.functions.items():
            interface.functions[name] = cloner.function(function)
        return copy

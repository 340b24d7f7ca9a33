"""WIT types as types of a component: the part that is the same in every scope (Binary.md, "Type Definitions").

A named type is defined afresh for each name and given that name by an import or export, because the names are how tools
recover WIT; anonymous types are shared.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from generator.component.types import DefType, FutureType, StreamType, ValType
from generator.names.component_names import ExternName
from generator.resolved import model
from generator.resolved import types as wit
from generator.resolved.instances import Instances, InterfaceInstance
from generator.wit.binary.deftypes import PRIMITIVES, def_type, func_type


class TypeSpace(Protocol):
    """A builder with an index space of types: of a component, or of an instance type."""

    def type(self, type: DefType) -> int: ...


class TypeEncoder(ABC):
    """Defines types in one scope on demand and remembers their indices."""

    def __init__(self, homes: Instances, space: TypeSpace) -> None:
        self.homes = homes
        self.resolve = homes.resolve
        self.known: dict[tuple[InterfaceInstance, wit.TypeId], int] = {}
        self._space = space
        self._anonymous: dict[DefType, int] = {}

    @abstractmethod
    def elsewhere(self, home: InterfaceInstance, id: wit.TypeId) -> int | None:
        """The index of a named type that this scope gets from elsewhere; None if it must be defined here."""

    @abstractmethod
    def resource(self, home: InterfaceInstance, definition: model.TypeDef, id: wit.TypeId) -> int:
        """A resource type that belongs to this scope."""

    @abstractmethod
    def give_name(self, home: InterfaceInstance, definition: model.TypeDef, id: wit.TypeId, index: int) -> int:
        """Give the name of `definition` to the type at `index`; the index of the named type."""

    def value_type(self, home: InterfaceInstance, type: wit.Type) -> ValType:
        return PRIMITIVES[type] if isinstance(type, wit.Primitive) else self.type_index(home, type)

    def type_index(self, home: InterfaceInstance, id: wit.TypeId) -> int:
        """The index of a type that is mentioned in `home`."""
        home = self.homes.of(home, id)
        index = self.known.get((home, id))
        if index is None:
            index = self.known[home, id] = self._define(home, id)
        return index

    def func_type(self, home: InterfaceInstance, function: model.Function) -> int:
        """The index of a function's type."""
        return self._shared(func_type(function, lambda id: self.type_index(home, id)))

    def stream_or_future(self, type: StreamType | FutureType) -> int:
        """The index of a type that is not written in WIT (a stream or future without payload)."""
        return self._shared(type)

    def _shared(self, type: DefType) -> int:
        index = self._anonymous.get(type)
        if index is None:
            index = self._anonymous[type] = self._space.type(type)
        return index

    def _define(self, home: InterfaceInstance, id: wit.TypeId) -> int:
        definition = self.resolve.types[id]
        if definition.name is None:
            if isinstance(definition.kind, wit.Alias):
                return self._alias(home, definition.kind)
            return self._shared(self.definition_type(home, definition.kind))
        index = self.elsewhere(home, id)
        if index is not None:
            return index
        match definition.kind:
            case wit.Resource():
                return self.resource(home, definition, id)
            case wit.Alias() as alias:
                index = self._alias(home, alias)
            case kind:
                index = self._space.type(self.definition_type(home, kind))
        return self.give_name(home, definition, id, index)

    def _alias(self, home: InterfaceInstance, alias: wit.Alias) -> int:
        if isinstance(alias.type, wit.Primitive):
            return self._space.type(PRIMITIVES[alias.type])
        return self.type_index(home, alias.type)

    def definition_type(self, home: InterfaceInstance, kind: wit.TypeKind) -> DefType:
        """The component type for a kind, with the types that it mentions defined before."""
        return def_type(kind, lambda id: self.type_index(home, id))


def extern_name(definition: model.TypeDef | model.Function) -> ExternName:
    assert definition.name is not None, "anonymous types are neither imported nor exported"
    return ExternName(definition.name, external_id=definition.external_id)

"""Writes WIT types into one type scope: each definition once, after the types that it refers to.

An instance type is a separate scope; a world's types and functions are in the scope of its component type.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.component.type_builder import ComponentTypeBuilder, InstanceTypeBuilder
from generator.component.types import DefType, ExternType, Sort, SubResource, TypedExtern, TypeEq
from generator.errors import GeneratorError
from generator.names.component_names import ExternName
from generator.resolved.kinds import children
from generator.resolved.model import Function, Owner, Resolve, TypeDef
from generator.resolved.types import Alias, Primitive, Resource, TypeId
from generator.wit.binary.deftypes import PRIMITIVES, def_type, func_type


class TypeScope:
    """Indices of the types in `builder`.

    `owner` is the owner of the definitions here. `bring_in` returns the index of a type of another interface; `declare`
    writes the import or export that names a type and returns its index.
    """

    def __init__(
        self,
        resolve: Resolve,
        builder: InstanceTypeBuilder | ComponentTypeBuilder,
        owner: Owner,
        bring_in: Callable[[TypeId], int],
        declare: Callable[[ExternName, ExternType], int],
    ) -> None:
        self._resolve = resolve
        self._builder = builder
        self._owner = owner
        self._bring_in = bring_in
        self._declare = declare
        self._indices: dict[TypeId, int] = {}
        self._anonymous: dict[DefType, int] = {}

    def index(self, id: TypeId) -> int:
        """The index of a type; missing types are written first (in a loop: chains of definitions may be long)."""
        found = self._indices.get(id)
        if found is not None:
            return found
        indices = self._indices
        waiting = [id]
        expanded: set[TypeId] = set()
        while waiting:
            current = waiting[-1]
            if current in indices:
                waiting.pop()
                continue
            type = self._resolve.types[current]
            if type.owner is not None and type.owner != self._owner:
                indices[current] = self._bring_in(current)
                continue
            missing = [c for c in children(type.kind) if isinstance(c, int) and c not in indices]
            if missing:
                if current in expanded:
                    raise GeneratorError(f"type `{type.name}` contains itself")
                expanded.add(current)
                waiting += reversed(missing)
            else:
                indices[current] = self._define(type)
                waiting.pop()
        return indices[id]

    def _define(self, type: TypeDef) -> int:
        if isinstance(type.kind, Resource):
            return self._declare(_named(type), SubResource())
        body: int
        if isinstance(type.kind, Alias):
            body = self.index(type.kind.type) if isinstance(type.kind.type, int) else self._primitive(type.kind.type)
        elif type.name is None:
            body = self._intern(def_type(type.kind, self.index))
        else:
            body = self._builder.type(def_type(type.kind, self.index))
        return body if type.name is None else self._declare(_named(type), TypeEq(body))

    def _primitive(self, type: Primitive) -> int:
        return self._builder.type(PRIMITIVES[type])

    def _intern(self, type: DefType) -> int:
        index = self._anonymous.get(type)
        if index is None:
            index = self._anonymous[type] = self._builder.type(type)
        return index

    def function(self, function: Function) -> TypedExtern:
        """The type of a function, shared by all functions of this scope with that type."""
        return TypedExtern(Sort.FUNC, self._intern(func_type(function, self.index)))


def _named(type: TypeDef) -> ExternName:
    assert type.name is not None, "resources and exported types have names"
    return ExternName(type.name, external_id=type.external_id)

"""WIT types written into one type scope: each definition once, what it refers to before it.

An instance type is a scope of its own; a world's types and functions stand in the scope of its component type.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.component.names import ExternName
from generator.component.type_builder import ComponentTypeBuilder, InstanceTypeBuilder
from generator.component.types import (
    BorrowType,
    DefType,
    ExternType,
    FixedLengthListType,
    FlagsType,
    FuncType,
    FutureType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    PrimValType,
    RecordType,
    ResultType,
    Sort,
    StreamType,
    SubResource,
    TupleType,
    TypedExtern,
    TypeEq,
    ValType,
    VariantType,
)
from generator.component.types import EnumType as EnumDefType
from generator.errors import GeneratorError
from generator.wit.kinds import children
from generator.wit.model import (
    Alias,
    Borrow,
    EnumType,
    FixedLengthList,
    Flags,
    Function,
    Future,
    List,
    Map,
    Option,
    Own,
    Owner,
    Primitive,
    Record,
    Resolve,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeDef,
    TypeId,
    TypeKind,
    Variant,
)

PRIMITIVES = {primitive: PrimValType[primitive.name] for primitive in Primitive}


class TypeScope:
    """Indices of the types that stand in `builder`.

    `owner` is whose definitions are written here. `bring_in` gives the index of a type of
    another interface; `declare` writes the import or export that names a type and gives its index.
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
        """The index of a type; what is missing is written first (in a loop: definitions may refer far)."""
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

    def valtype(self, type: Type) -> ValType:
        return PRIMITIVES[type] if isinstance(type, Primitive) else self.index(type)

    def _optional(self, type: Type | None) -> ValType | None:
        return None if type is None else self.valtype(type)

    def _define(self, type: TypeDef) -> int:
        if isinstance(type.kind, Resource):
            return self._declare(_named(type), SubResource())
        body: int
        if isinstance(type.kind, Alias):
            body = self.index(type.kind.type) if isinstance(type.kind.type, int) else self._primitive(type.kind.type)
        elif type.name is None:
            body = self._intern(self._deftype(type.kind))
        else:
            body = self._builder.type(self._deftype(type.kind))
        return body if type.name is None else self._declare(_named(type), TypeEq(body))

    def _primitive(self, type: Primitive) -> int:
        return self._builder.type(PRIMITIVES[type])

    def _intern(self, type: DefType) -> int:
        index = self._anonymous.get(type)
        if index is None:
            index = self._anonymous[type] = self._builder.type(type)
        return index

    def _deftype(self, kind: TypeKind) -> DefType:
        match kind:
            case Record(fields):
                return RecordType(tuple([(field.name, self.valtype(field.type)) for field in fields]))
            case Tuple(types):
                return TupleType(tuple(map(self.valtype, types)))
            case Variant(cases):
                return VariantType(tuple([(case.name, self._optional(case.type)) for case in cases]))
            case EnumType(cases):
                return EnumDefType(tuple([case.name for case in cases]))
            case Flags(flags):
                return FlagsType(tuple([flag.name for flag in flags]))
            case Option(type):
                return OptionType(self.valtype(type))
            case Result(ok, err):
                return ResultType(self._optional(ok), self._optional(err))
            case List(type):
                return ListType(self.valtype(type))
            case FixedLengthList(type, size):
                return FixedLengthListType(self.valtype(type), size)
            case Map(key, value):
                return MapType(self.valtype(key), self.valtype(value))
            case Future(element):
                return FutureType(self._optional(element))
            case Stream(element):
                return StreamType(self._optional(element))
            case Own(resource):
                return OwnType(self.index(resource))
            case Borrow(resource):
                return BorrowType(self.index(resource))
            case Alias() | Resource():
                raise AssertionError("not a definition of its own")

    def function(self, function: Function) -> TypedExtern:
        """The type of a function, shared by all functions of this scope with that type."""
        params = tuple([(param.name, self.valtype(param.type)) for param in function.params])
        type = FuncType(params, self._optional(function.result), function.is_async)
        return TypedExtern(Sort.FUNC, self._intern(type))


def _named(type: TypeDef) -> ExternName:
    assert type.name is not None, "resources and exported types have names"
    return ExternName(type.name, external_id=type.external_id)

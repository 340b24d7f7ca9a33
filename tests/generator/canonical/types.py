"""A small `Resolve` built by hand, and shorthands for the types in it."""

from __future__ import annotations

from generator.resolved.model import Freestanding, Function, Param, Resolve, TypeDef
from generator.resolved.types import (
    EnumType,
    Field,
    Flags,
    Label,
    Record,
    Tuple,
    Type,
    TypeId,
    TypeKind,
    Variant,
    VariantCase,
)


class Types:
    """Adds types to its `Resolve` and hands out their ids."""

    def __init__(self) -> None:
        self.resolve = Resolve()

    def add(self, kind: TypeKind, name: str | None = None) -> TypeId:
        self.resolve.types.append(TypeDef(name, kind, None))
        return TypeId(len(self.resolve.types) - 1)

    def record(self, *types: Type) -> TypeId:
        return self.add(Record(tuple(Field(f"f{n}", type) for n, type in enumerate(types))), "r")

    def tuple(self, *types: Type) -> TypeId:
        return self.add(Tuple(types))

    def variant(self, *types: Type | None) -> TypeId:
        return self.add(Variant(tuple(VariantCase(f"c{n}", type) for n, type in enumerate(types))), "v")

    def enum(self, count: int) -> TypeId:
        return self.add(EnumType(tuple(Label(f"e{n}") for n in range(count))), "e")

    def flags(self, count: int) -> TypeId:
        return self.add(Flags(tuple(Label(f"l{n}") for n in range(count))), "f")


def function(params: list[Type], result: Type | None = None, name: str = "f") -> Function:
    return Function(name, Freestanding(), tuple(Param(f"p{n}", type) for n, type in enumerate(params)), result)

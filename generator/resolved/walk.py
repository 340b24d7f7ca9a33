"""The parts of a type, in a fixed order."""

from __future__ import annotations

from generator.resolved.kinds import children
from generator.resolved.model import Function, Resolve
from generator.resolved.types import Borrow, Future, Own, Primitive, Stream, Type, TypeId, TypeKind


def parts(kind: TypeKind) -> tuple[Type, ...]:
    """The types written inside a type, left to right; a handle's part is its resource."""
    return tuple([type for type in children(kind) if type is not None])


def function_types(function: Function) -> list[Type]:
    """Types of the parameters, then of the result."""
    types = [param.type for param in function.params]
    if function.result is not None:
        types.append(function.result)
    return types


def copy_types(resolve: Resolve, function: Function) -> list[TypeId]:
    """Every occurrence of a stream or future type in a function's type, inner before outer.

    The first place of a type in this list is its number in the names of its built-ins (a convention of wasm-tools).
    """
    known: dict[Type, list[TypeId]] = {}

    def visit(type: Type) -> list[TypeId]:
        if isinstance(type, Primitive):
            return []
        found = known.get(type)
        if found is None:
            kind = resolve.types[type].kind
            inner = () if isinstance(kind, Own | Borrow) else parts(kind)
            found = [id for part in inner for id in visit(part)]
            if isinstance(kind, Future | Stream):
                found.append(type)
            known[type] = found
        return found

    return [id for type in function_types(function) for id in visit(type)]

"""Rules of the Component Model for types and functions that text cannot violate and binaries must not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generator.component.errors import BinaryError
from generator.component.nodes import TypeNode
from generator.component.types import EnumType, FlagsType, RecordType, VariantType
from generator.names.component_names import bad_label
from generator.resolved.despecialize import dealias, dealias_id
from generator.resolved.model import Constructor, Function, Method, Resolve
from generator.resolved.rules import MAP_KEYS, payload_problem
from generator.resolved.types import (
    MAX_FLAGS,
    Borrow,
    Flags,
    Future,
    Map,
    Own,
    Primitive,
    Result,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
)
from generator.wit.accessors import accessor_of, params_problem, result_problem

Borrows = Callable[[Type], bool]
"""Whether a type contains a borrowed handle."""


def check_labels(node: TypeNode) -> None:
    """Raises BinaryError for fields, cases or flags with bad names, or if there are none."""
    labels: Iterable[str] = ()
    match node.definition:
        case RecordType(items) | VariantType(items):
            labels = [name for name, _ in items]
        case FlagsType(names) | EnumType(names):
            labels = names
        case _:
            return
    problem = bad_label(labels) if labels else "there are no fields, cases or flags"
    if problem is not None:
        raise BinaryError(problem, node.offset, "type")


def kind_problem(resolve: Resolve, kind: TypeKind, borrows: Borrows) -> str | None:
    """The error in a type (Binary.md, "Type Definitions"), without its labels; None if there is none."""
    match kind:
        case Tuple(()):
            return "there are no types in a tuple"
        case Flags(labels) if len(labels) > MAX_FLAGS:
            return f"flags have at most {MAX_FLAGS} labels"
        case Map(key) if key not in MAP_KEYS:
            return "this type cannot be the key of a map"
        case Stream() | Future():
            return payload_problem(resolve, kind, borrows)
        case _:
            return None


def function_problem(resolve: Resolve, function: Function, borrows: Borrows) -> str | None:
    """The error in a function (Explainer.md, "Import and Export Definitions"); None if there is none."""
    if function.result is not None and borrows(function.result):
        return "the result contains a borrowed handle"
    match function.kind:
        case Method(resource):
            first = function.params[0] if function.params else None
            if first is None or first.name != "self" or not _is_handle(resolve, first.type, Borrow, resource):
                return "the first parameter of a method is `self`, a borrowed handle of its resource"
        case Constructor(resource):
            made = _ok_type(resolve, function.result)
            if made is None or not _is_handle(resolve, made, Own, resource):
                return "a constructor returns its resource, or a result whose first type is its resource"
    if accessor_of(function) is None:
        return None
    if function.is_async:
        return "a getter or setter is not async"
    return params_problem(function) or result_problem(resolve, function)


def _ok_type(resolve: Resolve, type: Type | None) -> Type | None:
    """The first type of a `result`; any other type itself."""
    target = None if type is None else dealias(resolve, type)
    if target is None or isinstance(target, Primitive):
        return None
    kind = resolve.types[target].kind
    return kind.ok if isinstance(kind, Result) else target


def _is_handle(resolve: Resolve, type: Type, handle: type[Own] | type[Borrow], resource: TypeId) -> bool:
    target = dealias(resolve, type)
    kind = None if isinstance(target, Primitive) else resolve.types[target].kind
    return (
        isinstance(kind, Own | Borrow)
        and isinstance(kind, handle)
        and dealias_id(resolve, kind.resource) == dealias_id(resolve, resource)
    )

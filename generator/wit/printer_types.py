"""Types as WIT text: the expression for a type, and the lines that define one."""

from __future__ import annotations

from collections.abc import Iterable

from generator.resolved.model import Resolve
from generator.resolved.types import (
    Alias,
    Borrow,
    EnumType,
    FixedLengthList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Stream,
    Tuple,
    Type,
    TypeId,
    TypeKind,
    Variant,
)
from generator.wit.lexer import KEYWORDS

Line = tuple[str | None, str]
"""A line of a definition with the documentation above it, one level deeper."""


def escaped(name: str) -> str:
    """A name, with `%` if it is also a keyword."""
    return f"%{name}" if name in KEYWORDS else name


Known = dict[TypeId, str]
"""The texts of types without names inside one expression: binaries may share these types many times."""


def type_text(resolve: Resolve, type_: Type, known: Known | None = None) -> str:
    """The expression for a type of a value."""
    if isinstance(type_, Primitive):
        return type_.value
    definition = resolve.types[type_]
    if definition.name is not None:
        return escaped(definition.name)
    if isinstance(definition.kind, Own):
        return _resource_name(resolve, definition.kind.resource)
    known = {} if known is None else known
    text = known.get(type_)
    if text is None:
        text = known[type_] = kind_text(resolve, definition.kind, known)
    return text


def definition_lines(resolve: Resolve, name: str, kind: TypeKind) -> list[Line]:
    """The definition of `name` as anything but a resource."""
    if isinstance(kind, Record):
        fields = ((field.docs, f"{escaped(field.name)}: {type_text(resolve, field.type)}") for field in kind.fields)
        return _block(f"record {escaped(name)}", fields)
    if isinstance(kind, Variant):
        cases: list[Line] = []
        for case in kind.cases:
            payload = "" if case.type is None else f"({type_text(resolve, case.type)})"
            cases.append((case.docs, f"{escaped(case.name)}{payload}"))
        return _block(f"variant {escaped(name)}", cases)
    if isinstance(kind, EnumType):
        return _block(f"enum {escaped(name)}", ((case.docs, escaped(case.name)) for case in kind.cases))
    if isinstance(kind, Flags):
        return _block(f"flags {escaped(name)}", ((flag.docs, escaped(flag.name)) for flag in kind.flags))
    return [(None, f"type {escaped(name)} = {kind_text(resolve, kind, {})};")]


def _block(head: str, members: Iterable[Line]) -> list[Line]:
    return [(None, f"{head} {{"), *((docs, f"  {text},") for docs, text in members), (None, "}")]


def _resource_name(resolve: Resolve, id: TypeId) -> str:
    name = resolve.types[id].name
    assert name is not None, "resources have names"
    return escaped(name)


def kind_text(resolve: Resolve, kind: TypeKind, known: Known) -> str:
    """A type without a name, or the right-hand side of an alias."""
    if isinstance(kind, Own):
        # Only a definition uses `own`: `type a = r` would be an alias of the resource.
        return f"own<{_resource_name(resolve, kind.resource)}>"
    if isinstance(kind, Borrow):
        return f"borrow<{_resource_name(resolve, kind.resource)}>"
    if isinstance(kind, List):
        return f"list<{type_text(resolve, kind.type, known)}>"
    if isinstance(kind, FixedLengthList):
        return f"list<{type_text(resolve, kind.type, known)}, {kind.size}>"
    if isinstance(kind, Option):
        return f"option<{type_text(resolve, kind.type, known)}>"
    if isinstance(kind, Result):
        return result_text(resolve, kind, known)
    if isinstance(kind, Tuple):
        return f"tuple<{', '.join(type_text(resolve, type_, known) for type_ in kind.types)}>"
    if isinstance(kind, Map):
        return f"map<{type_text(resolve, kind.key, known)}, {type_text(resolve, kind.value, known)}>"
    if isinstance(kind, (Future, Stream)):
        keyword = "future" if isinstance(kind, Future) else "stream"
        return keyword if kind.type is None else f"{keyword}<{type_text(resolve, kind.type, known)}>"
    assert isinstance(kind, Alias), "records, variants, enums, flags and resources have names"
    return type_text(resolve, kind.type, known)


def result_text(resolve: Resolve, kind: Result, known: Known) -> str:
    """A `result` with its present parts."""
    if kind.err is not None:
        ok = "_" if kind.ok is None else type_text(resolve, kind.ok, known)
        return f"result<{ok}, {type_text(resolve, kind.err, known)}>"
    return "result" if kind.ok is None else f"result<{type_text(resolve, kind.ok, known)}>"

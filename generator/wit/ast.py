"""The syntax tree of WIT text, before any name is resolved.

Positions (`at`) are offsets into the file's text. The nodes are named tuples because they are many and short-lived.
"""

from __future__ import annotations

from typing import NamedTuple

from generator.resolved.model import NO_GATES, PackageName, Stability
from generator.resolved.types import Primitive
from generator.wit.text import SourceText


class Name(NamedTuple):
    text: str
    at: int


class Attributes(NamedTuple):
    """`@since`, `@unstable`, `@deprecated` and `@external-id` before an item."""

    stability: Stability
    external_id: str | None
    at: int


NO_ATTRIBUTES = Attributes(NO_GATES, None, 0)


class UsePath(NamedTuple):
    """`name`, or `namespace:package/name@version`."""

    package: PackageName | None
    package_at: int
    name: Name


class NamedType(NamedTuple):
    name: Name


class HandleType(NamedTuple):
    """`own<resource>` or `borrow<resource>`."""

    at: int
    is_borrow: bool
    resource: Name


class ConstructedType(NamedTuple):
    """A built-in type with arguments: `list`, `option`, `result`, `tuple`, `map`, `future`, `stream`.

    `result` has two arguments, `future` and `stream` have one; they are None if nothing (or `_`) is written. `size` is
    the length of a fixed-length list.
    """

    at: int
    constructor: str
    arguments: tuple[TypeExpression | None, ...]
    size: int | None


TypeExpression = Primitive | NamedType | HandleType | ConstructedType


class FieldDeclaration(NamedTuple):
    """A field of a record, or a case of a variant (with or without a type), flags or enum (without)."""

    name: Name
    type: TypeExpression | None
    docs: str | None


class FunctionDeclaration(NamedTuple):
    """`kind` is `function`, `method`, `static` or `constructor`; the name of a constructor is `constructor`.

    `accessor` is `get` or `set` if that word replaces `func`.
    """

    docs: str | None
    attributes: Attributes
    name: Name
    kind: str
    is_async: bool
    params: tuple[tuple[Name, TypeExpression], ...]
    result: TypeExpression | None
    result_at: int
    accessor: str | None = None


class AliasBody(NamedTuple):
    type: TypeExpression


class FieldsBody(NamedTuple):
    """`kind` is `record`, `variant`, `enum` or `flags`."""

    kind: str
    fields: tuple[FieldDeclaration, ...]


class ResourceBody(NamedTuple):
    functions: tuple[FunctionDeclaration, ...]


TypeBody = AliasBody | FieldsBody | ResourceBody


class TypeDeclaration(NamedTuple):
    docs: str | None
    attributes: Attributes
    name: Name
    body: TypeBody


class UseName(NamedTuple):
    name: Name
    local: Name
    """The name in this scope: the name after `as`, otherwise the same name."""


class UseDeclaration(NamedTuple):
    attributes: Attributes
    path: UsePath
    names: tuple[UseName, ...]


InterfaceMember = UseDeclaration | TypeDeclaration | FunctionDeclaration


class InterfaceDeclaration(NamedTuple):
    docs: str | None
    attributes: Attributes
    name: Name
    members: tuple[InterfaceMember, ...]


class ExternDeclaration(NamedTuple):
    """An import or export of a world.

    `item` is a function, the members of an inline interface, or the path of an interface; `name` is its plain name,
    None for an interface under its own id.
    """

    docs: str | None
    attributes: Attributes
    is_import: bool
    name: Name | None
    item: FunctionDeclaration | InterfaceDeclaration | UsePath


class IncludeDeclaration(NamedTuple):
    attributes: Attributes
    path: UsePath
    renames: tuple[tuple[Name, Name], ...]


WorldMember = UseDeclaration | TypeDeclaration | ExternDeclaration | IncludeDeclaration


class WorldDeclaration(NamedTuple):
    docs: str | None
    attributes: Attributes
    name: Name
    members: tuple[WorldMember, ...]


class ToplevelUse(NamedTuple):
    path: UsePath
    local: Name


PackageMember = InterfaceDeclaration | WorldDeclaration | ToplevelUse


class PackageDeclaration(NamedTuple):
    name: PackageName
    at: int
    docs: str | None


class NestedPackage(NamedTuple):
    declaration: PackageDeclaration
    members: tuple[PackageMember, ...]


class File(NamedTuple):
    """One text: the package that it names, if any, its own items, and the packages nested in it."""

    source: SourceText
    package: PackageDeclaration | None
    members: tuple[PackageMember, ...]
    nested: tuple[NestedPackage, ...]


_NO_CONTENT = frozenset({"at", "package_at", "result_at", "docs"})


def syntax_shape(node: object) -> object:
    """A node without positions and documentation: equal for equivalent texts."""
    if not isinstance(node, tuple):
        return node
    fields: tuple[str, ...] = getattr(node, "_fields", ())
    if not fields:
        return tuple(syntax_shape(part) for part in node)
    parts = zip(fields, node, strict=True)
    return type(node).__name__, *(syntax_shape(part) for field, part in parts if field not in _NO_CONTENT)

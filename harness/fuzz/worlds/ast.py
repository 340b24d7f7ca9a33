"""Syntax of random worlds: the printed items, with the facts about types that decide where they are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.fuzz.worlds.names import ScopeNames


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a type with all names replaced by their definitions."""

    flat: int = 1
    """Core values that it flattens to (CanonicalABI.md, "Flattening")."""
    nodes: int = 1
    borrows: bool = False
    """Whether it contains a borrow: such types are neither results nor in streams and futures."""
    resource: bool = False
    """Whether it is the name of a resource."""
    asynchronous: bool = False


def product(parts: Iterable[Facts]) -> Facts:
    """Facts of a record or tuple."""
    found = list(parts)
    return Facts(
        sum(part.flat for part in found),
        1 + sum(part.nodes for part in found),
        any(part.borrows for part in found),
        asynchronous=any(part.asynchronous for part in found),
    )


def union(parts: Iterable[Facts]) -> Facts:
    """Facts of a variant, option or result."""
    found = list(parts)
    joined = product(found)
    flat = 1 + max((part.flat for part in found), default=0)
    return Facts(flat, joined.nodes, joined.borrows, asynchronous=joined.asynchronous)


def pointed(parts: Iterable[Facts]) -> Facts:
    """Facts of a list or map."""
    joined = product(parts)
    return Facts(2, joined.nodes, joined.borrows, asynchronous=joined.asynchronous)


@dataclass(frozen=True, slots=True)
class Type:
    """A use of a type: a word and its arguments. `size` is the length of a fixed-length list."""

    word: str
    facts: Facts
    arguments: tuple[Type | None, ...] = ()
    size: int | None = None
    named: TypeDefinition | None = None


@dataclass(frozen=True, slots=True)
class TypeMember:
    """A field, case or label."""

    name: str
    type: Type | None = None


@dataclass(eq=False, slots=True)
class Function:
    """`kind` is `function`, `method`, `static` or `constructor`; `accessor` is `get` or `set` instead of `func`."""

    name: str
    kind: str
    params: tuple[TypeMember, ...]
    result: Type | None
    is_async: bool = False
    accessor: str = ""
    docs: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    type: Type


@dataclass(frozen=True, slots=True)
class Composite:
    """A record, variant, enum or flags, by `word`."""

    word: str
    members: tuple[TypeMember, ...]


@dataclass(eq=False, slots=True)
class Resource:
    functions: list[Function] = field(default_factory=list)
    names: ScopeNames = field(default_factory=ScopeNames)

    @property
    def has_constructor(self) -> bool:
        return any(function.kind == "constructor" for function in self.functions)


@dataclass(frozen=True, slots=True)
class UsedType:
    """`use` of a type of another interface, which may itself use it from elsewhere."""

    interface: Container
    original: TypeDefinition


Body = Alias | Composite | Resource | UsedType


@dataclass(eq=False, slots=True)
class TypeDefinition:
    """A name for a type in one scope."""

    name: str
    body: Body
    facts: Facts
    docs: str = ""
    gate: str = ""

    @property
    def resource(self) -> TypeDefinition | None:
        """The resource that this is a name of, where it was defined."""
        body = self.body
        if isinstance(body, UsedType):
            return body.original.resource
        if isinstance(body, Alias):
            return body.type.named.resource if body.type.named is not None else None
        return self if isinstance(body, Resource) else None


@dataclass(eq=False, slots=True)
class Package:
    """`ns:name@version`; the first package of a text contains its world."""

    namespace: str
    name: str
    version: str | None
    names: ScopeNames = field(default_factory=ScopeNames)
    interfaces: list[Container] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.namespace}:{self.name}"


@dataclass(eq=False, slots=True)
class Container:
    """A scope of types and functions: an interface (inline ones have no package's name), or a world's own level."""

    name: str
    package: Package
    is_world: bool = False
    is_inline: bool = False
    names: ScopeNames = field(default_factory=ScopeNames)
    types: list[TypeDefinition] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    used: list[Container] = field(default_factory=list)
    """The interfaces whose types it uses."""
    docs: str = ""
    gate: str = ""

    def use(self, other: Container) -> None:
        """Note that it uses types of `other`, before they are made: nothing there may come to use types of it."""
        if not any(other is known for known in self.used):
            self.used.append(other)

    def reaches(self, other: Container) -> bool:
        """Whether it is `other` or uses types from there, directly or not."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            found = waiting.pop()
            if found is other:
                return True
            if id(found) not in seen:
                seen.add(id(found))
                waiting += found.used
        return False


@dataclass(eq=False, slots=True)
class Extern:
    """An import or export of a world. `label` is the plain name of a function or of an inline interface, or the label
    of an interface."""

    is_import: bool
    item: Function | Container
    label: str | None = None
    gate: str = ""
    docs: str = ""


@dataclass(eq=False, slots=True)
class World:
    """`level` is the scope of its own types; `renames` are for the worlds that include it: its name, their name."""

    level: Container
    externs: list[Extern] = field(default_factory=list)
    renames: list[tuple[str, str]] = field(default_factory=list)

"""Resolved WIT: packages, interfaces, worlds, functions and definitions of types in arenas (Component Model, WIT.md).

`Resolve`, `WorldKey`, `WorldItem` and `TypeDef` are terms of the crate wit-parser, whose JSON `json_form.py` writes;
the specification has no terms for them. A `Resolve` owns everything; ids are indices into its arenas. Entries are
frozen: code that builds or rewrites a `Resolve` replaces entries, readers can share it freely.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from typing import NewType

from generator.resolved.types import Type, TypeId, TypeKind
from generator.span import Span

InterfaceId = NewType("InterfaceId", int)
WorldId = NewType("WorldId", int)
PackageId = NewType("PackageId", int)


@dataclass(frozen=True, slots=True)
class Stability:
    """Feature gates of an item (WIT.md, "Feature Gates"): @since, @unstable, @deprecated."""

    since: str | None = None
    unstable: str | None = None
    deprecated: str | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        """The gates as WIT, in the order in which they are printed."""
        gates = {
            "@since(version = ": self.since,
            "@unstable(feature = ": self.unstable,
            "@deprecated(version = ": self.deprecated,
        }
        return tuple([f"{start}{value})" for start, value in gates.items() if value is not None])


NO_GATES = Stability()


@dataclass(frozen=True, slots=True)
class InterfaceOwner:
    id: InterfaceId


@dataclass(frozen=True, slots=True)
class WorldOwner:
    id: WorldId


Owner = InterfaceOwner | WorldOwner


@dataclass(frozen=True, slots=True)
class TypeDef:
    """A definition; anonymous types (`list<u8>` in a parameter) have neither name nor owner."""

    name: str | None
    kind: TypeKind
    owner: Owner | None
    docs: str | None = None
    stability: Stability = NO_GATES
    span: Span | None = field(default=None, compare=False)
    external_id: str | None = None

    def copied(self, name: str | None, kind: TypeKind, owner: Owner | None) -> TypeDef:
        """The same definition elsewhere. (`dataclasses.replace` takes four times as long.)"""
        return TypeDef(name, kind, owner, self.docs, self.stability, self.span, self.external_id)


@unique
class Accessor(Enum):
    """A getter or setter of a property (component-model PR 701): the word in its declaration and in its name."""

    GET = "get"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Freestanding:
    accessor: Accessor | None = None


@dataclass(frozen=True, slots=True)
class Method:
    resource: TypeId
    accessor: Accessor | None = None


@dataclass(frozen=True, slots=True)
class Static:
    resource: TypeId
    accessor: Accessor | None = None


@dataclass(frozen=True, slots=True)
class Constructor:
    resource: TypeId


FunctionKind = Freestanding | Method | Static | Constructor


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function under its component-level name: `f`, `[method]r.f`, `[static]r.f`, `[constructor]r`.

    Getters and setters have a second annotation: `[get]p`, `[method][set]r.p`, `[static][get]r.p`.
    A method's first parameter is `self: borrow<r>`. A constructor's result is `own<r>`, or `result<own<r>, e>` when
    fallible. `is_async` is the keyword of the declaration: `[async]` prefixes are not part of names in WIT 0.3.
    """

    name: str
    kind: FunctionKind
    params: tuple[Param, ...]
    result: Type | None
    is_async: bool = False
    docs: str | None = None
    stability: Stability = NO_GATES
    span: Span | None = field(default=None, compare=False)
    external_id: str | None = None

    def with_types(self, kind: FunctionKind, params: tuple[Param, ...], result: Type | None) -> Function:
        """The same function with other types. (`dataclasses.replace` takes four times as long.)"""
        rest = (self.is_async, self.docs, self.stability, self.span, self.external_id)
        return Function(self.name, kind, params, result, *rest)


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface; `name` is None for an inline `import n: interface { ... }`, whose label is the world's key."""

    name: str | None
    package: PackageId | None
    types: dict[str, TypeId]
    functions: dict[str, Function]
    docs: str | None = None
    stability: Stability = NO_GATES
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InterfaceKey:
    """An import or export under an interface's own id, `ns:pkg/name@version`."""

    id: InterfaceId


WorldKey = InterfaceKey | str
"""A `str` is a plain name: a function, a type, an inline interface, or the label of `import label: interface;`."""


@dataclass(frozen=True, slots=True)
class InterfaceItem:
    """An interface in a world. Under a plain-name key and with a named interface it is a label (`implements`)."""

    id: InterfaceId
    docs: str | None = None
    stability: Stability = NO_GATES
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionItem:
    function: Function


@dataclass(frozen=True, slots=True)
class TypeItem:
    id: TypeId


WorldItem = InterfaceItem | FunctionItem | TypeItem


@dataclass(frozen=True, slots=True)
class World:
    """A world after `include` is resolved and implied imports (`use` of exported interfaces) are added."""

    name: str
    package: PackageId | None
    imports: dict[WorldKey, WorldItem]
    exports: dict[WorldKey, WorldItem]
    docs: str | None = None
    stability: Stability = NO_GATES
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PackageName:
    namespace: str
    name: str
    version: str | None = None

    def __str__(self) -> str:
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.namespace}:{self.name}{version}"

    def item_id(self, name: str) -> str:
        """The full id `ns:pkg/name@version` of an interface or world of the package."""
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.namespace}:{self.name}/{name}{version}"


@dataclass(frozen=True, slots=True)
class Package:
    name: PackageName
    interfaces: dict[str, InterfaceId]
    worlds: dict[str, WorldId]
    docs: str | None = None


@dataclass(slots=True)
class Resolve:
    """All packages of one resolution. The arenas only grow."""

    types: list[TypeDef] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)

    def interface_id(self, id: InterfaceId) -> str | None:
        """The full id `ns:pkg/name@version` of a named interface; None for an inline one."""
        interface = self.interfaces[id]
        if interface.name is None or interface.package is None:
            return None
        return self.packages[interface.package].name.item_id(interface.name)

    def world_key_name(self, key: WorldKey) -> str:
        """The component-level import or export name of a world's key."""
        if isinstance(key, str):
            return key
        name = self.interface_id(key.id)
        assert name is not None, "only named interfaces are keyed by id"
        return name

    def find_package(self, name: PackageName) -> PackageId | None:
        for index, package in enumerate(self.packages):
            if package.name == name:
                return PackageId(index)
        return None

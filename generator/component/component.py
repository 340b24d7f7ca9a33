"""A component as data: its definitions in order (Component Model, Binary.md, "Component Definitions")."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, unique

from generator.component.canon import Canon
from generator.component.types import Alias, CoreType, DefType, ExternType, Import, Sort
from generator.names.component_names import ExternName


@unique
class SectionId(IntEnum):
    CUSTOM = 0
    CORE_MODULE = 1
    CORE_INSTANCE = 2
    CORE_TYPE = 3
    COMPONENT = 4
    INSTANCE = 5
    ALIAS = 6
    TYPE = 7
    CANON = 8
    START = 9
    IMPORT = 10
    EXPORT = 11


@dataclass(frozen=True, slots=True)
class Custom:
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CoreModule:
    """A core module in binary form, with its preamble."""

    binary: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EncodedComponent:
    """A nested component in binary form, with its preamble."""

    binary: bytes = field(repr=False)
    binaries: int = 1
    """Core modules and components inside it, and itself."""


@dataclass(frozen=True, slots=True)
class CoreInstantiate:
    """`args`: the core instance for each module name that the module imports from."""

    module: int
    args: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CoreInlineExports:
    """A core instance made of core items."""

    exports: tuple[tuple[str, Sort, int], ...]


@dataclass(frozen=True, slots=True)
class Instantiate:
    component: int
    args: tuple[tuple[str, Sort, int], ...] = ()


@dataclass(frozen=True, slots=True)
class InlineExports:
    """An instance made of items."""

    exports: tuple[tuple[ExternName, Sort, int], ...]


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a component; adds an index to the space of `sort`. `type` may be less specific than the item's own
    type."""

    name: ExternName
    sort: Sort
    index: int
    type: ExternType | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """`offsets`: the offset of each definition in the file that was read; empty for a component that was built."""

    definitions: tuple[Definition, ...]
    offsets: tuple[int, ...] = field(default=(), compare=False, repr=False)


Definition = (
    Custom
    | CoreModule
    | CoreInstantiate
    | CoreInlineExports
    | CoreType
    | Component
    | EncodedComponent
    | Instantiate
    | InlineExports
    | Alias
    | DefType
    | Canon
    | Import
    | Export
)

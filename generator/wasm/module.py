"""A core module as data, section by section (WebAssembly core specification, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.wasm.types import ExternKind, FuncType, GlobalType, ImportDesc, MemoryType, TableType, TagType


@dataclass(frozen=True, slots=True)
class Import:
    module: str
    name: str
    desc: ImportDesc


@dataclass(frozen=True, slots=True)
class Export:
    name: str
    kind: ExternKind
    index: int


@dataclass(frozen=True, slots=True)
class Global:
    type: GlobalType
    init: bytes
    """A constant expression without its final `end`."""


@dataclass(frozen=True, slots=True)
class ElementSegment:
    """An active segment of function indices for table 0."""

    offset: bytes
    """A constant expression without its final `end`."""
    functions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DataSegment:
    """An active segment for memory 0."""

    offset: bytes
    """A constant expression without its final `end`."""
    data: bytes


@dataclass(frozen=True, slots=True)
class CustomSection:
    name: str
    data: bytes


@dataclass(slots=True)
class Module:
    """A module under construction; `generator.wasm.encode` turns it into bytes.

    `leading_customs` come before all other sections (`dylink.0` must), `customs` after them.
    """

    types: list[FuncType] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    tables: list[TableType] = field(default_factory=list)
    memories: list[MemoryType] = field(default_factory=list)
    tags: list[TagType] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None
    elements: list[ElementSegment] = field(default_factory=list)
    code: list[bytes] = field(default_factory=list)
    """Function bodies: local declarations, instructions and the final `end`, without the size."""
    data: list[DataSegment] = field(default_factory=list)
    leading_customs: list[CustomSection] = field(default_factory=list)
    customs: list[CustomSection] = field(default_factory=list)

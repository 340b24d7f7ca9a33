"""Items of core modules by kind and type, and which fit which imports (core specification, "Import Matching")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from generator.wasm.decode import DecodedModule
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    ImportDesc,
    Limits,
    MemoryType,
    TableType,
    TagType,
    ValType,
)

T = TypeVar("T")
Type = FuncType | TableType | MemoryType | GlobalType | None
"""None: a type that is not known here. The type of a tag is that of a function."""


@dataclass(frozen=True, slots=True)
class Extern:
    kind: ExternKind
    type: Type


@dataclass(frozen=True, slots=True)
class ModuleType:
    imports: tuple[tuple[str, str, Extern], ...]
    exports: Mapping[str, Extern]


def module_type(module: DecodedModule) -> ModuleType:
    """The imports and exports of a module. Raises WasmFormatError if it contradicts itself."""
    imports = tuple([(item.module, item.name, _imported(module, item.desc)) for item in module.imports])
    exports = {name: _exported(module, item.kind, item.index) for name, item in module.exports_by_name.items()}
    declared = len(module.function_type_indices) - sum(isinstance(item.desc, FuncIndex) for item in module.imports)
    if declared != len(module.bodies):
        raise module.wrong(f"{declared} functions are declared, but there are {len(module.bodies)} bodies")
    if module.start is not None and _function(module, module.start) not in (None, FuncType(())):
        raise module.wrong("the start function has parameters or results")
    return ModuleType(imports, exports)


def _imported(module: DecodedModule, desc: ImportDesc) -> Extern:
    match desc:
        case FuncIndex(type_index):
            return Extern(ExternKind.FUNC, _type(module, type_index))
        case TagType(type_index):
            return Extern(ExternKind.TAG, _type(module, type_index))
        case TableType():
            return Extern(ExternKind.TABLE, desc)
        case MemoryType():
            return Extern(ExternKind.MEMORY, desc)
        case GlobalType():
            return Extern(ExternKind.GLOBAL, desc)


def _exported(module: DecodedModule, kind: ExternKind, index: int) -> Extern:
    if kind is ExternKind.FUNC:
        return Extern(kind, _function(module, index))
    match kind:
        case ExternKind.TABLE:
            return Extern(kind, _at(module, module.tables, index, "table"))
        case ExternKind.MEMORY:
            return Extern(kind, _at(module, module.memories, index, "memory"))
        case ExternKind.GLOBAL:
            return Extern(kind, _at(module, module.globals, index, "global"))
        case ExternKind.TAG:
            return Extern(kind, _type(module, _at(module, module.tags, index, "tag").type_index))


def _at(module: DecodedModule, space: Sequence[T], index: int, what: str) -> T:
    if index >= len(space):
        raise module.wrong(f"{what} {index} is referred to; there are {len(space)}")
    return space[index]


def _function(module: DecodedModule, index: int) -> FuncType | None:
    return _type(module, _at(module, module.function_type_indices, index, "function"))


def _type(module: DecodedModule, index: int) -> FuncType | None:
    """The function type with this index; None for another kind of type."""
    type = _at(module, module.types, index, "type")
    return type if isinstance(type, FuncType) else None


def fits(found: Extern, wanted: Extern) -> bool:
    """Whether an item satisfies an import. An unknown item does."""
    if found.kind is not wanted.kind:
        return False
    match found.type, wanted.type:
        case TableType() as have, TableType() as want:
            return _same_value(have.element, want.element) and _within(have.limits, want.limits)
        case MemoryType() as have, MemoryType() as want:
            return _within(have.limits, want.limits)
        case GlobalType() as have, GlobalType() as want:
            return have.mutable is want.mutable and _same_value(have.type, want.type)
        case FuncType() as have, FuncType() as want:
            return have == want
    return True


def _same_value(found: object, wanted: object) -> bool:
    """References to types of a module are not compared: their numbers are those of their module."""
    return found == wanted or not (isinstance(found, ValType) and isinstance(wanted, ValType))


def _within(found: Limits, wanted: Limits) -> bool:
    alike = (found.shared, found.is_64, found.page_size_log2 or 16) == (
        wanted.shared,
        wanted.is_64,
        wanted.page_size_log2 or 16,
    )
    largest = wanted.maximum is None or (found.maximum is not None and found.maximum <= wanted.maximum)
    return alike and found.minimum >= wanted.minimum and largest


def show(extern: Extern) -> str:
    match extern.type:
        case FuncType(params, results):
            shown = [", ".join([type.name.lower() for type in types]) for types in (params, results)]
            return f"{extern.kind.name.lower()} ({shown[0]}) -> ({shown[1]})"
        case MemoryType(limits) | TableType(limits):
            most = "" if limits.maximum is None else f", at most {limits.maximum}"
            return f"{extern.kind.name.lower()} of at least {limits.minimum}{most}"
        case GlobalType(type, mutable):
            return f"global {'mut ' if mutable else ''}{type.name.lower()}"
    return extern.kind.name.lower()

"""Building component types and instance types step by step: each call writes a declarator and returns its index."""

from __future__ import annotations

from typing import Any

from generator.component.builder import extern_name
from generator.component.encode_types import encode_declarator, encode_index
from generator.component.types import (
    AliasExport,
    AliasOuter,
    CoreType,
    DefType,
    EncodedType,
    ExportDecl,
    ExternType,
    Import,
    Sort,
    TypedExtern,
)
from generator.names.component_names import ExternName


class _ScopeBuilder:
    """Index spaces of one type scope; they begin empty (see `alias_outer` for the scopes around it)."""

    _OPCODE: int

    def __init__(self) -> None:
        self._declarators = bytearray()
        self._count = 0
        self._next = dict.fromkeys(Sort, 0)

    def _add(self, declarator: Any, sort: Sort) -> int:
        encode_declarator(self._declarators, declarator)
        self._count += 1
        index = self._next[sort]
        self._next[sort] = index + 1
        return index

    def next_index(self, sort: Sort) -> int:
        """The number of items of `sort`: the index of the next one."""
        return self._next[sort]

    def type(self, type: DefType) -> int:
        return self._add(type, Sort.TYPE)

    def core_type(self, type: CoreType) -> int:
        return self._add(type, Sort.CORE_TYPE)

    def alias_export(self, instance: int, name: str, sort: Sort) -> int:
        return self._add(AliasExport(sort, instance, name), sort)

    def alias_outer(self, count: int, index: int, sort: Sort) -> int:
        return self._add(AliasOuter(sort, count, index), sort)

    def export(self, name: str | ExternName, type: ExternType) -> int:
        return self._add(ExportDecl(extern_name(name), type), _sort_of(type))

    def finish(self) -> EncodedType:
        """The whole type, for `type` of a component builder or of an outer scope."""
        out = bytearray((self._OPCODE,))
        encode_index(out, self._count)
        return EncodedType(bytes(out + self._declarators))


class InstanceTypeBuilder(_ScopeBuilder):
    _OPCODE = 0x42


class ComponentTypeBuilder(_ScopeBuilder):
    _OPCODE = 0x41

    def import_(self, name: str | ExternName, type: ExternType) -> int:
        return self._add(Import(extern_name(name), type), _sort_of(type))


def _sort_of(type: ExternType) -> Sort:
    return type.sort if isinstance(type, TypedExtern) else Sort.TYPE

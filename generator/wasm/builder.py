"""Building a module step by step: interned types and index spaces (imports before definitions)."""

from __future__ import annotations

from collections.abc import Iterable

from generator.wasm.encode import encode_custom, encode_module
from generator.wasm.module import CustomSection, DataSegment, ElementSegment, Export, Global, Import, Module
from generator.wasm.names import SECTION, name_section
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    MemoryType,
    TableType,
    TagType,
    ValType,
)


class ModuleBuilder:
    """Assigns indices. All imports of a kind come before the first definition of that kind."""

    def __init__(self) -> None:
        self.module = Module()
        self.function_names: dict[int, str] = {}
        self._types: dict[FuncType, int] = {}
        self._imported = dict.fromkeys(ExternKind, 0)

    def type_index(self, type: FuncType) -> int:
        index = self._types.get(type)
        if index is None:
            index = self._types[type] = len(self.module.types)
            self.module.types.append(type)
        return index

    def import_function(self, module: str, name: str, type: FuncType) -> int:
        assert not self.module.functions, "functions are imported before any is defined"
        return self._import(ExternKind.FUNC, Import(module, name, FuncIndex(self.type_index(type))))

    def import_global(self, module: str, name: str, type: GlobalType) -> int:
        assert not self.module.globals, "globals are imported before any is defined"
        return self._import(ExternKind.GLOBAL, Import(module, name, type))

    def import_memory(self, module: str, name: str, type: MemoryType) -> int:
        return self._import(ExternKind.MEMORY, Import(module, name, type))

    def import_table(self, module: str, name: str, type: TableType) -> int:
        return self._import(ExternKind.TABLE, Import(module, name, type))

    def import_tag(self, module: str, name: str, params: Iterable[ValType]) -> int:
        assert not self.module.tags, "tags are imported before any is defined"
        return self._import(ExternKind.TAG, Import(module, name, TagType(self.type_index(FuncType(tuple(params))))))

    def _import(self, kind: ExternKind, item: Import) -> int:
        index = self._imported[kind]
        self._imported[kind] = index + 1
        self.module.imports.append(item)
        return index

    def declare_function(self, type: FuncType, name: str | None = None) -> int:
        """Reserve an index; `define_function` sets its body later. Allows calls of functions that are not yet
        written."""
        index = self._imported[ExternKind.FUNC] + len(self.module.functions)
        self.module.functions.append(self.type_index(type))
        self.module.code.append(b"")
        if name is not None:
            self.function_names[index] = name
        return index

    def define_function(self, index: int, body: bytes) -> None:
        """`body`: local declarations, instructions and the final `end` (see `Code.body`)."""
        self.module.code[index - self._imported[ExternKind.FUNC]] = body

    def add_function(self, type: FuncType, body: bytes, name: str | None = None) -> int:
        index = self.declare_function(type, name)
        self.define_function(index, body)
        return index

    def add_global(self, type: GlobalType, init: bytes) -> int:
        self.module.globals.append(Global(type, init))
        return self._imported[ExternKind.GLOBAL] + len(self.module.globals) - 1

    def add_table(self, type: TableType) -> int:
        self.module.tables.append(type)
        return self._imported[ExternKind.TABLE] + len(self.module.tables) - 1

    def add_memory(self, type: MemoryType) -> int:
        self.module.memories.append(type)
        return self._imported[ExternKind.MEMORY] + len(self.module.memories) - 1

    def add_tag(self, params: Iterable[ValType]) -> int:
        self.module.tags.append(TagType(self.type_index(FuncType(tuple(params)))))
        return self._imported[ExternKind.TAG] + len(self.module.tags) - 1

    def add_elements(self, offset: bytes, functions: Iterable[int]) -> None:
        self.module.elements.append(ElementSegment(offset, tuple(functions)))

    def add_data(self, offset: bytes, data: bytes) -> None:
        self.module.data.append(DataSegment(offset, data))

    def export(self, name: str, kind: ExternKind, index: int) -> None:
        self.module.exports.append(Export(name, kind, index))

    def function_type(self, params: Iterable[ValType], results: Iterable[ValType] = ()) -> FuncType:
        return FuncType(tuple(params), tuple(results))

    def encode(self, *, names: bool = False, name: str | None = None) -> bytes:
        """The module's binary; `names` adds a name section: the names of functions, and the module's `name`."""
        binary = encode_module(self.module)
        if not names:
            return binary
        return binary + encode_custom(CustomSection(SECTION, name_section(name, self.function_names)))

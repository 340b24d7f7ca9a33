"""An assembly and its data as the binary of a dynamic library (tool-conventions, DynamicLinking.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.dylib.code.assembly import Assembly, assemble
from generator.dylib.code.globals import MEMORY_BASE_INDEX, table_base_index
from generator.dylib.code.intrinsics import ENV
from generator.dylib.sections import dylink_section, name_section
from generator.wasm.code import const_global
from generator.wasm.encode import encode_module
from generator.wasm.module import CustomSection, DataSegment, ElementSegment, Export, Import, Module
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    GlobalType,
    Limits,
    MemoryType,
    TableType,
    ValType,
)

_MEMORY_ALIGNMENT = 8
"""The largest alignment of the Canonical ABI."""


@dataclass(frozen=True, slots=True)
class Library:
    """`memory_size`: bytes at `__memory_base`; `data` are the first of them."""

    assembly: Assembly
    data: bytes
    memory_size: int
    uses_stack_pointer: bool
    needed: Sequence[str]
    component_type: CustomSection


def encode_library(library: Library) -> bytes:
    assembly = library.assembly
    indices = assembly.indices()
    module = Module()
    module.imports = [
        Import(*function.import_name, FuncIndex(assembly.type_index(function.type)))
        for function in assembly.imports
        if function.import_name is not None
    ]
    globals = _globals(library)
    module.imports += [Import(ENV, name, type) for name, type in globals]
    module.imports.append(Import(ENV, "memory", MemoryType(Limits(0))))
    if assembly.elements:
        module.imports.append(Import(ENV, "__indirect_function_table", TableType(Limits(0))))
        offset = const_global(table_base_index(library.uses_stack_pointer))
        module.elements = [ElementSegment(offset, tuple([indices[function] for function in assembly.elements]))]
    for function in assembly.functions:
        assert function.body is not None, f"`{function.name}` has no body"
        module.functions.append(assembly.type_index(function.type))
        module.code.append(assemble(function.body, indices))
    module.types = assembly.types
    module.exports = [Export(name, ExternKind.FUNC, indices[function]) for name, function in assembly.exports]
    module.data = [DataSegment(const_global(MEMORY_BASE_INDEX), library.data)]
    module.leading_customs = [
        dylink_section(library.memory_size, _MEMORY_ALIGNMENT, len(assembly.elements), library.needed)
    ]
    names = [function.name for function in (*assembly.imports, *assembly.functions)]
    module.customs = [name_section(names, [name for name, _ in globals]), library.component_type]
    return encode_module(module)


def _globals(library: Library) -> list[tuple[str, GlobalType]]:
    globals = [("__memory_base", GlobalType(ValType.I32))]
    if library.uses_stack_pointer:
        globals.append(("__stack_pointer", GlobalType(ValType.I32, mutable=True)))
    if library.assembly.elements:
        globals.append(("__table_base", GlobalType(ValType.I32)))
    return globals

"""The main module: it owns memory, table, stack pointer and addresses, and is instantiated before all libraries.

A function that is imported by a library that is instantiated before the one that defines it (or by that one itself)
becomes a trampoline here: it calls through the table, whose slot the init module fills.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.adapt.adapter import REALLOC
from generator.adapt.reduce import GROW, grow_body
from generator.link import names
from generator.link.layout import MemoryLayout
from generator.link.symbols import FunctionSymbol
from generator.link.tls import ThreadLocal
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.types import ExternKind, GlobalType, MemoryType, TableType, ValType

MAIN = "link:main"
NULL = "null"
"""The main module's export for the address of a weak symbol that nobody defines."""


def memory_base_export(library: str) -> str:
    return f"memory_base:{library}"


def table_base_export(library: str) -> str:
    return f"table_base:{library}"


def memory_address_export(symbol: str) -> str:
    return f"{names.GOT_MEM}:{symbol}"


def function_address_export(slot: int) -> str:
    return f"{names.GOT_FUNC}:{slot}"


def trampoline_export(slot: int) -> str:
    return f"call:{slot}"


def build_main_module(
    layout: MemoryLayout,
    *,
    env_globals: Iterable[str],
    memory_addresses: Mapping[str, int],
    function_addresses: Iterable[FunctionSymbol],
    trampolines: Iterable[FunctionSymbol],
    grow: bool = False,
    tls: ThreadLocal | None = None,
    debug_names: bool,
) -> bytes:
    """`memory_addresses`: initial values of the exports `memory_address_export` (0 for those that the init module
    sets). `grow`: whether `GROW`, an allocator for adapters, is needed."""
    builder = ModuleBuilder()
    context = None if tls is None else tls.add_import(builder)
    builder.export(names.MEMORY, ExternKind.MEMORY, builder.add_memory(MemoryType(layout.memory)))
    builder.export(names.TABLE, ExternKind.TABLE, builder.add_table(TableType(layout.table)))

    def export_global(name: str, value: int, *, mutable: bool) -> None:
        index = builder.add_global(GlobalType(ValType.I32, mutable), const_i32(value))
        builder.export(name, ExternKind.GLOBAL, index)

    for name in env_globals:
        is_stack = name in (names.STACK_POINTER, names.INIT_STACK_POINTER)
        export_global(name, layout.stack_size if is_stack else 0, mutable=names.ENV_GLOBALS[name])
    for library, base in layout.memory_bases.items():
        export_global(memory_base_export(library), base, mutable=False)
    for library, base in layout.table_bases.items():
        export_global(table_base_export(library), base, mutable=False)
    # Addresses are mutable because the convention imports them so; nobody writes them after the init module.
    for symbol, value in memory_addresses.items():
        export_global(memory_address_export(symbol), value, mutable=True)
    for function in function_addresses:
        slot = layout.slots[function]
        export_global(function_address_export(slot), slot, mutable=True)
    export_global(NULL, 0, mutable=True)
    for function in trampolines:
        _add_trampoline(builder, function, layout.slots[function])
    if tls is not None:
        tls.add(builder, context)
    if grow:
        _add_grow(builder)
    return builder.encode(names=debug_names, name=MAIN)


def _add_trampoline(builder: ModuleBuilder, function: FunctionSymbol, slot: int) -> None:
    code = Code(len(function.type.params))
    for param in range(len(function.type.params)):
        code.local_get(param)
    code.i32_const(slot)
    code.call_indirect(builder.type_index(function.type))
    index = builder.add_function(function.type, code.body(), f"{function.library}!{function.name}")
    builder.export(trampoline_export(slot), ExternKind.FUNC, index)


def _add_grow(builder: ModuleBuilder) -> None:
    builder.export(GROW, ExternKind.FUNC, builder.add_function(REALLOC, grow_body(), GROW))

"""The init module: instantiated last, it fills table and addresses, then runs relocations and constructors.

The order follows from DynamicLinking.md ("Relocations"): an address must be right before `__wasm_apply_data_relocs` of
any library reads it, and all relocations are done before the first constructor. Each library's constructor runs once,
after those of the libraries that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.componentize.plan import CoreExport
from generator.componentize.task_hooks import CoreCall
from generator.link import names
from generator.link.dl_table import DlTable
from generator.link.layout import MemoryLayout
from generator.link.main_module import MAIN
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op, const_i32
from generator.wasm.types import ExternKind, FuncType, GlobalType, MemoryType, TableType, ValType

INIT = "link:init"

_THUNK = FuncType(())


@dataclass(frozen=True, slots=True)
class AddressToSet:
    """The address of data: `memory_base` of its library plus the value of the export `offset`."""

    destination: CoreExport | int
    """A global of the main module, or an address in memory."""
    memory_base: int
    offset: CoreExport


@dataclass(frozen=True, slots=True)
class Initialization:
    """The actions of the init module, in their order."""

    first_slot: int
    slots: Sequence[tuple[CoreExport, FuncType]]
    """Functions for the table from `first_slot` on."""
    addresses: Sequence[AddressToSet]
    dl_table: DlTable | None
    """Copied to memory before all else."""
    calls: Sequence[CoreCall]
    """Relocations, then constructors, with the calls that task hooks add."""

    @property
    def is_empty(self) -> bool:
        return not (self.slots or self.addresses or self.calls or self.dl_table)


class _Imports:
    """Imports each core export once; the module name names its instance."""

    def __init__(self, builder: ModuleBuilder) -> None:
        self.builder = builder
        self.items: dict[CoreExport, int] = {}

    def function(self, export: CoreExport, type: FuncType) -> int:
        if export not in self.items:
            self.items[export] = self.builder.import_function(export.module, export.name, type)
        return self.items[export]

    def i32(self, export: CoreExport, *, mutable: bool) -> int:
        if export not in self.items:
            type = GlobalType(ValType.I32, mutable)
            self.items[export] = self.builder.import_global(export.module, export.name, type)
        return self.items[export]


def build_init_module(
    initialization: Initialization, layout: MemoryLayout, debug_names: bool
) -> tuple[bytes, list[CoreExport]]:
    """The binary and its imports: each import's module and name are those of the core export."""
    builder = ModuleBuilder()
    imports = _Imports(builder)
    slots = [imports.function(export, type) for export, type in initialization.slots]
    calls = [(imports.function(call.function, call.type), call.argument) for call in initialization.calls]
    code = Code(0)
    for address in initialization.addresses:
        _set_address(code, imports, address)
    for function, argument in calls:
        if argument is not None:
            code.i32_const(argument)
        code.call(function)
    needed = list(imports.items)
    in_memory = any(isinstance(address.destination, int) for address in initialization.addresses)
    if in_memory or initialization.dl_table is not None:
        builder.import_memory(MAIN, names.MEMORY, MemoryType(layout.memory))
        needed.append(CoreExport(MAIN, names.MEMORY, ExternKind.MEMORY))
    if initialization.dl_table is not None:
        builder.add_data(const_i32(initialization.dl_table.base), initialization.dl_table.contents)
    if slots:
        builder.import_table(MAIN, names.TABLE, TableType(layout.table))
        needed.append(CoreExport(MAIN, names.TABLE, ExternKind.TABLE))
        builder.add_elements(const_i32(initialization.first_slot), slots)
    if code.out:
        builder.module.start = builder.add_function(_THUNK, code.body(), "initialize libraries")
    return builder.encode(names=debug_names, name=INIT), needed


def _set_address(code: Code, imports: _Imports, address: AddressToSet) -> None:
    destination = address.destination
    if isinstance(destination, int):
        code.i32_const(destination)
    code.i32_const(address.memory_base)
    code.global_get(imports.i32(address.offset, mutable=False))
    code.op(Op.I32_ADD)
    if isinstance(destination, int):
        code.mem(Mem.I32_STORE, 4, 0)
    else:
        code.global_set(imports.i32(destination, mutable=True))

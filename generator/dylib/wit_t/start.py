"""The functions that run first: relocations and the constructor (tool-conventions, DynamicLinking.md, "Interface and
usage"; `wit_dylib_initialize`)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.dylib.code import intrinsics
from generator.dylib.code.assembly import Assembly, Body
from generator.dylib.code.globals import MEMORY_BASE_INDEX
from generator.dylib.wit_t.relocations import define_relocate, encode_distances
from generator.dylib.wit_t.words import Image
from generator.wasm.code import Op
from generator.wasm.types import FuncType

APPLY_DATA_RELOCS = "__wasm_apply_data_relocs"
CALL_CTORS = "__wasm_call_ctors"


class LibraryStart:
    """The data of a library: the image of the wit_t, then the lists of its relocations."""

    def __init__(self, image: Image) -> None:
        self._memory_list = len(image.data)
        memory = encode_distances(image.memory_relocations) if image.memory_relocations else b""
        self._table_list = self._memory_list + len(memory)
        table = encode_distances(image.table_relocations) if image.table_relocations else b""
        self._relocates_memory, self.relocates_table = bool(memory), bool(table)
        self.data = image.data + memory + table

    def write_relocations(self, assembly: Assembly, table_base: int) -> None:
        """`__wasm_apply_data_relocs`, if there is anything to relocate."""
        if not self._relocates_memory and not self.relocates_table:
            return
        relocate = define_relocate(assembly, MEMORY_BASE_INDEX)
        body = _exported(assembly, APPLY_DATA_RELOCS)
        if self._relocates_memory:
            body.i32_const(self._memory_list)
            body.global_get(MEMORY_BASE_INDEX)
            body.call_to(relocate)
        if self.relocates_table:
            body.i32_const(self._table_list)
            body.global_get(table_base)
            body.call_to(relocate)


def write_constructor(assembly: Assembly, root: int, error_context: Sequence[int], table_base: int) -> None:
    """`__wasm_call_ctors`: passes the interpreter the error-context built-ins, if any, then the wit_t.

    `error_context`: places of new, debug-message and drop in the table.
    """
    body = _exported(assembly, CALL_CTORS)
    if error_context:
        for place in error_context:
            body.global_get(table_base)
            body.i32_const(place)
            body.op(Op.I32_ADD)
        body.call_to(assembly.intrinsic(intrinsics.ERROR_CONTEXT_INITIALIZE))
    body.global_get(MEMORY_BASE_INDEX)
    body.i32_const(root)
    body.op(Op.I32_ADD)
    body.call_to(assembly.intrinsic(intrinsics.INITIALIZE))


def write_passing(assembly: Assembly, root: int) -> None:
    """Bodies of the functions that add the last parameter of the extension for several worlds: the address of the
    wit_t, or, for `wit_dylib_initialize`, the version of the extension."""
    for name, (passing, function) in assembly.passing.items():
        body = passing.body = Body(len(passing.type.params))
        for param in range(len(passing.type.params)):
            body.local_get(param)
        if name == intrinsics.INITIALIZE:
            body.i32_const(intrinsics.SEVERAL_WORLDS)
        else:
            body.global_get(MEMORY_BASE_INDEX)
            body.i32_const(root)
            body.op(Op.I32_ADD)
        body.call_to(function)


def _exported(assembly: Assembly, name: str) -> Body:
    function = assembly.declare(name, FuncType(()))
    function.body = Body(0)
    assembly.export(name, function)
    return function.body

"""Functions that exist before what they call does: definitions are acyclic (Explainer.md, "Instance Definitions").

A lowered function may need the memory or `realloc` of the very module that imports it. Such a module is instantiated
with functions of the shim, which call through a table; once all needed instances exist, the fixup fills the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.types import ExternKind, FuncType, Limits, TableType, ValType

TABLE = "$imports"
_SHIM, _FIXUP = "wit-component:shim", "wit-component:fixups"
"""The modules' debug names, as the reference has them: debuggers and profilers show them."""


@dataclass(frozen=True, slots=True)
class SlotCall:
    """A call of what stands at a place of the table, with one number or none."""

    slot: int
    argument: int | None


@dataclass(frozen=True, slots=True)
class ShimFunction:
    """A function of the shim: it calls what stands at its own place of the table, and others before and after it."""

    type: FuncType
    name: str
    """For debuggers."""
    before: SlotCall | None = None
    after: SlotCall | None = None
    paused: SlotCall | None = None
    """In place of `after` where it returns another number than 0."""


def shim_module(functions: Sequence[ShimFunction], debug_names: bool) -> bytes:
    """A module that exports function `0`, `1`, ..., each a call through the table `$imports` at its own number."""
    module = ModuleBuilder()
    table = module.add_table(_table(len(functions)))
    for number, function in enumerate(functions):
        body = _Body(module, table, function)
        index = module.add_function(function.type, body.write(number), function.name)
        module.export(str(number), ExternKind.FUNC, index)
    module.export(TABLE, ExternKind.TABLE, table)
    return module.encode(names=debug_names, name=_SHIM)


class _Body:
    def __init__(self, module: ModuleBuilder, table: int, function: ShimFunction) -> None:
        self._module = module
        self._table = table
        self._function = function
        self._code = Code(len(function.type.params))

    def write(self, number: int) -> bytes:
        function, code = self._function, self._code
        self._call(function.before)
        for param in range(len(function.type.params)):
            code.local_get(param)
        code.i32_const(number)
        code.call_indirect(self._module.type_index(function.type), self._table)
        if function.paused is not None:
            result = code.local(ValType.I32)
            code.local_tee(result)
            code.if_()
            self._call(function.paused)
            code.else_()
            self._call(function.after)
            code.end()
            code.local_get(result)
        else:  # what the function returned stays on the stack meanwhile
            self._call(function.after)
        return code.body()

    def _call(self, call: SlotCall | None) -> None:
        if call is None:
            return
        if call.argument is not None:
            self._code.i32_const(call.argument)
        self._code.i32_const(call.slot)
        type = FuncType(() if call.argument is None else (ValType.I32,))
        self._code.call_indirect(self._module.type_index(type), self._table)


def fixup_module(types: Sequence[FuncType], debug_names: bool) -> bytes:
    """A module that imports the table and the functions (all from the module ``) and puts them into the table."""
    module = ModuleBuilder()
    functions = [module.import_function("", str(number), type) for number, type in enumerate(types)]
    module.function_names.update({index: str(number) for number, index in enumerate(functions)})
    module.import_table("", TABLE, _table(len(types)))
    module.add_elements(const_i32(0), functions)
    return module.encode(names=debug_names, name=_FIXUP)


def _table(size: int) -> TableType:
    return TableType(Limits(size, size))

"""Functions that exist before what they call does: definitions are acyclic (Explainer.md, "Instance Definitions").

A lowered function may need the memory or `realloc` of the very module that imports it. Such a module is instantiated
with functions of the shim, which call through a table; once all needed instances exist, the fixup fills the table.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32
from generator.wasm.types import ExternKind, FuncType, Limits, TableType

TABLE = "$imports"
_SHIM, _FIXUP = "wit-component:shim", "wit-component:fixups"
"""The modules' debug names, as the reference has them: debuggers and profilers show them."""


def shim_module(functions: Sequence[tuple[FuncType, str]], debug_names: bool) -> bytes:
    """A module that exports function `0`, `1`, ..., each a call through the table `$imports` at its own number.

    `functions`: type and debug name.
    """
    module = ModuleBuilder()
    table = module.add_table(_table(len(functions)))
    for number, (type, name) in enumerate(functions):
        code = Code(len(type.params))
        for param in range(len(type.params)):
            code.local_get(param)
        code.i32_const(number)
        code.call_indirect(module.type_index(type), table)
        index = module.add_function(type, code.body(), name)
        module.export(str(number), ExternKind.FUNC, index)
    module.export(TABLE, ExternKind.TABLE, table)
    return module.encode(names=debug_names, name=_SHIM)


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

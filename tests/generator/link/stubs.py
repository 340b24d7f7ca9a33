"""An interpreter that can be linked and does nothing: it has every function that a library asks for."""

from __future__ import annotations

from collections.abc import Iterable

from generator.wasm.code import Op
from generator.wasm.decode import DecodedModule
from generator.wasm.types import FuncIndex, FuncType, ValType
from tests.generator.link.libraries import LibraryBuilder, dylink

I32 = ValType.I32

BUILTINS: dict[tuple[str, str], tuple[int, int]] = {
    ("$root", "[waitable-set-new]"): (0, 1),
    ("$root", "[waitable-set-wait]"): (2, 1),
    ("$root", "[waitable-set-poll]"): (2, 1),
    ("$root", "[waitable-set-drop]"): (1, 0),
    ("$root", "[waitable-join]"): (2, 0),
    ("$root", "[subtask-cancel]"): (1, 1),
    ("$root", "[async-lower][subtask-cancel]"): (1, 1),
    ("$root", "[subtask-drop]"): (1, 0),
    ("$root", "[backpressure-inc]"): (0, 0),
    ("$root", "[backpressure-dec]"): (0, 0),
    ("$root", "[thread-yield]"): (0, 1),
    ("$root", "[context-get-0]"): (0, 1),
    ("$root", "[context-set-0]"): (1, 0),
    ("[export]$root", "[task-cancel]"): (0, 0),
}
"""The imports of an interpreter itself, with the numbers of parameters and results, all of type i32."""


def stub_interpreter(library: bytes, builtins: Iterable[tuple[str, str]] = tuple(BUILTINS)) -> bytes:
    """`builtins`: those that it imports, of `BUILTINS`."""
    builder = LibraryBuilder(dylink(memory=(16, 4)))
    for module, name in builtins:
        params, results = BUILTINS[module, name]
        builder.import_function(module, name, FuncType((I32,) * params, (I32,) * results))
    builder.memory()
    decoded = DecodedModule(library)
    for item in decoded.imports:
        if item.module == "env" and isinstance(item.desc, FuncIndex):
            builder.define(item.name, decoded.import_func_type(item), lambda code: code.op(Op.UNREACHABLE))
    return builder.encode()

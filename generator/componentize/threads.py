"""Imports with which core modules address the task or thread that runs them: its stack pointer, its thread-local
storage, new threads. The names are those on which wasm-ld and wasm-tools agree; their meaning was learnt from
wasm-tools 1.262."""

from __future__ import annotations

from generator.component.canon import BuiltinOp
from generator.componentize.builtins import FoundBuiltin
from generator.componentize.definitions import PlainBuiltin
from generator.wasm.decode import DecodedModule
from generator.wasm.types import FuncType, ValType

ENV = "env"
GET_STACK_POINTER, SET_STACK_POINTER = "__wasm_get_stack_pointer", "__wasm_set_stack_pointer"
GET_TLS_BASE, SET_TLS_BASE = "__wasm_get_tls_base", "__wasm_set_tls_base"
NEW_THREAD = "[thread-new-indirect-v0]"
"""The field of the module `$root` that starts a thread with a function of the table."""
THREAD_START = FuncType((ValType.I32,))
TABLE = "__indirect_function_table"

_SLOTS = {
    GET_STACK_POINTER: (BuiltinOp.CONTEXT_GET, 0),
    SET_STACK_POINTER: (BuiltinOp.CONTEXT_SET, 0),
    GET_TLS_BASE: (BuiltinOp.CONTEXT_GET, 1),
    SET_TLS_BASE: (BuiltinOp.CONTEXT_SET, 1),
}
"""The contents of the slots of the context (CanonicalABI.md, `Thread.storage`)."""


def context_import(name: str, type: FuncType) -> FoundBuiltin | None:
    """The built-in behind an import from `env`; None for other names. `type` decides how wide addresses are."""
    if name not in _SLOTS:
        return None
    op, slot = _SLOTS[name]
    width = address_type(type)
    expected = FuncType((), (width,)) if op is BuiltinOp.CONTEXT_GET else FuncType((width,))
    return FoundBuiltin(PlainBuiltin(op, (width, slot)), expected)


def address_type(type: FuncType) -> ValType:
    return ValType.I64 if ValType.I64 in (*type.params, *type.results) else ValType.I32


def makes_threads(module: DecodedModule) -> bool:
    return any(item.name == NEW_THREAD for item in module.imports)

"""The interpreter's functions that a library may import from `env`, and their core signatures.

Facts of the interface (wit_dylib.h); if header and wasm-tools disagree (maps), the signature that wasm-tools 1.257
imports. `*_fixed_length_list` and `*_error_context*` are this project's extension.
"""

from __future__ import annotations

from generator.dylib.world.types import PASSING, Kind, Passing
from generator.wasm.types import FuncType, ValType

ENV = "env"

I32 = ValType.I32

INITIALIZE = "wit_dylib_initialize"
DEALLOC_BYTES = "wit_dylib_dealloc_bytes"
EXPORT_START = "wit_dylib_export_start"
EXPORT_CALL = "wit_dylib_export_call"
EXPORT_FINISH = "wit_dylib_export_finish"
EXPORT_ASYNC_CALL = "wit_dylib_export_async_call"
EXPORT_ASYNC_CALLBACK = "wit_dylib_export_async_callback"
RESOURCE_DTOR = "wit_dylib_resource_dtor"
ERROR_CONTEXT_INITIALIZE = "wit_dylib_error_context_initialize"
REALLOC = "cabi_realloc"
LIST_APPEND = "wit_dylib_list_append"
MAP_APPEND = "wit_dylib_map_append"


def push(kind: Kind) -> str:
    return f"wit_dylib_push_{kind.word}"


def pop(kind: Kind) -> str:
    return f"wit_dylib_pop_{kind.word}"


def pop_iter_next(kind: Kind, abi_version: int) -> str:
    """Advances the iterator over a list or map; version 2 has only lists and a name without `list`."""
    return "wit_dylib_pop_iter_next" if abi_version == 2 else f"wit_dylib_pop_{kind.word}_iter_next"


def pop_iter(kind: Kind, abi_version: int) -> str:
    return "wit_dylib_pop_iter" if abi_version == 2 else f"wit_dylib_pop_{kind.word}_iter"


_CORE = {
    Kind.U64: ValType.I64,
    Kind.S64: ValType.I64,
    Kind.F32: ValType.F32,
    Kind.F64: ValType.F64,
}


def core_type(kind: Kind) -> ValType:
    """The core type of a value that is pushed and popped as a whole."""
    return _CORE.get(kind, I32)


def _signatures() -> dict[str, FuncType]:
    def of(*params: ValType, result: ValType | None = None) -> FuncType:
        return FuncType(params, () if result is None else (result,))

    table = {
        INITIALIZE: of(I32),
        REALLOC: of(I32, I32, I32, I32, result=I32),
        DEALLOC_BYTES: of(I32, I32, I32, I32, I32),
        EXPORT_START: of(I32, result=I32),
        EXPORT_CALL: of(I32, I32),
        EXPORT_FINISH: of(I32, I32),
        EXPORT_ASYNC_CALL: of(I32, I32, result=I32),
        EXPORT_ASYNC_CALLBACK: of(I32, I32, I32, I32, result=I32),
        RESOURCE_DTOR: of(I32, I32),
        ERROR_CONTEXT_INITIALIZE: of(I32, I32, I32),
        LIST_APPEND: of(I32, I32),
        MAP_APPEND: of(I32, I32),
        push(Kind.STRING): of(I32, I32, I32),
        pop(Kind.STRING): of(I32, I32, result=I32),
        push(Kind.LIST): of(I32, I32, I32, I32, result=I32),
        pop(Kind.LIST): of(I32, I32, I32, result=I32),
        push(Kind.MAP): of(I32, I32, I32),
        pop(Kind.MAP): of(I32, I32, result=I32),
    }
    for kind in (Kind.LIST, Kind.MAP):
        for version in (2, 3):
            table[pop_iter_next(kind, version)] = of(I32, I32)
            table[pop_iter(kind, version)] = of(I32, I32)
    for kind in Kind:
        if PASSING[kind] is Passing.PRODUCT:  # makes one value of the parts, or takes it apart
            table[push(kind)] = table[pop(kind)] = of(I32, I32)
        elif push(kind) not in table and kind is not Kind.ALIAS:
            index = (I32,) * kind.has_index
            table[push(kind)] = of(I32, *index, core_type(kind))
            table[pop(kind)] = of(I32, *index, result=core_type(kind))
    return table


SIGNATURES = _signatures()

SEVERAL_WORLDS = 1
"""Version of the extension of that name (wit_dylib.h), which `wit_dylib_initialize` tells the interpreter."""


def in_several_worlds(name: str) -> FuncType | None:
    """The signature in the extension for several worlds: one more parameter, the last. None for functions that know no
    world."""
    type = SIGNATURES[name]
    return None if name == REALLOC else FuncType((*type.params, I32), type.results)

"""Names that the dynamic linking convention gives a meaning (tool-conventions, DynamicLinking.md)."""

from __future__ import annotations

ENV = "env"
GOT_MEM = "GOT.mem"
GOT_FUNC = "GOT.func"

MEMORY = "memory"
TABLE = "__indirect_function_table"
MEMORY_BASE = "__memory_base"
TABLE_BASE = "__table_base"
STACK_POINTER = "__stack_pointer"

# Not in the convention; wasm-ld and wasi-libc ask for them.
INIT_STACK_POINTER = "__init_stack_pointer"
HEAP_BASE = "__heap_base"
HEAP_END = "__heap_end"
STACK_HIGH = "__stack_high"
STACK_LOW = "__stack_low"

# Not in the convention: the address of the table of `dlopen` (see `dl_table`).
LIBDL_LIBRARIES = "__wasm_libdl_libraries"

# Not in the convention: thread-local storage of libraries and of the program (see `tls`).
LIBRARY_TLS_INFO = "__wasm_library_tls_info"
PROGRAM_TLS_INFO = "__wasm_program_tls_info"

# Not in the convention; Binaryen's asyncify pass asks for them in relocatable modules.
ASYNCIFY_STATE = "__asyncify_state"
ASYNCIFY_DATA = "__asyncify_data"

APPLY_DATA_RELOCS = "__wasm_apply_data_relocs"
CALL_CTORS = "__wasm_call_ctors"
INITIALIZE = "_initialize"
START = "_start"

CABI_REALLOC = "cabi_realloc"
CABI_IMPORT_REALLOC = "cabi_import_realloc"
CABI_EXPORT_REALLOC = "cabi_export_realloc"

COMPONENT_TYPE_PREFIX = "component-type"

ENV_GLOBALS = {
    # name: whether mutable
    MEMORY_BASE: False,
    TABLE_BASE: False,
    STACK_POINTER: True,
    INIT_STACK_POINTER: False,
    ASYNCIFY_STATE: True,
    ASYNCIFY_DATA: True,
}
"""Globals of `env` that the linker provides; all are i32."""

LINKER_ADDRESSES = frozenset((HEAP_BASE, HEAP_END, STACK_HIGH, STACK_LOW, LIBDL_LIBRARIES, PROGRAM_TLS_INFO))
"""Addresses in `GOT.mem` that the linker itself defines, even if a library exports them."""

LIFECYCLE = frozenset((APPLY_DATA_RELOCS, CALL_CTORS, INITIALIZE, START))
"""Exports that each library has for itself: they are called by the linker, never resolved as symbols."""

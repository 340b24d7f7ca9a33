"""Imports and exports of core modules that ask for what components made here do not have, refused by name.

Their names are those that wasm-ld and wasm-tools agree on; no specification has them.
"""

from __future__ import annotations

from generator.wasm.decode import DecodedModule

_THREAD_LOCAL = "thread-local storage is"
_STACK_POINTER = "a stack pointer for each task is"
_THREADS = "cooperative threads are"

_IMPORTS = {
    ("env", "__wasm_get_tls_base"): _THREAD_LOCAL,
    ("env", "__wasm_set_tls_base"): _THREAD_LOCAL,
    ("GOT.mem", "__wasm_program_tls_info"): _THREAD_LOCAL,
    ("env", "__tls_base"): _THREAD_LOCAL,
    ("env", "__wasm_get_stack_pointer"): _STACK_POINTER,
    ("env", "__wasm_set_stack_pointer"): _STACK_POINTER,
    ("$root", "[thread-new-indirect-v0]"): _THREADS,
}

_EXPORTS = {
    "__wasm_library_tls_info": _THREAD_LOCAL,
}


def unsupported(module: DecodedModule) -> str | None:
    """What a module has that is not supported, as a sentence; None if nothing."""
    for item in module.imports:
        feature = _IMPORTS.get((item.module, item.name))
        if feature is not None:
            return f"`{item.name}` is imported from `{item.module}`, but {feature} not supported"
    for name in module.exports_by_name:
        if name in _EXPORTS:
            return f"`{name}` is exported, but {_EXPORTS[name]} not supported"
    return None

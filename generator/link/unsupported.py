"""Imports and exports of libraries that ask for what the linker does not have, refused by name.

Their names are those that wasm-ld and wasm-tools agree on; no specification has them.
"""

from __future__ import annotations

from generator.componentize.threads import ENV, GET_TLS_BASE, SET_TLS_BASE
from generator.link.names import GOT_MEM
from generator.wasm.decode import DecodedModule

_IMPORTS = frozenset(
    ((ENV, GET_TLS_BASE), (ENV, SET_TLS_BASE), (ENV, "__tls_base"), (GOT_MEM, "__wasm_program_tls_info"))
)
_EXPORTS = frozenset(("__wasm_library_tls_info",))


def unsupported(module: DecodedModule) -> str | None:
    """What a library has that is not supported, as a sentence; None if nothing."""
    for item in module.imports:
        if (item.module, item.name) in _IMPORTS:
            return f"`{item.name}` is imported from `{item.module}`, but thread-local storage is not supported"
    for name in module.exports_by_name:
        if name in _EXPORTS:
            return f"`{name}` is exported, but thread-local storage is not supported"
    return None

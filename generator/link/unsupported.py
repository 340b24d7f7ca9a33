"""Imports and exports of libraries that ask for what the linker does not have, refused by name.

Their names are those that wasm-ld and wasm-tools agree on; no specification has them.
"""

from __future__ import annotations

from generator.componentize.threads import ENV
from generator.wasm.decode import DecodedModule


def unsupported(module: DecodedModule) -> str | None:
    """What a library has that is not supported, as a sentence; None if nothing."""
    for item in module.imports:
        if (item.module, item.name) == (ENV, "__tls_base"):
            return f"`{item.name}` is imported from `{item.module}`: thread-local storage by that name is not supported"
    return None

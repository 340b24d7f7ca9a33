"""Imports and exports of libraries that request something that the linker does not have, refused by name. Their names
are those on which wasm-ld and wasm-tools agree; no specification has them."""

from __future__ import annotations

from generator.componentize.threads import ENV
from generator.wasm.decode import DecodedModule


def unsupported(module: DecodedModule) -> str | None:
    """An unsupported item of a library, as a sentence; None if there is none."""
    for item in module.imports:
        if (item.module, item.name) == (ENV, "__tls_base"):
            return f"`{item.name}` is imported from `{item.module}`: thread-local storage by that name is not supported"
    return None

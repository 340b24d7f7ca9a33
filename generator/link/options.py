"""The options of a link."""

from __future__ import annotations

from dataclasses import dataclass

from generator.adapt.adapter import Adapter
from generator.link.layout import DEFAULT_STACK_SIZE


@dataclass(frozen=True, slots=True)
class LinkOptions:
    stack_size: int = DEFAULT_STACK_SIZE
    """In bytes; rounded up to the stack's alignment."""
    stub_missing_functions: bool = False
    """Functions that nobody defines trap when they are called; otherwise they are an error."""
    built_in_libdl: bool = False
    """Add `libdl.so`, which finds the definitions of `dl_openable` libraries."""
    adapters: tuple[Adapter, ...] = ()
    """Modules for imports of libraries that neither WIT nor another library defines."""
    realloc_via_memory_grow: bool = False
    """Adapters allocate whole pages, not with the libraries' `cabi_realloc`."""
    several_worlds: bool = False
    """Several libraries may be generated, if all use the extension for several worlds (wit_dylib.h)."""

"""The allocator of each library (CanonicalABI.md, `realloc`), by the name of its export."""

from __future__ import annotations

from generator.componentize.standard_names import REALLOC
from generator.link import names
from generator.link.library import Library
from generator.link.selection import SelectedLibraries
from generator.link.symbols import FunctionSymbol
from generator.wasm.types import FuncType, ValType

_REALLOC = FuncType((ValType.I32,) * 4, (ValType.I32,))


class Allocators:
    """`legacy_names`: the names beside those of the standard scheme name allocators, too."""

    def __init__(self, selection: SelectedLibraries, legacy_names: bool) -> None:
        self._legacy_names = legacy_names
        found = (self._own(library, names.CABI_REALLOC) for library in selection.by_priority)
        self.shared = next((function for function in found if function is not None), None)
        """The allocator of the libraries that have none of their own: that of the first library that has one."""
        self.for_imports = {
            library.name: self._own(library, names.CABI_IMPORT_REALLOC, names.CABI_REALLOC) or self.shared
            for library in selection.in_order
        }
        """By the name of the library."""

    def for_exports(self, library: Library) -> FunctionSymbol | None:
        return self._own(library, names.CABI_EXPORT_REALLOC, names.CABI_REALLOC) or self.shared

    def _own(self, library: Library, *legacy: str) -> FunctionSymbol | None:
        """The first function that the library defines with a name and the type of the canonical ABI's `realloc`."""
        for name in (*legacy, REALLOC) if self._legacy_names else (REALLOC,):
            if library.contents.defined_functions.get(name) == _REALLOC:
                return FunctionSymbol(library.name, name, _REALLOC)
        return None

"""The table by which `dlopen` and `dlsym` find libraries and symbols at run time.

Its layout is the reference's, which its libdl and others read through the address `__wasm_libdl_libraries` (learnt from
wasm-tools' `crates/wit-component/dl/src/lib.rs`); all numbers are 32-bit, little-endian:
`Libraries { count, libraries }`, `Library { name_length, name, symbol_count, symbols }`,
`Symbol { name_length, name, address }`, libraries and symbols sorted by the bytes of their names, which are not
terminated.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from generator.link.library import Library
from generator.link.symbols import FunctionSymbol

LIBRARIES_SIZE = 8
LIBRARY_SIZE = 16
SYMBOL_SIZE = 12
ADDRESS_OFFSET = 8
"""The offset of the address in a symbol."""


@dataclass(frozen=True, slots=True)
class DataSymbol:
    """The place for the address of data, which only the init module knows."""

    place: int
    library: str
    symbol: str


@dataclass(frozen=True, slots=True)
class DlTable:
    """`contents` lie at `base` and begin with the `Libraries`."""

    base: int
    contents: bytes
    data_symbols: tuple[DataSymbol, ...]


def openable_functions(libraries: Sequence[Library]) -> list[FunctionSymbol]:
    """The functions that need a place in the table of functions."""
    return [
        FunctionSymbol(library.name, name, type)
        for library in libraries
        if library.dl_openable
        for name, type in library.contents.defined_functions.items()
    ]


def build_dl_table(libraries: Sequence[Library], base: int, slot: Callable[[FunctionSymbol], int]) -> DlTable:
    """The table of the libraries that may be opened. Its size depends on names only, not on `base` or `slot`."""
    openable = sorted([item for item in libraries if item.dl_openable], key=lambda item: item.name.encode())
    symbols_at = base + LIBRARIES_SIZE + LIBRARY_SIZE * len(openable)
    names_at = symbols_at + SYMBOL_SIZE * sum([len(symbols_of(library)) for library in openable])
    entries, symbols, names = bytearray(), bytearray(), bytearray()
    data_symbols: list[DataSymbol] = []

    def name(text: str) -> bytes:
        raw = text.encode()
        reference = struct.pack("<II", len(raw), names_at + len(names))
        names.extend(raw)
        return reference

    for library in openable:
        found = symbols_of(library)
        entries += name(library.name) + struct.pack("<II", len(found), symbols_at + len(symbols))
        for symbol in found:
            type = library.contents.defined_functions.get(symbol)
            if type is None:
                data_symbols.append(DataSymbol(symbols_at + len(symbols) + ADDRESS_OFFSET, library.name, symbol))
            address = 0 if type is None else slot(FunctionSymbol(library.name, symbol, type))
            symbols += name(symbol) + struct.pack("<I", address)
    head = struct.pack("<II", len(openable), base + LIBRARIES_SIZE)
    return DlTable(base, bytes(head + entries + symbols + names), tuple(data_symbols))


def symbols_of(library: Library) -> list[str]:
    """The symbols that `dlsym` finds in a library, in the order of its binary search."""
    contents = library.contents
    return sorted([*contents.defined_functions, *contents.defined_data], key=str.encode)

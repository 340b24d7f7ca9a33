"""The interface of a core module: the module without custom sections, and its module type as a component declares
it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from harness.binary.sections import MODULE_PREAMBLE, BinaryError, Reader, name, sections, unsigned, vector

_TYPE, _IMPORT, _FUNCTION, _TABLE, _MEMORY, _GLOBAL, _EXPORT = range(1, 8)
_TAG = 13
_KINDS = ((0, _FUNCTION), (1, _TABLE), (2, _MEMORY), (4, _TAG), (3, _GLOBAL))
"""Kinds of imports and exports, and the sections of their definitions."""
_HAS_MAXIMUM, _HAS_PAGE_SIZE = 1, 8
"""Flags of limits."""
_END, _GLOBAL_GET, _I32_CONST, _I32_ADD = 0x0B, 0x23, 0x41, 0x6A


def without_customs(module: bytes) -> bytes:
    """Linkers drop and add custom sections; they leave the rest of a library unchanged."""
    if module[:8] != MODULE_PREAMBLE:
        raise BinaryError("not a core module: wrong first 8 bytes")
    return module[:8] + b"".join(module[part.start : part.end] for part in sections(module) if part.id)


@lru_cache(maxsize=64)
def module_type(module: bytes) -> bytes:
    """A `core:moduletype` (Binary.md) with exactly the imports and exports of `module`.

    `BinaryError` for types beyond those of C libraries (GC, tables with initialisers).
    """
    bodies = {part.id: Reader(module, part.body, part.end) for part in sections(module) if part.id}
    types = _types(bodies.get(_TYPE))
    declarations = [b"\x01" + type for type in types]
    spaces: dict[int, list[bytes]] = {kind: [] for kind, _ in _KINDS}
    if _IMPORT in bodies:
        reader = bodies[_IMPORT]
        for _ in range(reader.unsigned()):
            start = reader.at
            reader.name()
            reader.name()
            kind = reader.byte()
            spaces[_known(kind, reader)].append(_extern(kind, reader))
            declarations.append(b"\x00" + module[start : reader.at])
    for kind, id in _KINDS:
        if id in bodies:
            reader = bodies[id]
            for _ in range(reader.unsigned()):
                spaces[kind].append(_extern(kind, reader))
                if kind == 3:
                    skip_constant(reader)
    if _EXPORT in bodies:
        reader = bodies[_EXPORT]
        for _ in range(reader.unsigned()):
            text = reader.name()
            kind = _known(reader.byte(), reader)
            declarations.append(b"\x03" + name(text) + bytes([kind]) + spaces[kind][reader.unsigned()])
    return b"\x50" + vector(declarations)


@dataclass(frozen=True, slots=True)
class CoreInterface:
    """Imports by module and name, exports by name; each with its type in words (`func(i32) -> i32`)."""

    imports: dict[tuple[str, str], str]
    exports: dict[str, str]


@lru_cache(maxsize=64)
def core_interface(module: bytes) -> CoreInterface:
    """The imports and exports of a dynamic library. `BinaryError` as for `module_type`."""
    types: list[str] = []
    imports: dict[tuple[str, str], str] = {}
    exports: dict[str, str] = {}
    reader = Reader(module_type(without_customs(module)), 1)  # as sharing the module requires
    for _ in range(reader.unsigned()):
        declaration = reader.byte()
        if declaration == 1:
            reader.byte()
            types.append(f"func({_values(reader)}) -> ({_values(reader)})")
        elif declaration == 0:
            key = (reader.name(), reader.name())
            imports[key] = _in_words(reader, types)
        else:
            name = reader.name()
            exports[name] = _in_words(reader, types)
    return CoreInterface(imports, exports)


_VALUE_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}


def _values(reader: Reader) -> str:
    return ", ".join(_VALUE_TYPES.get(byte, hex(byte)) for byte in reader.take(reader.unsigned()))


def _in_words(reader: Reader, types: list[str]) -> str:
    """Sizes of memories and tables are left out: they depend on the contents of a library."""
    kind = reader.byte()
    if kind == 0:
        return types[reader.unsigned()]
    start = reader.at
    _extern(kind, reader)
    if kind == 3:
        value, mutable = reader.data[start], reader.data[start + 1]
        return f"global {'mut ' if mutable else ''}{_VALUE_TYPES.get(value, hex(value))}"
    if kind == 4:
        return f"tag of {types[Reader(reader.data, start + 1).unsigned()]}"
    return "table" if kind == 1 else "memory"


@lru_cache(maxsize=64)
def imported(module: bytes) -> tuple[tuple[str, str, int], ...]:
    """Module, name and kind (0 function, 1 table, 2 memory, 3 global, 4 tag) of each import. Raises `BinaryError`."""
    return tuple(_imported(module))


def _imported(module: bytes) -> Iterator[tuple[str, str, int]]:
    for part in sections(module):
        if part.id == _IMPORT:
            reader = Reader(module, part.body, part.end)
            for _ in range(reader.unsigned()):
                key = reader.name(), reader.name()
                kind = _known(reader.byte(), reader)
                _extern(kind, reader)
                yield *key, kind


def imported_memory(module: bytes) -> tuple[int, int | None] | None:
    """The least and the most pages of `env.memory`, if the module imports it. Raises `BinaryError`."""
    for part in sections(module):
        if part.id == _IMPORT:
            reader = Reader(module, part.body, part.end)
            for _ in range(reader.unsigned()):
                key = reader.name(), reader.name()
                kind = _known(reader.byte(), reader)
                limits = Reader(module, reader.at)
                _extern(kind, reader)
                if kind == 2 and key == ("env", "memory"):
                    flags = limits.byte()
                    return limits.unsigned(), limits.unsigned() if flags & _HAS_MAXIMUM else None
    return None


def has_tags(module: bytes) -> bool:
    """Whether a module defines or imports a tag, as modules with exceptions do. Raises `BinaryError`."""
    return any(part.id == _TAG for part in sections(module)) or any(kind == 4 for _, _, kind in imported(module))


def has_page_sizes(module: bytes) -> bool:
    """Whether a module defines a memory that says the size of its pages. Raises `BinaryError`."""
    for part in sections(module):
        if part.id == _MEMORY:
            reader = Reader(module, part.body, part.end)
            return any(_limits(reader, known=15) & _HAS_PAGE_SIZE for _ in range(reader.unsigned()))
    return False


def place(reader: Reader) -> tuple[int | None, int] | None:
    """The place where an offset expression puts a segment: the index of a global (None: a fixed place) and a number
    added to it. None for other forms of expressions."""
    start = reader.at
    base: int | None = None
    added = 0
    skip_constant(reader)
    within = Reader(reader.data, start, reader.at)
    opcode = within.byte()
    if opcode == _GLOBAL_GET:
        base = within.unsigned()
        opcode = within.byte()
    if opcode == _I32_CONST:
        added = within.signed()
        if base is not None and within.byte() != _I32_ADD:
            return None
        opcode = within.byte()
    return (base, added) if opcode == _END and within.at == within.end else None


def _known(kind: int, reader: Reader) -> int:
    if kind > 4:
        raise BinaryError(f"an import or export of kind {kind} before offset {reader.at}")
    return kind


def _types(reader: Reader | None) -> list[bytes]:
    if reader is None:
        return []
    types = []
    for _ in range(reader.unsigned()):
        start = reader.at
        if reader.byte() != 0x60:
            raise BinaryError(f"a type other than a function's at offset {start}")
        reader.take(reader.unsigned())
        reader.take(reader.unsigned())
        types.append(reader.data[start : reader.at])
    return types


def _extern(kind: int, reader: Reader) -> bytes:
    """The part after the kind in a `core:externtype`, and (by design of the format) in the sections of definitions."""
    if kind == 0:
        return unsigned(reader.unsigned())
    start = reader.at
    if kind == 1:
        if reader.byte() not in (0x70, 0x6F):
            raise BinaryError(f"a table of another type than funcref or externref at offset {start}")
        _limits(reader)
    elif kind == 2:
        _limits(reader)
    elif kind == 4:
        reader.byte()  # the only attribute: an exception
        reader.unsigned()
    else:
        reader.take(2)
    return reader.data[start : reader.at]


def _limits(reader: Reader, known: int = 7) -> int:
    """The flags. `known`: those that may be set."""
    flags = reader.byte()
    if flags & ~known:
        raise BinaryError(f"unknown limits before offset {reader.at}")
    reader.unsigned()
    for flag in (_HAS_MAXIMUM, _HAS_PAGE_SIZE):
        if flags & flag:
            reader.unsigned()
    return flags


def skip_constant(reader: Reader) -> None:
    """A constant expression (core specification, 3.4.14.2, with extended constants), `end` included."""
    while (opcode := reader.byte()) != _END:
        if opcode in (_I32_CONST, 0x42, _GLOBAL_GET, 0xD2, 0xD0):  # LEB128, signed or not, has the same length
            while reader.byte() >= 128:
                pass
        elif opcode in (0x43, 0x44):
            reader.take(4 if opcode == 0x43 else 8)
        elif opcode not in (_I32_ADD, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E):  # add, sub, mul
            raise BinaryError(f"a constant expression with opcode {opcode:#x} before offset {reader.at}")

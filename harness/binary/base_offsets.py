"""Memory accesses and pointers of a library's code at fixed distances from `__memory_base` and `__table_base`.

The analysis reports only certain facts: it follows values within a straight line of code, as `base + constant`; values
from elsewhere are unknown. Opcodes: WebAssembly core specification, 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from harness.binary.sections import Reader, Section, unsigned

_BLOCK, _LOOP, _IF, _BR_TABLE, _CALL, _CALL_INDIRECT, _SELECT_TYPED = 0x02, 0x03, 0x04, 0x0E, 0x10, 0x11, 0x1C
_GLOBAL_GET, _I64_CONST, _F32_CONST, _F64_CONST = 0x23, 0x42, 0x43, 0x44
_FIRST_LOAD, _FIRST_STORE, _LAST_STORE = 0x28, 0x36, 0x3E
_WIDTHS = (4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4)
"""Bytes that each load and store touches, from `i32.load` to `i64.store32`."""
_INDICES = {
    **dict.fromkeys((0x0C, 0x0D, _CALL, 0x12, 0x14, 0x15, 0x24, 0x25, 0x26, 0x3F, 0x40, 0xD0, 0xD2, 0x08), 1),
    **dict.fromkeys((_CALL_INDIRECT, 0x13), 2),
}
"""The number of indices (LEB128) after opcodes that the analysis only skips."""
_MISC = {**dict.fromkeys(range(8), 0), 8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}
"""The same for opcodes after the prefix 0xFC."""
_STRAIGHT = frozenset((0x01, _BLOCK, 0x1B, _CALL, _CALL_INDIRECT, 0x24, *range(0x45, 0xC5)))
"""After these opcodes, locals keep their values."""


@dataclass(frozen=True, slots=True)
class Bases:
    """The indices of the imported globals `__memory_base` and `__table_base`, and of the function
    `wit_dylib_initialize`; None if it is not imported."""

    memory: int | None
    table: int | None
    initialize: int | None


@dataclass(frozen=True, slots=True)
class Touched:
    """Distances from the bases. `accesses`: with their width in bytes; `pointers` into memory and `indices` into the
    table: the stored values; `descriptions`: the arguments of `wit_dylib_initialize`."""

    accesses: frozenset[tuple[int, int]] = frozenset()
    pointers: frozenset[int] = frozenset()
    indices: frozenset[int] = frozenset()
    descriptions: frozenset[int] = frozenset()


def touched(library: bytes, code: Section | None, bases: Bases) -> Touched:
    """Raises `BinaryError` for code that cannot be read. The analysis of a function ends at instructions beyond those
    of C libraries (vectors, garbage collection)."""
    found = _Found()
    if code is not None and bases.memory is not None:
        reader = Reader(library, code.body, code.end)
        wanted = bytes((_GLOBAL_GET,)) + unsigned(bases.memory)
        for _ in range(reader.unsigned()):
            size = reader.unsigned()
            start = reader.at
            reader.take(size)
            if library.find(wanted, start, reader.at) >= 0:  # most functions have no use for it
                _Function(Reader(library, start, reader.at), bases, found).follow()
    return Touched(
        frozenset(found.accesses), frozenset(found.pointers), frozenset(found.indices), frozenset(found.descriptions)
    )


class _Found:
    def __init__(self) -> None:
        self.accesses: set[tuple[int, int]] = set()
        self.pointers: set[int] = set()
        self.indices: set[int] = set()
        self.descriptions: set[int] = set()


class _Value(NamedTuple):
    """A base (`_MEMORY`, `_TABLE`; 0: none) and the number added to it."""

    base: int
    added: int


_NUMBER, _MEMORY, _TABLE = range(3)
_Known = _Value | None
_MEMORY_BASE, _TABLE_BASE = _Value(_MEMORY, 0), _Value(_TABLE, 0)


class _Unknown(Exception):
    """An instruction of unknown length."""


class _Function:
    def __init__(self, reader: Reader, bases: Bases, found: _Found) -> None:
        self._reader = reader
        self._bases = bases
        self._found = found
        self._stack: list[_Known] = []
        self._locals: dict[int, _Known] = {}

    def follow(self) -> None:
        reader = self._reader
        for _ in range(reader.unsigned()):
            reader.unsigned()
            reader.byte()
        try:
            self._instructions()
        except _Unknown:
            return

    def _pop(self) -> _Known:
        return self._stack.pop() if self._stack else None

    def _instructions(self) -> None:
        """One loop, the frequent opcodes first: a library has thousands of instructions. Raises `_Unknown`."""
        reader, stack, known = self._reader, self._stack, self._locals
        data, end = reader.data, reader.end
        while (at := reader.at) < end:
            opcode = data[at]
            reader.at = at + 1
            if opcode == 0x20:  # local.get
                stack.append(known.get(reader.unsigned()))
            elif opcode == 0x41:  # i32.const
                stack.append(_Value(_NUMBER, reader.signed()))
            elif _FIRST_LOAD <= opcode <= _LAST_STORE:
                self._access(opcode)
            elif opcode == 0x6A:  # i32.add
                stack.append(_sum(self._pop(), self._pop()))
            elif opcode == 0x23:  # global.get
                stack.append(self._global(reader.unsigned()))
            elif opcode == 0x21:  # local.set
                known[reader.unsigned()] = self._pop()
            elif opcode == 0x22:  # local.tee
                known[reader.unsigned()] = stack[-1] if stack else None
            elif opcode == 0x1A:  # drop
                self._pop()
            elif opcode in (0x42, 0x43, 0x44):  # i64.const, f32.const, f64.const
                _skip(opcode, reader)
                stack.append(None)
            else:
                self._other(opcode)

    def _global(self, index: int) -> _Known:
        if index == self._bases.memory:
            return _MEMORY_BASE
        return _TABLE_BASE if index == self._bases.table else None

    def _access(self, opcode: int) -> None:
        reader = self._reader
        if reader.unsigned() & 0x40:  # with the index of a memory
            reader.unsigned()
        offset = reader.unsigned()
        if opcode >= _FIRST_STORE:
            self._stored(self._pop())
        address = self._pop()
        if address is not None and address.base == _MEMORY:
            self._found.accesses.add((address.added + offset, _WIDTHS[opcode - _FIRST_LOAD]))
        if opcode < _FIRST_STORE:
            self._stack.append(None)

    def _stored(self, value: _Known) -> None:
        if value is not None and value.base == _MEMORY:
            self._found.pointers.add(value.added)
        if value is not None and value.base == _TABLE:
            self._found.indices.add(value.added)

    def _other(self, opcode: int) -> None:
        """The stack is unknown after it, so the arguments of a call are examined before."""
        reader = self._reader
        start = reader.at
        _skip(opcode, reader)
        if opcode == _CALL and Reader(reader.data, start).unsigned() == self._bases.initialize:
            argument = self._pop()
            if argument is not None and argument.base == _MEMORY:
                self._found.descriptions.add(argument.added)
        self._stack.clear()
        if opcode not in _STRAIGHT:
            self._locals.clear()


def _sum(right: _Known, left: _Known) -> _Known:
    if left is None or right is None or (left.base and right.base):
        return None
    return _Value(left.base or right.base, left.added + right.added)


def _skip(opcode: int, reader: Reader) -> None:
    """Skip the immediates of the opcode. Raises `_Unknown`."""
    if 0x45 <= opcode <= 0xC4 or opcode in (0x00, 0x01, 0x05, 0x0A, 0x0B, 0x0F, 0x1B, 0xD1):
        return
    if opcode in _INDICES:
        _skip_indices(reader, _INDICES[opcode])
    elif opcode in (_BLOCK, _LOOP, _IF, _I64_CONST):  # a block type is one signed LEB128 or one byte
        if opcode != _I64_CONST and reader.data[reader.at] in (0x63, 0x64):
            raise _Unknown
        _skip_indices(reader, 1)
    elif opcode == _BR_TABLE:
        _skip_indices(reader, reader.unsigned() + 1)
    elif opcode in (_F32_CONST, _F64_CONST):
        reader.take(4 if opcode == _F32_CONST else 8)
    elif opcode == _SELECT_TYPED:
        _skip_indices(reader, reader.unsigned())
    elif opcode == 0xFC:
        kind = reader.unsigned()
        if kind not in _MISC:
            raise _Unknown
        _skip_indices(reader, _MISC[kind])
    else:
        raise _Unknown


def _skip_indices(reader: Reader, count: int) -> None:
    for _ in range(count):
        while reader.byte() >= 128:
            pass

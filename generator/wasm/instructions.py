"""The references in function bodies (WebAssembly core specification, 5.4).

The reader skips every instruction by its immediates and checks nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from generator.wasm.reader import Reader


@dataclass(frozen=True, slots=True)
class IndexUse:
    """The place of a function's index: `data[start:end]` of the reader."""

    start: int
    end: int
    index: int


@dataclass(slots=True)
class References:
    """The references of a body."""

    functions: list[IndexUse] = field(default_factory=list)
    """In their order."""
    globals: set[int] = field(default_factory=set)
    table_writes: set[str] = field(default_factory=set)
    """The instructions that change a table."""


def read_references(body: Reader) -> References:
    """The references of a body as in the code section, without its size: local declarations, then instructions.

    Raises WasmFormatError for an unknown instruction, because its references would be missed.
    """
    references = References()
    for _ in range(body.count()):
        body.unsigned()
        _reference_or_value_type(body)
    while not body.at_end:
        start = body.position
        opcode = body.byte()
        if opcode in _FUNCTION_USES:
            at = body.position
            index = body.unsigned()
            references.functions.append(IndexUse(at, body.position, index))
        elif opcode in _GLOBAL_USES:
            references.globals.add(body.unsigned())
        elif opcode == _TABLE_SET:
            body.unsigned()
            references.table_writes.add("table.set")
        elif opcode == _NUMERIC_OR_BULK:
            number = _numeric_or_bulk(body)
            if number in _TABLE_WRITES:
                references.table_writes.add(_TABLE_WRITES[number])
        else:
            skip = _IMMEDIATES.get(opcode)
            if skip is None:
                raise body.error(f"instruction {opcode:#04x} is not known", start)
            skip(body)
    return references


_FUNCTION_USES = frozenset((0x10, 0x12, 0xD2))
"""call, return_call, ref.func"""
_GLOBAL_USES = frozenset((0x23, 0x24))
_TABLE_SET, _NUMERIC_OR_BULK = 0x26, 0xFC
_TABLE_WRITES = {12: "table.init", 14: "table.copy", 15: "table.grow", 17: "table.fill"}
_TYPED_REFERENCES = (0x63, 0x64)


def _nothing(body: Reader) -> None:
    pass


def _index(body: Reader) -> None:
    body.unsigned()


def _two_indices(body: Reader) -> None:
    body.unsigned()
    body.unsigned()


def _reference_or_value_type(body: Reader) -> None:
    if body.byte() in _TYPED_REFERENCES:
        body.signed(33)


def _block_type(body: Reader) -> None:
    """`0x40`, a value type or a type index: all are signed integers, but a typed reference has one more."""
    if body.data[body.position : body.position + 1] in (b"\x63", b"\x64"):
        _reference_or_value_type(body)
    else:
        body.signed(33)


def _branch_table(body: Reader) -> None:
    for _ in range(body.count()):
        body.unsigned()
    body.unsigned()


def _types(body: Reader) -> None:
    for _ in range(body.count()):
        _reference_or_value_type(body)


def _memory_argument(body: Reader) -> None:
    if body.unsigned() & 0x40:  # a memory other than 0
        body.unsigned()
    body.unsigned(64)


def _try_table(body: Reader) -> None:
    _block_type(body)
    for _ in range(body.count()):
        if body.byte() < 2:  # catch, catch_ref: a tag
            body.unsigned()
        body.unsigned()


def _bytes(size: int) -> Callable[[Reader], None]:
    def skip(body: Reader) -> None:
        body.bytes(size)

    return skip


def _signed(bits: int) -> Callable[[Reader], None]:
    def skip(body: Reader) -> None:
        body.signed(bits)

    return skip


def _numeric_or_bulk(body: Reader) -> int:
    """Returns the number after the opcode."""
    start = body.position
    number = body.unsigned()
    match number:
        case 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7:  # saturating truncation
            pass
        case 8 | 10 | 12 | 14:  # memory.init, memory.copy, table.init, table.copy
            _two_indices(body)
        case 9 | 11 | 13 | 15 | 16 | 17:  # data.drop, memory.fill, elem.drop, table.grow, table.size, table.fill
            body.unsigned()
        case 19 | 20 | 21 | 22:  # i64.add128, i64.sub128, i64.mul_wide_s, i64.mul_wide_u
            pass
        case _:
            raise body.error(f"instruction 0xfc {number} is not known", start)
    return number


def _vector(body: Reader) -> None:
    number = body.unsigned()
    if number <= 11 or number in (92, 93):
        _memory_argument(body)
    elif number in (12, 13):  # v128.const, i8x16.shuffle
        body.bytes(16)
    elif 21 <= number <= 34:  # a lane
        body.byte()
    elif 84 <= number <= 91:  # a lane in memory
        _memory_argument(body)
        body.byte()


def _atomic(body: Reader) -> None:
    if body.unsigned() == 3:  # atomic.fence
        body.byte()
    else:
        _memory_argument(body)


_IMMEDIATES: dict[int, Callable[[Reader], None]] = {
    **dict.fromkeys((0x00, 0x01, 0x05, 0x0A, 0x0B, 0x0F, 0x1A, 0x1B, 0xD1, 0xD3, 0xD4), _nothing),
    **dict.fromkeys(range(0x45, 0xC5), _nothing),
    **dict.fromkeys((0x02, 0x03, 0x04), _block_type),
    **dict.fromkeys((0x08, 0x0C, 0x0D, 0x14, 0x15, 0x20, 0x21, 0x22, 0x25, 0x3F, 0x40, 0xD5, 0xD6), _index),
    0x0E: _branch_table,
    **dict.fromkeys((0x11, 0x13), _two_indices),  # call_indirect, return_call_indirect
    0x1C: _types,  # select
    0x1F: _try_table,
    **dict.fromkeys(range(0x28, 0x3F), _memory_argument),
    0x41: _signed(32),
    0x42: _signed(64),
    0x43: _bytes(4),
    0x44: _bytes(8),
    0xD0: _signed(33),  # ref.null
    0xFD: _vector,
    0xFE: _atomic,
}

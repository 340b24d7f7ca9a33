"""Numbers, bools and chars: their range, and the lifted value for a core value outside it."""

from __future__ import annotations

from collections.abc import Callable

from harness.world import types as t

U32 = (1 << 32) - 1
U64 = (1 << 64) - 1

Convert = Callable[[int], int | None]
"""From a core value to the lifted value; None if lifting traps."""


def in_range(type: t.Prim) -> range:
    """The numbers that are equal as core values and as lifted values. Of chars, those below the surrogates."""
    if type is t.Prim.BOOL:
        return range(2)
    if type is t.Prim.CHAR:
        return range(0xD800)
    width = t.NUMBERS[type]
    return range(-(1 << (width - 1)), 1 << (width - 1)) if type in t.SIGNED else range(1 << width)


def core_width(type: t.Prim) -> int:
    return 64 if t.NUMBERS.get(type) == 64 else 32


def as_core(type: t.Prim, number: int) -> int:
    """A number of a script as the core value in the trace: signed for `s*`."""
    bits = core_width(type)
    number &= (1 << bits) - 1
    return number - (1 << bits) if type in t.SIGNED and number >> (bits - 1) else number


def convert(type: t.Prim, in_memory: bool) -> Convert:
    """`lift_flat` of core values, or `load` of the bytes that are stored for them."""
    if type is t.Prim.BOOL:
        return _convert_stored_bool if in_memory else convert_int_to_bool
    if type is t.Prim.CHAR:
        return convert_i32_to_char
    width = t.NUMBERS[type]
    return lift_flat_signed(width) if type in t.SIGNED else lift_flat_unsigned(width)


def convert_int_to_bool(core: int) -> int:
    return int(core != 0)


def _convert_stored_bool(core: int) -> int:
    return convert_int_to_bool(core & 0xFF)


def convert_i32_to_char(core: int) -> int | None:
    return None if core >= 0x110000 or 0xD800 <= core <= 0xDFFF else core


def lift_flat_unsigned(width: int) -> Convert:
    """Loading from memory has the same result, here and for signed numbers."""
    mask = (1 << width) - 1
    return lambda core: core & mask


def lift_flat_signed(width: int) -> Convert:
    mask, sign = (1 << width) - 1, 1 << (width - 1)
    return lambda core: ((core & mask) ^ sign) - sign

"""Numbers, characters and strings from a source of randomness: boundary values first."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from harness.values.values import ErrorContext, Float, Value
from harness.world import types as t

Draw = Callable[[], Value]
"""Draws values of one type."""

_FLOATS = {
    32: (
        0x0000_0000, 0x8000_0000, 0x3F80_0000, 0xBFC0_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0001,
        0x7F80_0001, 0x0000_0001, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0x4B80_0000,
    ),
    64: (
        0x0000_0000_0000_0000, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF8_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0001,
        0x7FF0_0000_0000_0001, 0x0000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000,
        0x7FEF_FFFF_FFFF_FFFF, 0x4340_0000_0000_0000,
    ),
}  # fmt: skip
"""Zeros, ones, infinities, quiet and signalling NaNs with payloads, subnormals, the largest, the first lost integer."""

_CHARS = (
    "\0", "\t", "a", "~", "\x7f", "\x80", "\xff", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff",
    "\U00010000", "\U0001f600", "\U0010ffff",
)  # fmt: skip
"""Both sides of every change of length in UTF-8 and UTF-16, and of the surrogates."""

_STRINGS = (
    "", "", "a", "hello", "\u00e9", "\u20ac", "\U0001f600", "a\0b", "\ud7ff\ue000", "\U0010ffff\uffff", '"\\\n\t',
    "0123456789abcdef" * 4, "\u00e9\U0001f600" * 40,
)  # fmt: skip


def scalar(random: Random, type: t.Prim) -> Draw:
    match type:
        case t.Prim.BOOL:
            return lambda: random.random() < 0.5
        case t.Prim.CHAR:
            return lambda: random.choice(_CHARS) if random.random() < 0.7 else _char(random)
        case t.Prim.STRING:
            return lambda: _string(random)
        case t.Prim.ERROR_CONTEXT:
            return lambda: ErrorContext(_string(random))
    width = t.NUMBERS[type]
    if type in t.FLOATS:
        floats = _FLOATS[width]
        return lambda: Float(random.choice(floats) if random.random() < 0.6 else random.getrandbits(width), width)
    edges = _EDGES[type]
    low, high = edges[0], edges[-1]
    return lambda: random.choice(edges) if random.random() < 0.6 else random.randint(low, high)


def _char(random: Random) -> str:
    code = random.choice((0x80, 0x800, 0x1_0000, 0x11_0000 - 0x800))
    number = random.randrange(code)
    return chr(number if number < 0xD800 else number + 0x800)


def _string(random: Random) -> str:
    if random.random() < 0.7:
        return random.choice(_STRINGS)
    return "".join([_char(random) for _ in range(random.randrange(12))])


_PATTERN = "ab\u00e9\u20ac\U0001f600"

_PATTERN_BYTES = len(_PATTERN.encode())


def long_string(length: int) -> str:
    """A string of this many bytes, with characters of one to four bytes."""
    count, rest = divmod(length, _PATTERN_BYTES)
    return _PATTERN * count + "z" * rest


def _edges(type: t.Prim) -> tuple[int, ...]:
    """The least and the greatest value of an integer type, their neighbours, the middle, and around zero."""
    width = t.NUMBERS[type]
    middle = 1 << (width - 1)
    low, high = (0, (1 << width) - 1) if type in t.UNSIGNED else (-middle, middle - 1)
    return tuple(edge for edge in (low, low + 1, -1, 0, 1, middle - 1, middle, high - 1, high) if low <= edge <= high)


_EDGES = {type: _edges(type) for type in (*t.UNSIGNED, *t.SIGNED)}

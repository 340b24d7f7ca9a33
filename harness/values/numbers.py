"""Numbers as their canonical bytes."""

from __future__ import annotations

from harness.world import types as t


def write_numbers(numbers: list[int], type: t.Prim) -> bytes:
    """The canonical bytes of a list of numbers."""
    size = t.NUMBERS[type] // 8
    mask = (1 << 8 * size) - 1
    return b"".join((number & mask).to_bytes(size, "little") for number in numbers)

"""LEB128 integers (WebAssembly core specification, 5.2.2)."""

from __future__ import annotations

_SMALL = [bytes([n]) for n in range(128)]


def encode_unsigned(value: int) -> bytes:
    """The shortest encoding of an unsigned integer."""
    if value < 128:
        if value < 0:
            raise ValueError(f"{value} is negative")
        return _SMALL[value]
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_signed(value: int) -> bytes:
    """The shortest encoding of a signed integer."""
    out = bytearray()
    while True:
        byte = value & 127
        value >>= 7
        if (value == 0 and not byte & 64) or (value == -1 and byte & 64):
            out.append(byte)
            return bytes(out)
        out.append(byte | 128)

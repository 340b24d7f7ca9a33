"""Damage to a WebAssembly binary: bytes, pieces, or whole sections whose sizes stay right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

_HEADER = 8
"""Bytes of magic number, version and layer."""
_EXTREMES = tuple(map(bytes.fromhex, ("ffffffff0f", "8080808008", "ffffffff07", "8000", "00", "7f", "ff")))
"""LEB128 numbers: the largest, 2^31, 2^31 - 1, a 0 in two bytes, and bytes at the ends of their range."""

Damage = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""A changed copy of a binary; the others are at hand for their pieces."""


def _place(random: Random, binary: bytes) -> int:
    return random.randrange(len(binary) + 1)


def _slice(random: Random, binary: bytes) -> tuple[int, int]:
    start = _place(random, binary)
    return start, min(len(binary), start + random.choice((1, 2, 4, 16, 64, 1024)))


def bytes_changed(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(binary)
    for _ in range(random.randint(1, 4)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def bit_flipped(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(binary)
    if changed:
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def truncated(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    return binary[: _place(random, binary)]


def slice_removed(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _slice(random, binary)
    return binary[:start] + binary[end:]


def slice_repeated(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _slice(random, binary)
    return binary[:end] + binary[start:end] * random.choice((1, 1, 2, 100)) + binary[end:]


def number_put(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    at = _place(random, binary)
    return binary[:at] + random.choice(_EXTREMES) + binary[at + random.randrange(2) :]


def spliced(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    return binary[: _place(random, binary)] + other[_place(random, other) :]


Section = tuple[int, bytes]


def sections(binary: bytes) -> list[Section]:
    """The sections of a module or component; those before the first that is malformed."""
    found = []
    at = _HEADER
    while at < len(binary):
        size, start = _number(binary, at + 1)
        if start + size > len(binary):
            break
        found.append((binary[at], binary[start : start + size]))
        at = start + size
    return found


def _number(binary: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends; larger than any size if it does not end."""
    value = shift = 0
    while at < len(binary):
        byte = binary[at]
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
        if byte < 0x80:
            return value, at
    return 1 << 64, at


def assembled(header: bytes, parts: Sequence[Section]) -> bytes:
    return header + b"".join([bytes([id]) + unsigned(len(body)) + body for id, body in parts])


def unsigned(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def section_changed(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    """One section: removed, doubled, moved, taken from another binary, or damaged inside with its size kept right, so
    that what follows is read."""
    parts = sections(binary)
    if not parts:
        return bytes_changed(random, binary, others)
    at = random.randrange(len(parts))
    id, body = parts[at]
    match random.randrange(8):
        case 0:
            del parts[at]
        case 1:
            parts.insert(random.randrange(len(parts) + 1), parts[at])
        case 2:
            parts.insert(random.randrange(len(parts)), parts.pop(at))
        case 3:
            strangers = sections(random.choice(others))
            if strangers:
                parts[at] = random.choice(strangers)
        case _:
            parts[at] = id, random.choice(INSIDE)(random, body, others)
    return assembled(binary[:_HEADER], parts)


INSIDE: Sequence[Damage] = (bytes_changed, bit_flipped, truncated, slice_removed, slice_repeated, number_put)
DAMAGES: Sequence[Damage] = (*INSIDE, spliced, section_changed, section_changed, section_changed, section_changed)


def damaged(random: Random, binary: bytes, others: Sequence[bytes]) -> bytes:
    """One or two damages at once."""
    for _ in range(random.choice((1, 1, 1, 2))):
        binary = random.choice(DAMAGES)(random, binary, others)
    return binary

"""The parts of the binary formats that composition needs: sections, names, imports and exports.

Sources: component-model `Binary.md`; WebAssembly core specification, 5. The full readers belong to the toolchains under
test, so the harness does not rely on them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

COMPONENT_PREAMBLE = b"\0asm\x0d\0\x01\0"
MODULE_PREAMBLE = b"\0asm\x01\0\0\0"


class BinaryError(Exception):
    """Malformed bytes. The message contains the offset."""


def unsigned(value: int) -> bytes:
    """LEB128."""
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def name(text: str) -> bytes:
    raw = text.encode()
    return unsigned(len(raw)) + raw


def section(id: int, body: bytes) -> bytes:
    return bytes([id]) + unsigned(len(body)) + body


def vector(items: list[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


class Reader:
    """A position in bytes. Reading past the end raises `BinaryError`."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def byte(self) -> int:
        at = self.at
        if at >= self.end:
            raise BinaryError(f"the bytes end at offset {at} where more are needed")
        self.at = at + 1
        return self.data[at]

    def unsigned(self) -> int:
        at = self.at
        if at < self.end and (first := self.data[at]) < 128:  # nearly all are one byte
            self.at = at + 1
            return first
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise BinaryError(f"an integer at offset {self.at} is too long")

    def signed(self) -> int:
        """LEB128."""
        start = self.at
        value = self.unsigned()
        bits = 7 * (self.at - start)
        return value - (1 << bits) if value >> (bits - 1) & 1 else value

    def take(self, length: int) -> bytes:
        start = self.at
        if start + length > self.end:
            raise BinaryError(f"{length} bytes at offset {start} reach past the end")
        self.at = start + length
        return self.data[start : self.at]

    def name(self) -> str:
        data, start = self.data, self.at + 1
        if start <= self.end and (size := data[start - 1]) < 128 and start + size <= self.end:  # nearly all
            self.at = start + size
            return data[start : self.at].decode("utf-8", "replace")
        return self.take(self.unsigned()).decode("utf-8", "replace")


class Section(NamedTuple):
    """A tuple, because each component is read for several purposes and has hundreds of sections."""

    id: int
    start: int
    """Offset of the id byte."""
    body: int
    """Offset of the first byte after the size."""
    end: int


MAX_SECTIONS = 1_000_000
"""The most sections of a module or component: far more than any tool writes, and read in a second or two."""


def sections(data: bytes) -> Iterator[Section]:
    """The sections of a module or component, top level only; nothing is copied. Raises `BinaryError`.

    The caller must check the preamble first.
    """
    start, end = 8, len(data)
    count = 0
    while start < end:
        id, body = data[start], start + 2
        if body <= end and data[start + 1] < 128:  # most sizes are one byte
            size = data[start + 1]
        else:
            reader = Reader(data, start + 1)
            size = reader.unsigned()
            body = reader.at
        after = body + size
        if after > end:
            raise BinaryError(f"a section of {size} bytes at offset {start} reaches past the end")
        if not size and not id:
            raise BinaryError(f"a custom section without a name at offset {start}")
        count += 1
        if count > MAX_SECTIONS:
            raise BinaryError(f"more than {MAX_SECTIONS:,} sections, up to offset {start}")
        yield Section(id, start, body, after)
        start = after


def extern_name(reader: Reader) -> str:
    """`nameattributes`; attributes (implements, version suffix, external id) are skipped."""
    form = reader.byte()
    text = reader.name()
    if form == 2:
        for _ in range(reader.unsigned()):
            reader.byte()
            reader.name()
    elif form > 2:
        raise BinaryError(f"unknown form {form} of a name before offset {reader.at}")
    return text


SORT_FUNC, SORT_TYPE, SORT_COMPONENT, SORT_INSTANCE = 1, 3, 4, 5
_IMPORT_SECTION, _EXPORT_SECTION = 10, 11


@dataclass(frozen=True, slots=True)
class Surface:
    """The names at a component's top level, each with its sort."""

    imports: dict[str, int]
    exports: dict[str, int]


def surface(component: bytes) -> Surface:
    if component[:8] != COMPONENT_PREAMBLE:
        raise BinaryError("not a component: wrong first 8 bytes")
    imports: dict[str, int] = {}
    exports: dict[str, int] = {}
    for part in sections(component):
        if part.id == _IMPORT_SECTION:
            reader = Reader(component, part.body, part.end)
            for _ in range(reader.unsigned()):
                text = extern_name(reader)
                imports[text] = extern_type(reader)
        elif part.id == _EXPORT_SECTION:
            reader = Reader(component, part.body, part.end)
            for _ in range(reader.unsigned()):
                text = extern_name(reader)
                sort = reader.byte()
                if sort == 0:
                    reader.byte()
                reader.unsigned()
                if reader.byte():
                    extern_type(reader)
                exports[text] = sort
    return Surface(imports, exports)


def extern_type(reader: Reader) -> int:
    """Skips an `externtype`; returns its sort."""
    sort = reader.byte()
    if sort == 0:
        reader.byte()
        reader.unsigned()
    elif sort == SORT_TYPE:
        if reader.byte() == 0:
            reader.unsigned()
    elif sort in (SORT_FUNC, SORT_COMPONENT, SORT_INSTANCE):
        reader.unsigned()
    else:
        raise BinaryError(f"unknown sort {sort} before offset {reader.at}")
    return sort

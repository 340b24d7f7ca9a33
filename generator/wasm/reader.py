"""A cursor over a binary: integers, names and vectors, with errors that contain the offset (core specification,
5.2)."""

from __future__ import annotations

from generator.wasm.errors import WasmFormatError


class Reader:
    """Reads `data[position:end]`. Offsets in errors count from the beginning of `data`."""

    __slots__ = ("data", "end", "position", "section")

    def __init__(self, data: bytes, position: int = 0, end: int | None = None, section: str | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end
        self.section = section

    def error(self, message: str, offset: int | None = None) -> WasmFormatError:
        return WasmFormatError(message, self.position if offset is None else offset, self.section)

    @property
    def at_end(self) -> bool:
        return self.position >= self.end

    def byte(self) -> int:
        position = self.position
        if position >= self.end:
            raise self.error("unexpected end")
        self.position = position + 1
        return self.data[position]

    def bytes(self, size: int) -> bytes:
        position = self.position
        if size > self.end - position:
            raise self.error(f"unexpected end: {size} bytes expected, {self.end - position} left")
        self.position = position + size
        return self.data[position : position + size]

    def unsigned(self, bits: int = 32) -> int:
        """A LEB128 integer of at most `bits` bits."""
        data, start, end = self.data, self.position, self.end
        if start < end and data[start] < 128:  # by far the most frequent
            self.position = start + 1
            return data[start]
        value = shift = 0
        position = start
        while True:
            if position >= end:
                raise self.error("unexpected end inside an integer", start)
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            if byte < 128:
                break
            shift += 7
            if shift >= bits:
                raise self.error(f"integer longer than {bits} bits allow", start)
        if value >> bits:
            raise self.error(f"integer does not fit in {bits} bits", start)
        self.position = position
        return value

    def signed(self, bits: int = 32) -> int:
        """A LEB128 integer of at most `bits` bits, two's complement."""
        start = self.position
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
            if shift >= bits:
                raise self.error(f"integer longer than {bits} bits allow", start)
        if byte & 64:
            value -= 1 << shift
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise self.error(f"integer does not fit in {bits} bits", start)
        return value

    def count(self) -> int:
        """The length of a vector. Every element takes at least one byte, so a larger length is malformed."""
        start = self.position
        count = self.unsigned()
        if count > self.end - self.position:
            raise self.error(f"vector of {count} elements is longer than the rest", start)
        return count

    def name(self) -> str:
        data, start = self.data, self.position
        if start < self.end and (size := data[start]) < 128 and size < self.end - start:  # by far the most frequent
            self.position = start + 1 + size
            raw = data[start + 1 : start + 1 + size]
        else:
            raw = self.bytes(self.unsigned())
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise self.error("name is not UTF-8", start) from None

    def skip(self, size: int) -> int:
        """Skip `size` bytes; returns where they begin."""
        start = self.position
        if size > self.end - start:
            raise self.error(f"unexpected end: {size} bytes expected, {self.end - start} left")
        self.position = start + size
        return start

    def sub(self, size: int, section: str | None = None) -> Reader:
        """A reader of the next `size` bytes, which this one skips."""
        start = self.skip(size)
        return Reader(self.data, start, start + size, section or self.section)

    def expect_end(self) -> None:
        if self.position != self.end:
            raise self.error(f"{self.end - self.position} bytes too many")

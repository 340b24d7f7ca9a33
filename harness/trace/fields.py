"""The fields of events, and their text in a trace (interpreters/PROTOCOL.md, "Trace").

A field reads a word of a line, or the rest of the line, and writes it. It accepts exactly the text that it would write,
except for the payload of a NaN: a line that reads as an event prints as the same line.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from harness.trace.names import DumpError, number
from harness.values.values import without_payload
from harness.world import types as t

U32 = (1 << 32) - 1

NameOf = Callable[[str, int], str]
"""The canonical name of an element of one of the arrays of a `wit_t`."""


class Malformed(Exception):
    """The protocol does not allow the text there."""


class EventField:
    takes_rest: ClassVar[bool] = False
    """Reads the rest of the line instead of a word; a field finds out by itself whether a word is its own."""

    def of(self, kind: str) -> EventField:
        """The field in the event of a kind of types."""
        return self

    @abstractmethod
    def read(self, text: str) -> object:
        """Raises `Malformed`."""

    def text(self, value: object) -> str:
        return str(value)


@dataclass(frozen=True)
class Decimal(EventField):
    low: int
    high: int

    def read(self, text: str) -> int:
        if len(text) <= 20:
            try:
                number = int(text)
            except ValueError:
                raise Malformed from None
            if self.low <= number <= self.high and str(number) == text:
                return number
        raise Malformed


class Core(EventField):
    """The core value of a number, bool or char: signed for `s*`."""

    def of(self, kind: str) -> EventField:
        type = t.Prim(kind)
        bits = 64 if t.NUMBERS.get(type) == 64 else 32
        return Decimal(-1 << (bits - 1), (1 << (bits - 1)) - 1) if type in t.SIGNED else Decimal(0, (1 << bits) - 1)


@dataclass(frozen=True)
class FloatBits(EventField):
    """NaNs are canonical: their payloads may change at every boundary (CanonicalABI.md, "Loading")."""

    width: int = 0

    def of(self, kind: str) -> EventField:
        return FloatBits(t.FLOATS[t.Prim(kind)])

    def read(self, text: str) -> int:
        data = _hexadecimal(text)
        if 8 * len(data) != self.width:
            raise Malformed
        return without_payload(int.from_bytes(data, "big"), self.width)

    def text(self, value: object) -> str:
        return f"{value:0{self.width // 4}x}"


class Data(EventField):
    """Bytes; empty if there are none, or if nobody can look at them."""

    def read(self, text: str) -> bytes:
        if text == "-":
            return b""
        data = _hexadecimal(text)
        if not data:
            raise Malformed
        return data

    def text(self, value: object) -> str:
        assert isinstance(value, bytes)
        return value.hex() or "-"


class Elements(Data):
    """The elements of a list that goes whole: bytes, or the script's notation; the notation is empty if none follow."""

    takes_rest = True

    def read(self, text: str) -> bytes | str:  # type: ignore[override]
        return text if " " in text or not text else super().read(text)

    def text(self, value: object) -> str:
        return value if isinstance(value, str) else super().text(value)


@dataclass(frozen=True)
class ItemName(EventField):
    """A function, resource or type: an index of the array `array` in the trace, a canonical name in the event. It comes
    first in its line.

    `exported`: only resources that the component defines.
    """

    array: str = ""
    exported: bool = False

    def of(self, kind: str) -> EventField:
        return ItemName(self.array or kind, self.exported)

    def read(self, text: str) -> str:
        """`text`: the canonical name, or what stands in its place."""
        if not text or (self.exported and not text.startswith("[export]")):
            raise Malformed
        return text

    def named(self, text: str, names: NameOf | None) -> str:
        """The canonical name for an index; without `names`, the index. Raises `Malformed`, `DumpError`."""
        return self.read(text if names is None else names(self.array, _index(text)))


def _index(text: str) -> int:
    try:
        return number(text)
    except DumpError:
        raise Malformed from None


@dataclass(frozen=True)
class HandleNumber(EventField):
    """A handle's number; once handles are renamed, a name. `brings`: the handle is new with this event."""

    brings: bool

    def read(self, text: str) -> int | str:
        return _NUMBER.read(text)


_NUMBER = Decimal(0, U32)


class Rest(EventField):
    """The rest of the line, not empty."""

    takes_rest = True

    def read(self, text: str) -> str:
        if not text:
            raise Malformed
        return text


def _hexadecimal(text: str) -> bytes:
    """Raises `Malformed`."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise Malformed from None
    if data.hex() != text:  # `fromhex` also takes blanks and capital letters
        raise Malformed
    return data

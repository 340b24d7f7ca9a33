"""The fields of events: how each stands in a trace (interpreters/PROTOCOL.md, "Trace").

A field reads as many words of a line as it has, the next one last in the list, and writes them as text. It takes
exactly the text that it would write, but for the payload of a NaN: what reads as an event prints as the same line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.trace.names import DumpError, number
from harness.values.values import without_payload
from harness.world import types as t

U32 = (1 << 32) - 1

NameOf = Callable[[str, int], str]
"""The canonical name of an element of one of the arrays of a `wit_t`."""


class Malformed(Exception):
    """Words that the protocol does not have there."""


class NoIndex(Exception):
    """Something else stands where an index has to be."""


class Field:
    def of(self, kind: str) -> Field:
        """The field in the event of a kind of types."""
        return self

    def read(self, words: list[str], names: NameOf | None) -> object:
        """Raises `Malformed`, and `NoIndex` or `DumpError` for an index."""
        raise NotImplementedError

    def text(self, value: object) -> str:
        return str(value)


def take(words: list[str]) -> str:
    if not words:
        raise Malformed
    return words.pop()


@dataclass(frozen=True)
class Decimal(Field):
    low: int
    high: int

    def read(self, words: list[str], _names: NameOf | None) -> int:
        word = take(words)
        if len(word) <= 20 and word.removeprefix("-").isdigit() and word.isascii():
            number = int(word)
            if self.low <= number <= self.high and str(number) == word:
                return number
        raise Malformed


class Core(Field):
    """The core value of a number, bool or char: signed for `s*`."""

    def of(self, kind: str) -> Field:
        type = t.Prim(kind)
        bits = 64 if t.NUMBERS.get(type) == 64 else 32
        return Decimal(-1 << (bits - 1), (1 << (bits - 1)) - 1) if type in t.SIGNED else Decimal(0, (1 << bits) - 1)


@dataclass(frozen=True)
class FloatBits(Field):
    """NaNs are canonical: their payloads may change at every boundary (CanonicalABI.md, "Loading")."""

    width: int = 0

    def of(self, kind: str) -> Field:
        return FloatBits(t.FLOATS[t.Prim(kind)])

    def read(self, words: list[str], _names: NameOf | None) -> int:
        word = take(words)
        if len(word) != self.width // 4 or not _is_hex(word):
            raise Malformed
        return without_payload(int(word, 16), self.width)

    def text(self, value: object) -> str:
        return f"{value:0{self.width // 4}x}"


class Data(Field):
    """Bytes; none where there are none or nobody can look at them."""

    def read(self, words: list[str], _names: NameOf | None) -> bytes:
        return read_data(take(words))

    def text(self, value: object) -> str:
        assert isinstance(value, bytes)
        return value.hex() or "-"


class Elements(Field):
    """The elements of a list that goes whole: bytes, or the script's notation; the latter empty where none follow."""

    def read(self, words: list[str], _names: NameOf | None) -> bytes | str:
        rest = words[::-1]
        words.clear()
        return read_data(rest[0]) if len(rest) == 1 else " ".join(rest)

    def text(self, value: object) -> str:
        return value if isinstance(value, str) else Data().text(value)


@dataclass(frozen=True)
class Name(Field):
    """A function, resource or type: an index of the array `array` in the trace, a canonical name in the event.

    `exported`: only resources that the component defines, or only others.
    """

    array: str = ""
    exported: bool | None = None

    def of(self, kind: str) -> Field:
        return Name(self.array or kind, self.exported)

    def read(self, words: list[str], names: NameOf | None) -> str:
        name = take(words) if names is None else names(self.array, _index(words))
        if not name:
            raise Malformed
        if self.exported is not None and name.startswith("[export]") is not self.exported:
            raise Malformed
        return name


def _index(words: list[str]) -> int:
    try:
        return number(words.pop() if words else "")
    except DumpError:
        raise NoIndex from None


@dataclass(frozen=True)
class Handle(Field):
    """A handle's number; once handles are renamed, a name. `brings`: the handle is new with this event."""

    brings: bool

    def read(self, words: list[str], names: NameOf | None) -> int | str:
        return _NUMBER.read(words, names)


_NUMBER = Decimal(0, U32)


class Rest(Field):
    """All that is left, at least something."""

    def read(self, words: list[str], _names: NameOf | None) -> str:
        rest = " ".join(reversed(words))
        words.clear()
        if not rest:
            raise Malformed
        return rest


def read_data(word: str) -> bytes:
    if word == "-":
        return b""
    if not word or len(word) % 2 or not _is_hex(word):
        raise Malformed
    return bytes.fromhex(word)


_HEX = frozenset("0123456789abcdef")


def _is_hex(word: str) -> bool:
    return _HEX.issuperset(word)

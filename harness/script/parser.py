"""Interpreter values from their script notation ("Values" in interpreters/PROTOCOL.md and ASYNC.md), for invalid values
in cases."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.script import operations as s
from harness.values.wave_lexer import shortened

_DECIMAL = ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "enum")
MAX_DEPTH = 500
"""Maximum nesting of values, as in the interpreter."""
MAX_DIGITS = 40
"""More digits than any number of a script has: 2^64 has 20."""

_HEX = ("char", "f32", "f64", "flags")
_DIGITS = {10: re.compile(r"-?[0-9]+"), 16: re.compile(r"[0-9a-fA-F]+")}


class ScriptValueError(ValueError):
    """Text that is not a script value."""


def parse_value(text: str, handle: Callable[[str], s.Value]) -> s.Value:
    """The value of `text`. In addition to the protocol, `$x` is a handle by name, which `handle` resolves."""
    reader = _Reader(text.split(), handle)
    try:
        value = reader.value()
    except RecursionError:  # in a process that allows fewer levels
        raise ScriptValueError("values are nested too deep") from None
    if reader.words:
        raise ScriptValueError(f"unexpected {shortened(reader.words[-1])!r} after the value")
    return value


def parse_values(words: list[str], count: int) -> tuple[s.Value, ...]:
    """`count` successive values of a script's op, without registers or arguments in them."""
    reader = _Reader(words, _no_handle)
    return tuple([reader.value() for _ in range(count)])


def _no_handle(name: str) -> s.Value:
    raise ScriptValueError(f"no handle `{name}`")


class _Reader:
    def __init__(self, words: list[str], handle: Callable[[str], s.Value]) -> None:
        self.words = words[::-1]
        self._handle = handle
        self._depth = 0

    def _word(self) -> str:
        if not self.words:
            raise ScriptValueError("the value ends too early")
        return self.words.pop()

    def _number(self, base: int = 10) -> int:
        word = self._word()
        digits = _DIGITS[base]
        if len(word) > MAX_DIGITS or not digits.fullmatch(word):
            raise ScriptValueError(f"expected a number, found {shortened(word)!r}")
        return int(word, base)

    def _count(self) -> int:
        count = self._number()
        if not 0 <= count <= len(self.words):
            raise ScriptValueError(f"{count} values are announced, but {len(self.words)} words follow")
        return count

    def _bytes(self) -> bytes:
        word = self._word()
        try:
            return b"" if word == "-" else bytes.fromhex(word)
        except ValueError:
            raise ScriptValueError(f"expected bytes in hex, found {shortened(word)!r}") from None

    def _place(self) -> s.TypePlace:
        """Read the place of a type. Only ends have one (interpreters/ASYNC.md, "Values")."""
        side = self._word()
        if side not in ("import", "export"):
            raise ScriptValueError(f"expected import or export, found {shortened(side)!r}")
        interface, name, param = self._word(), self._word(), self._number()
        path = tuple(self._number() for _ in range(self._count()))
        return s.TypePlace(side == "export", None if interface == "-" else interface, name, param, path)

    def _values(self) -> tuple[s.Value, ...]:
        return tuple(self.value() for _ in range(self._count()))

    def value(self) -> s.Value:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ScriptValueError(f"values are nested more than {MAX_DEPTH} deep")
        found = self._of_kind(self._word())
        self._depth -= 1
        return found

    def _of_kind(self, kind: str) -> s.Value:
        if kind in _DECIMAL:
            return s.Number(kind, self._number())
        if kind in _HEX:
            return s.Number(kind, self._number(16))
        if kind.startswith("$"):
            return self._handle(kind[1:])
        match kind:
            case "str":
                return s.Str(self._bytes())
            case "rec":
                return s.Fields(self._values())
            case "list":
                return s.Items(self._values())
            case "var":
                return s.CaseValue(self._number())
            case "varp":
                discriminant = self._number()
                return s.CaseValue(discriminant, self.value())
            case "raw":
                length = self._number()
                return s.Raw(length, self._bytes())
            case "map":
                return s.Entries(tuple((self.value(), self.value()) for _ in range(self._count())))
            case "ptr":
                address = self._number()
                return s.Pointer(address, self._number())
            case "handle":
                return s.Handle(self._number())
            case "end":
                return s.BareEnd(self._place(), self._number())
        raise ScriptValueError(f"unknown kind of value {shortened(kind)!r}")

"""From the dump of a `wit_t` to canonical names: indices are each generator's own affair, names are not.

The naming rule stands in `harness/types.py`; the dump's lines in `interpreters/PROTOCOL.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.types import qualified

_INTEGERS = ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64")
PRIMITIVES = (*_INTEGERS, "bool", "char", "f32", "f64", "string", "error-context")
"""Kinds 0 to 13 of a type word."""
_ARRAYS = ("record", "own", "borrow", "flags", "tuple", "variant", "enum", "option", "result", "list")
"""Kinds 14 to 23 of a type word, alike in every version of the interface."""
_LATER_ARRAYS = {
    2: ("fixed_length_list", "future", "stream", "alias"),
    3: ("map", "fixed_length_list", "future", "stream", "alias"),
}
NO_TYPE = "255:0"
_SHORTEST = {
    "import": 6, "export": 3, "resource": 3,
    "record": 1, "flags": 1, "tuple": 1, "variant": 1, "enum": 1, "option": 1, "result": 2,
    "list": 1, "map": 2, "fixed_length_list": 2, "alias": 1, "future": 1, "stream": 1,
}  # fmt: skip
"""The arrays that a dump may have, and how many words follow an element's name at least."""


class DumpError(Exception):
    """The dump of a `wit_t` contradicts itself or the protocol. Wrong tools can bring about any text."""


def number(word: str) -> int:
    """Raises `DumpError`."""
    if not (word.isascii() and word.isdigit()):
        raise DumpError(f"{word!r} stands where a number has to be")
    return int(word)


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of one of the `wit_t`'s arrays."""

    interface: str | None
    name: str | None
    words: tuple[str, ...]
    """What follows the name."""


@dataclass(slots=True)
class Names:
    """The arrays of a `wit_t` and the canonical names of what they hold."""

    version: int
    arrays: dict[str, list[Entry]] = field(default_factory=dict)
    _kinds: tuple[str, ...] = ()
    _names: dict[tuple[str, int], str] = field(default_factory=dict)

    def entry(self, kind: str, index: int) -> Entry:
        array = self.arrays.get(kind, [])
        if index >= len(array):
            raise DumpError(f"{kind} {index}: the wit_t has {len(array)} of that kind")
        return array[index]

    def of(self, kind: str, index: int) -> str:
        """The canonical name of an element: of a function, a resource or a type."""
        key = (kind, index)
        name = self._names.get(key)
        if name is None:
            self._names[key] = "(circular)"  # replaced below, unless the type contains itself
            name = self._names[key] = self._name(kind, index)
        return name

    def type(self, word: str) -> str:
        """The canonical name for a type word `kind:index`; `_` for none."""
        if word == NO_TYPE:
            return "_"
        kind, index = self.element(word)
        return kind if kind in PRIMITIVES else self.of(kind, index)

    def element(self, word: str) -> tuple[str, int]:
        """The array and the index that a type word names; a primitive type's keyword in place of the array."""
        first, _, index = word.partition(":")
        kind = number(first)
        if kind < len(PRIMITIVES):
            return PRIMITIVES[kind], 0
        if kind - len(PRIMITIVES) >= len(self._kinds):
            raise DumpError(f"type word {word}: no such kind in version {self.version}")
        return self._kinds[kind - len(PRIMITIVES)], number(index)

    def word(self, kind: str, index: int) -> str:
        """The type word of an element of an array."""
        return f"{len(PRIMITIVES) + self._kinds.index(kind)}:{index}"

    def _name(self, kind: str, index: int) -> str:
        if kind in ("own", "borrow"):
            return f"{kind}<{self.of('resource', index)}>"
        entry = self.entry(kind, index)
        if kind == "alias":
            return self.type(entry.words[0])
        if kind == "resource":
            exported = entry.words[1] == "1"
            return ("[export]" if exported else "") + qualified(entry.interface, entry.name or "-")
        if entry.name is not None:
            return qualified(entry.interface, entry.name)
        return self._structure(kind, entry.words)

    def _structure(self, kind: str, words: tuple[str, ...]) -> str:
        match kind:
            case "tuple":
                return f"tuple<{', '.join(map(self.type, words[1:]))}>"
            case "option" | "list":
                return f"{kind}<{self.type(words[0])}>"
            case "future" | "stream":
                payload = self.type(words[0])
                return kind if payload == "_" else f"{kind}<{payload}>"
            case "result":
                ok, err = self.type(words[0]), self.type(words[1])
                if err != "_":
                    return f"result<{ok}, {err}>"
                return "result" if ok == "_" else f"result<{ok}>"
            case "map":
                return f"map<{self.type(words[0])}, {self.type(words[1])}>"
            case "fixed_length_list":
                return f"list<{self.type(words[1])}, {words[0]}>"
        raise DumpError(f"a {kind} without a name")


def read_dump(lines: Iterable[str]) -> Names:
    """`lines` are the `wit ...` lines of a trace, each without its newline."""
    names = Names(0)
    for line in lines:
        words = line.split(" ")
        if words[1:] == ["none"]:
            raise DumpError("the interpreter was given no wit_t before it was entered")
        if words[1] == "version" and len(words) == 3:
            names.version = number(words[2])
            names._kinds = _ARRAYS + _LATER_ARRAYS[2 if names.version < 3 else 3]
            continue
        if len(words) < 5:
            raise DumpError(f"a line of the dump is too short: {line!r}")
        _, kind, index, interface, name = words[:5]
        if kind not in _SHORTEST or len(words) < 5 + _SHORTEST[kind]:
            raise DumpError(f"a line of the dump is of no known kind, or too short: {line!r}")
        array = names.arrays.setdefault(kind, [])
        if number(index) != len(array):
            raise DumpError(f"{kind} {index} follows {kind} {len(array) - 1}")
        array.append(Entry(_null(interface), _null(name), tuple(words[5:])))
    if not names.version:
        raise DumpError("the dump has no version")
    return names


def _null(word: str) -> str | None:
    return None if word == "-" else word

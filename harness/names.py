"""From the dump of a `wit_t` to canonical names: indices are each generator's own affair, names are not.

The naming rule stands in `harness/types.py`; the dump's lines in `interpreters/PROTOCOL.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.types import qualified

_INTEGERS = ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64")
_PRIMITIVES = (*_INTEGERS, "bool", "char", "f32", "f64", "string", "error-context")
"""Kinds 0 to 13 of a type word."""
_ARRAYS = ("record", "own", "borrow", "flags", "tuple", "variant", "enum", "option", "result", "list")
"""Kinds 14 to 23 of a type word, alike in every version of the interface."""
_LATER_ARRAYS = {
    2: ("fixed_length_list", "future", "stream", "alias"),
    3: ("map", "fixed_length_list", "future", "stream", "alias"),
}
_NONE = "255:0"


class DumpError(Exception):
    """The dump of a `wit_t` contradicts itself or the protocol."""


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
        if word == _NONE:
            return "_"
        number, _, index = word.partition(":")
        kind = int(number)
        if kind < len(_PRIMITIVES):
            return _PRIMITIVES[kind]
        if kind - len(_PRIMITIVES) >= len(self._kinds):
            raise DumpError(f"type word {word}: no such kind in version {self.version}")
        return self.of(self._kinds[kind - len(_PRIMITIVES)], int(index))

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

    def description(self, kind: str, index: int) -> str:
        """What the `wit_t` says about an element, in names: equal for two generators that mean the same."""
        words = self.entry(kind, index).words
        if kind in ("import", "export"):
            return self._function(kind, words)
        if kind == "record":
            return self._labelled(words, "{0}: {1}")
        if kind == "variant":
            return self._labelled(words, "{0}({1})")
        if kind in ("flags", "enum"):
            return ", ".join(words[1:])
        if kind == "resource":
            return f"drop {words[0]} new {words[1]} rep {words[2]}"
        if kind == "alias":
            return self.type(words[0])
        return self._structure(kind, words)

    def _labelled(self, words: tuple[str, ...], pattern: str) -> str:
        pairs = zip(words[1::2], words[2::2], strict=True)
        return ", ".join(pattern.format(label, self.type(word)) for label, word in pairs)

    def _function(self, kind: str, words: tuple[str, ...]) -> str:
        flags = 2 if kind == "import" else 1
        count = int(words[flags])
        params = words[flags + 1 : flags + 1 + count]
        result, *area = words[flags + 1 + count :]
        text = f"({', '.join(map(self.type, params))}) -> {self.type(result)}"
        if kind == "import":
            return f"{text}, sync {words[0]} async {words[1]}, area {' '.join(area)}"
        return f"{text}, task.return {words[0]}"


def read_dump(lines: Iterable[str]) -> Names:
    """`lines` are the `wit ...` lines of a trace, each without its newline."""
    names = Names(0)
    for line in lines:
        words = line.split(" ")
        if words[1:] == ["none"]:
            raise DumpError("the interpreter was given no wit_t before it was entered")
        if words[1] == "version":
            names.version = int(words[2])
            names._kinds = _ARRAYS + _LATER_ARRAYS[2 if names.version < 3 else 3]
            continue
        if len(words) < 5:
            raise DumpError(f"a line of the dump is too short: {line!r}")
        _, kind, index, interface, name = words[:5]
        array = names.arrays.setdefault(kind, [])
        if int(index) != len(array):
            raise DumpError(f"{kind} {index} follows {kind} {len(array) - 1}")
        array.append(Entry(_null(interface), _null(name), tuple(words[5:])))
    if not names.version:
        raise DumpError("the dump has no version")
    return names


def _null(word: str) -> str | None:
    return None if word == "-" else word


def described(names: Names) -> dict[str, str]:
    """Everything in a `wit_t` that has a name, by `KIND NAME`: what two generators must agree on."""
    found: dict[str, str] = {}
    for kind, array in names.arrays.items():
        for index, entry in enumerate(array):
            if entry.name is None:
                continue
            name = qualified(entry.interface, entry.name) if kind == "alias" else names.of(kind, index)
            found[f"{kind} {name}"] = names.description(kind, index)
    return found

"""From the dump of a `wit_t` to canonical names: each generator chooses its own indices, but not the names.
`harness/world/types.py` has the naming rule, `interpreters/PROTOCOL.md` the dump's lines.

A wrong tool can cause any text. So nothing here recurses into types, and numbers and names have bounds; beyond them a
`DumpError` is raised.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.records.unguarded import unguarded
from harness.world.types import qualified

MAX_NUMBER = (1 << 32) - 1
MAX_NAME = 1 << 20
"""Characters of one canonical name. Without names of their own, types double at each level of tuples."""
MAX_NAMES = 1 << 26
"""Characters of all canonical names of one `wit_t`."""

_INTEGERS = ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64")
PRIMITIVES = (*_INTEGERS, "bool", "char", "f32", "f64", "string", "error-context")
"""Kinds 0 to 13 of a type word."""
_ARRAYS = ("record", "own", "borrow", "flags", "tuple", "variant", "enum", "option", "result", "list")
"""Kinds 14 to 23 of a type word, alike in every version of the interface."""
_LATER_ARRAYS = {
    2: ("fixed_length_list", "future", "stream", "alias"),
    3: ("map", "fixed_length_list", "future", "stream", "alias"),
}
_LATER = frozenset(kind for kinds in _LATER_ARRAYS.values() for kind in kinds)
NO_TYPE = "255:0"
_CIRCULAR = "(circular)"
_SHORTEST = {
    "import": 6, "export": 3, "resource": 3,
    "record": 1, "flags": 1, "tuple": 1, "variant": 1, "enum": 1, "option": 1, "result": 2,
    "list": 1, "map": 2, "fixed_length_list": 2, "alias": 1, "future": 1, "stream": 1,
}  # fmt: skip
"""The arrays that a dump may have, and how many words follow an element's name at least."""
_COUNTED = {"record": 2, "variant": 2, "tuple": 1, "flags": 1, "enum": 1}
"""The arrays whose elements begin with their number of members, and the number of words of a member."""


class DumpError(Exception):
    """A trace, or the dump of a `wit_t` in it, contradicts itself or the protocol: a fault of the tool that made it."""


def number(word: str) -> int:
    """A number of 32 bits, decimal. Raises `DumpError`."""
    if len(word) < 10 and word.isdecimal() and word.isascii():  # nearly all are that short
        return int(word)
    if not (word.isascii() and word.isdigit()):
        raise DumpError(f"{short(word)} stands where a number has to be")
    if len(word) > 10 or int(word) > MAX_NUMBER:
        raise DumpError(f"{short(word)} is no number of 32 bits")
    return int(word)


def short(text: str) -> str:
    """A guest's text, quoted for a message: escaped, and cut if it is long."""
    return repr(text) if len(text) <= 80 else f"{text[:80]!r}... ({len(text)} characters)"


@unguarded
@dataclass(frozen=True, slots=True)
class NamedElement:
    """One element of one of the `wit_t`'s arrays."""

    interface: str | None
    name: str | None
    words: tuple[str, ...]
    """The words after the name."""


@dataclass(slots=True)
class Names:
    """The arrays of a `wit_t`, and the canonical names of their elements."""

    version: int
    arrays: dict[str, list[NamedElement]] = field(default_factory=dict)
    _kinds: tuple[str, ...] = ()
    _names: dict[tuple[str, int], str] = field(default_factory=dict)
    _elements: dict[str, tuple[str, int]] = field(default_factory=dict)
    _length: int = 0
    """The number of characters of all names together."""

    def entry(self, kind: str, index: int) -> NamedElement:
        array = self.arrays.get(kind, [])
        if index >= len(array):
            raise DumpError(f"{kind} {index}: the wit_t has {len(array)} of that kind")
        return array[index]

    def of(self, kind: str, index: int) -> str:
        """The canonical name of an element: of a function, a resource or a type."""
        name = self._names.get((kind, index))
        return self._work_out(kind, index) if name is None else name

    def _work_out(self, kind: str, index: int) -> str:
        """The name of an element, after those that it is made of. A type that contains itself has a name, too."""
        todo = [(kind, index)]
        opened: set[tuple[str, int]] = set()
        while todo:
            key = todo[-1]
            if key in opened or key in self._names:
                todo.pop()
                if self._names.get(key, _CIRCULAR) is _CIRCULAR:
                    self._keep(key, self._name(*key))
                continue
            opened.add(key)
            inner = [part for part in map(self.element, self._name_parts(*key)) if part[0] not in PRIMITIVES]
            todo += [part for part in inner if part not in self._names]
            self._names[key] = _CIRCULAR
        return self._names[kind, index]

    def _keep(self, key: tuple[str, int], name: str) -> None:
        self._length += len(name)
        if len(name) > MAX_NAME or self._length > MAX_NAMES:
            raise DumpError(f"{key[0]} {key[1]}: its name, or all names together, are too long")
        self._names[key] = name

    def _name_parts(self, kind: str, index: int) -> list[str]:
        """The type words of the parts of an element's name."""
        if kind in ("own", "borrow"):
            return []
        entry = self.entry(kind, index)
        if kind != "alias" and (entry.name is not None or kind in ("import", "export", "resource")):
            return []
        return [word for word in self.parts(kind, entry) if word != NO_TYPE]

    @staticmethod
    def parts(kind: str, entry: NamedElement) -> tuple[str, ...]:
        """The type words of the direct parts of an element of an array of types."""
        match kind:
            case "tuple":
                return entry.words[1:]
            case "record" | "variant":
                return entry.words[2::2]
            case "result" | "map":
                return entry.words[:2]
            case "fixed_length_list":
                return entry.words[1:2]
            case "alias" | "option" | "list" | "future" | "stream":
                return entry.words[:1]
        return ()

    def type(self, word: str) -> str:
        """The canonical name for a type word `kind:index`; `_` for none."""
        if word == NO_TYPE:
            return "_"
        kind, index = self.element(word)
        return kind if kind in PRIMITIVES else self.of(kind, index)

    def element(self, word: str) -> tuple[str, int]:
        """The array and the index that a type word names; a primitive type's keyword in place of the array."""
        found = self._elements.get(word)
        if found is None:
            found = self._elements[word] = self._element(word)
        return found

    def _element(self, word: str) -> tuple[str, int]:
        first, _, index = word.partition(":")
        kind = number(first)
        if kind < len(PRIMITIVES):
            return PRIMITIVES[kind], 0
        if kind - len(PRIMITIVES) >= len(self._kinds):
            raise DumpError(f"type word {short(word)}: no such kind in version {self.version}")
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
            exported = entry.words[1] != "0"
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
        raise DumpError(f"{kind} without a name")


def read_dump(lines: Iterable[str]) -> Names:
    """`lines` are the `wit ...` lines of a trace, each without its newline."""
    names: Names | None = None
    for line in lines:
        words = line.split(" ")
        if words == ["wit", "none"]:
            raise DumpError("the interpreter was given no wit_t before it was entered")
        if names is None:
            names = _of_version(line, words)
        else:
            _add(names, line, words)
    if names is None:
        raise DumpError("the dump has no version")
    return names


def _of_version(line: str, words: list[str]) -> Names:
    if len(words) != 3 or words[:2] != ["wit", "version"]:
        raise DumpError(f"the dump does not begin with its version: {short(line)}")
    version = number(words[2])
    if version not in _LATER_ARRAYS:
        raise DumpError(f"version {version} of the wit_t is not known")
    names = Names(version)
    names._kinds = _ARRAYS + _LATER_ARRAYS[version]
    return names


def _add(names: Names, line: str, words: list[str]) -> None:
    if len(words) < 5 or words[0] != "wit":
        raise DumpError(f"a line of the dump is too short: {short(line)}")
    _, kind, index, interface, name = words[:5]
    rest = tuple(words[5:])
    if kind not in _SHORTEST or len(rest) < _SHORTEST[kind] or (kind in _LATER and kind not in names._kinds):
        raise DumpError(f"a line of the dump is of no known kind, or too short: {short(line)}")
    if kind in _COUNTED and number(rest[0]) * _COUNTED[kind] != len(rest) - 1:
        raise DumpError(f"a line of the dump has more or fewer parts than it says: {short(line)}")
    array = names.arrays.setdefault(kind, [])
    if number(index) != len(array):
        raise DumpError(f"{kind} {index} follows {kind} {len(array) - 1}")
    array.append(NamedElement(_null(interface), _null(name), rest))


def _null(word: str) -> str | None:
    return None if word == "-" else word

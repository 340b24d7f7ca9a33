"""A `wit_t` as a world: the description that an interpreter gets, as a world of the harness.

Every word of a `wit_t` is either compared with the world (`harness/judge/same_world.py`) or free for a reason that
docs/wit_t.md gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.trace.names import NO_TYPE, PRIMITIVES, DumpError, NamedElement, Names, number
from harness.world import types as t
from harness.world.world import Function


@dataclass(frozen=True, slots=True)
class DescribedFunction:
    """A function of the `wit_t`; `pointers` says which of its function pointers are set, as `task_return 1`.

    `area`: size and alignment of the memory of an asynchronous call; None for exports, which have none.
    """

    function: Function
    pointers: str
    area: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class DescribedCopy:
    """A stream or future. `builtins`: how many of its built-ins are set. `used`: whether the type word of a function
    leads to it."""

    kind: str
    type: t.Stream | t.Future
    builtins: int
    lift: bool
    lower: bool
    size: int
    align: int
    used: bool


COPY_BUILTINS = 7
"""The number of built-ins from `new` to `drop_writable`."""


@dataclass(frozen=True, slots=True)
class FunctionPointer:
    """A pointer of the `wit_t` to a function that no other word has: the position of the word, the function's place in
    the table, its name in `wit_dylib.h`, and the resource, stream or future that it belongs to, if any."""

    where: str
    place: int
    name: str = ""
    of: t.Resource | t.Stream | t.Future | None = None


@dataclass(frozen=True, slots=True)
class DescribedType:
    """An element with a name in one of the arrays of types; an alias is replaced by the type that it names."""

    kind: str
    interface: str | None
    name: str
    type: t.Type


class Described:
    """The elements of a `wit_t` as types of `harness/world/types.py`, each made once. Raises `DumpError`."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._made: dict[str, t.Type | None] = {}
        self._resources: dict[int, t.Resource] = {}

    def functions(self, kind: str) -> Iterator[DescribedFunction]:
        """`kind`: `import` or `export`."""
        for entry in self._names.arrays.get(kind, ()):
            yield self._function(kind, entry)

    def resources(self) -> Iterator[tuple[t.Resource, str]]:
        """Each with which of its function pointers are set."""
        for index, entry in enumerate(self._names.arrays.get("resource", ())):
            drop, new, rep = (_flag(word) for word in entry.words[:3])
            yield self._resource(index), f"drop {drop}, new {new}, rep {rep}"

    def copies(self) -> Iterator[DescribedCopy]:
        used = self._used_words()
        for kind in ("stream", "future"):
            for index, entry in enumerate(self._names.arrays.get(kind, ())):
                type = self._type(self._names.word(kind, index))
                assert isinstance(type, t.Stream | t.Future)
                if len(entry.words) != COPY_BUILTINS + 5:
                    raise DumpError(f"the line of {kind} {index} is too short or too long")
                numbers = [number(word) for word in entry.words[1:]]
                builtins = sum(map(bool, numbers[:COPY_BUILTINS]))
                lift, lower, size, align = numbers[COPY_BUILTINS:]
                is_used = self._names.word(kind, index) in used
                yield DescribedCopy(kind, type, builtins, bool(lift), bool(lower), size, align, is_used)

    def _used_words(self) -> set[str]:
        """The type words of all functions, and those that these lead to."""
        todo = []
        for kind in ("import", "export"):
            for entry in self._names.arrays.get(kind, ()):
                params, end = _params_of(kind, entry)
                todo += [*params, entry.words[end]]
        found: set[str] = set()
        while todo:
            word = todo.pop()
            if word not in found and word != NO_TYPE:
                found.add(word)
                todo += self._parts(word)
        return found

    def pointers(self) -> Iterator[FunctionPointer]:
        """The pointers that are set, of functions that are each made for one place."""
        for kind, count in (("import", 2), ("export", 1), ("resource", 3), ("stream", 8), ("future", 8)):
            for index, entry in enumerate(self._names.arrays.get(kind, ())):
                first = 1 if kind in ("stream", "future") else 0
                for name, word in zip(_POINTERS[kind], entry.words[first:count], strict=False):
                    if number(word):
                        where = f"{kind} {self._names.of(kind, index)}, {name}"
                        yield FunctionPointer(where, number(word), name, self._owner(kind, index))

    def _owner(self, kind: str, index: int) -> t.Resource | t.Stream | t.Future | None:
        if kind == "resource":
            return self._resource(index)
        type = self._type(self._names.word(kind, index)) if kind in ("stream", "future") else None
        assert type is None or isinstance(type, t.Stream | t.Future)
        return type

    def named_types(self) -> Iterator[DescribedType]:
        for kind, array in self._names.arrays.items():
            if kind in ("import", "export", "resource"):
                continue
            for index, entry in enumerate(array):
                if entry.name is None:
                    if kind in _ALWAYS_NAMED or entry.interface is not None:
                        raise DumpError(f"{kind} {index} has no name")
                    continue
                type = self._type(self._names.word(kind, index))
                if type is not None:
                    yield DescribedType(kind, entry.interface, entry.name, type)

    def _function(self, kind: str, entry: NamedElement) -> DescribedFunction:
        words = entry.words
        param_words, end = _params_of(kind, entry)
        params = tuple(self._param(word, entry) for word in param_words)
        area = None
        pointers = f"task_return {_flag(words[0])}"
        if kind == "import":
            impl, start, lift = map(_flag, words[:3])
            pointers = f"impl {impl}, async_impl {start}, async_lift_impl {lift}"
            if len(words) != end + 3:
                raise DumpError(f"the line of {kind} {entry.name} is too short or too long")
            area = number(words[end + 1]), number(words[end + 2])
        asynchronous = words[1:3] if kind == "import" else words[:1]
        is_async = any(map(_flag, asynchronous))
        name = entry.name if entry.name is not None else "(null)"
        function = Function(entry.interface, name, params, self._type(words[end]), is_async)
        return DescribedFunction(function, pointers, area)

    def _param(self, word: str, entry: NamedElement) -> t.Param:
        type = self._type(word)
        if type is None:
            raise DumpError(f"a parameter of {entry.name} has no type")
        return t.Param("", type)

    def _type(self, word: str) -> t.Type | None:
        if word != NO_TYPE and word not in self._made:
            self._make_all(word)
        return self._made.get(word)

    def _make_all(self, word: str) -> None:
        """A type, after those that it is made of."""
        todo = [word]
        opened: set[str] = set()
        while todo:
            word = todo[-1]
            if word in self._made:
                todo.pop()
            elif word in opened:
                self._made[todo.pop()] = self._named(word)
            else:
                opened.add(word)
                for inner in self._parts(word):
                    if inner in opened and inner not in self._made:
                        kind, index = self._names.element(inner)
                        raise DumpError(f"{kind} {index} contains itself")
                    todo.append(inner)

    def _named(self, word: str) -> t.Type | None:
        """The type with its name, made while the names of its parts are known, so nothing recurses."""
        self._names.type(word)  # knows how long the name becomes
        type = self._make(word)
        if type is not None:
            _ = type.canonical
        return type

    def _parts(self, word: str) -> list[str]:
        kind, index = self._names.element(word)
        if kind in PRIMITIVES or kind in ("own", "borrow"):
            return []
        entry = self._names.entry(kind, index)
        return [inner for inner in self._names.parts(kind, entry) if inner != NO_TYPE]

    def _some(self, word: str) -> t.Type:
        type = self._type(word)
        if type is None:
            raise DumpError("a type is missing where one has to be")
        return type

    def _resource(self, index: int) -> t.Resource:
        found = self._resources.get(index)
        if found is None:
            entry = self._names.entry("resource", index)
            exported = entry.words[1] != "0"
            found = self._resources[index] = t.Resource(entry.interface, entry.name or "(null)", exported)
        return found

    def _make(self, word: str) -> t.Type | None:
        kind, index = self._names.element(word)
        if kind in PRIMITIVES:
            return t.Prim(kind)
        if kind == "own":
            return t.Own(self._resource(index))
        if kind == "borrow":
            return t.Borrow(self._resource(index))
        entry = self._names.entry(kind, index)
        name = t.qualified(entry.interface, entry.name) if entry.name is not None else None
        words = entry.words
        match kind:
            case "alias":
                return self._type(words[0])
            case "record":
                pairs = _pairs(entry)
                return t.Record(name or "", tuple(t.Param(label, self._some(type)) for label, type in pairs))
            case "variant":
                pairs = _pairs(entry)
                return t.Variant(name or "", tuple(t.CaseType(label, self._type(type)) for label, type in pairs))
            case "enum":
                return t.EnumType(name or "", words[1:])
            case "flags":
                return t.Flags(name or "", words[1:])
            case "tuple":
                return t.Tuple(tuple(map(self._some, words[1:])), name)
            case "option":
                return t.Option(self._some(words[0]), name)
            case "result":
                return t.Result(self._type(words[0]), self._type(words[1]), name)
            case "list":
                return t.List(self._some(words[0]), name)
            case "map":
                return t.Map(self._some(words[0]), self._some(words[1]), name)
            case "fixed_length_list":
                return t.FixedLengthList(self._some(words[1]), number(words[0]), name)
            case "future":
                return t.Future(self._type(words[0]), name)
            case "stream":
                return t.Stream(self._type(words[0]), name)
        raise DumpError(f"{kind} is not a kind of type")


_ALWAYS_NAMED = frozenset(("record", "variant", "enum", "flags"))
"""Kinds of types that only a definition makes (WIT.md, "Item: `type`" and the following)."""

_BUILTINS = ("new", "read", "write", "cancel_read", "cancel_write", "drop_readable", "drop_writable")
_POINTERS = {
    "import": ("impl", "async_impl"),
    "export": ("task_return",),
    "resource": ("drop", "new", "rep"),
    "stream": _BUILTINS,
    "future": _BUILTINS,
}
"""Function pointers of an element, in the order of their words. `lift` and `lower` serve any number of types,
`async_lift_impl` any number of functions with one result."""


def _params_of(kind: str, entry: NamedElement) -> tuple[tuple[str, ...], int]:
    """The type words of a function's parameters, and the position behind them: that of its result's. Raises
    `DumpError`."""
    count_at = 3 if kind == "import" else 1
    words = entry.words
    end = count_at + 1 + number(words[count_at]) if len(words) > count_at else len(words)
    if len(words) <= end:
        raise DumpError(f"the line of {kind} {entry.name} is too short")
    return words[count_at + 1 : end], end


def _flag(word: str) -> int:
    return int(number(word) != 0)


def _pairs(entry: NamedElement) -> Iterator[tuple[str, str]]:
    """Labels and type words."""
    if len(entry.words) % 2 == 0:
        raise DumpError(f"the last label of {entry.name} has no type")
    return zip(entry.words[1::2], entry.words[2::2], strict=True)

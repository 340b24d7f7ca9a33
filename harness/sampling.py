"""Values of a type from a source of randomness: boundary values first, every case, sizes bounded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from harness import types as t
from harness.smallest import Smallest
from harness.values import Case, ErrorContext, Float, HandleName, Value

HandleMaker = Callable[[t.Own | t.Borrow], HandleName]

BUDGET = 96
"""Values that one sample contains at most, apart from what types force and from one long list."""

_FLOATS = {
    32: (
        0x0000_0000, 0x8000_0000, 0x3F80_0000, 0xBFC0_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0001,
        0x7F80_0001, 0x0000_0001, 0x007F_FFFF, 0x0080_0000, 0x7F7F_FFFF, 0x4B80_0000,
    ),
    64: (
        0x0000_0000_0000_0000, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 0xBFF8_0000_0000_0000,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0001,
        0x7FF0_0000_0000_0001, 0x0000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000,
        0x7FEF_FFFF_FFFF_FFFF, 0x4340_0000_0000_0000,
    ),
}  # fmt: skip
"""Zeros, ones, infinities, quiet and signalling NaNs with payloads, subnormals, the largest, the first lost integer."""

_CHARS = (
    "\0", "\t", "a", "~", "\x7f", "\x80", "\xff", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff",
    "\U00010000", "\U0001f600", "\U0010ffff",
)  # fmt: skip
"""Both sides of every change of length in UTF-8 and UTF-16, and of the surrogates."""

_STRINGS = (
    "", "", "a", "hello", "\u00e9", "\u20ac", "\U0001f600", "a\0b", "\ud7ff\ue000", "\U0010ffff\uffff", '"\\\n\t',
    "0123456789abcdef" * 4, "\u00e9\U0001f600" * 40,
)  # fmt: skip

_LENGTHS = (0, 0, 1, 1, 2, 2, 3, 5, 17)


class Impossible(ValueError):
    """No value of the type can be made: it needs a handle or an asynchronous value that is not to be had."""


class Sampler:
    """Draws values. `avoid` tells which handles cannot be had; the other cases, or empty lists, are drawn then."""

    def __init__(
        self,
        random: Random,
        handle: HandleMaker | None = None,
        avoid: Callable[[t.Own | t.Borrow], bool] = lambda _: True,
    ) -> None:
        self._random = random
        self._handle = handle
        self._smallest = Smallest(avoid if handle is not None else lambda _: True)
        self._open: dict[t.Type, tuple[list[int], list[int]]] = {}
        self._left = BUDGET

    def possible(self, type: t.Type | None) -> bool:
        """Whether a value of the type can be made without what is to be avoided, and is not too large."""
        return self._smallest.possible(type)

    def sample(self, type: t.Type) -> Value:
        """A value of `type`; raises `Impossible`."""
        if not self.possible(type):
            raise Impossible(f"no value of {type.canonical} can be made")
        self._left = BUDGET
        return self._sample(type)

    def sample_holding(self, type: t.Type, wanted: Callable[[t.Own], bool]) -> Value:
        """A value that holds at least one `own` that is wanted; raises `Impossible`."""
        self._left = BUDGET
        value = self._holding(type, wanted, set())
        if value is None:
            raise Impossible(f"no value of {type.canonical} holds the wanted handle")
        return value

    def _holding(self, type: t.Type, wanted: Callable[[t.Own], bool], seen: set[t.Type]) -> Value | None:
        """None where no value of the type holds what is wanted; `seen` are types known not to lead there."""
        if type in seen or isinstance(type, t.Prim):
            return None
        found: Value | None = None
        match type:
            case t.Own():
                found = self._make(type) if wanted(type) and self.possible(type) else None
            case t.Record() | t.Tuple():
                found = self._members_holding(t.parts(type), wanted, seen)
            case t.FixedLengthList():
                found = self._members_holding((type.type,) * type.size, wanted, seen)
            case t.List():
                element = self._holding(type.type, wanted, seen)
                found = (element,) if element is not None else None
            case t.Map():
                pair = self._members_holding((type.key, type.value), wanted, seen)
                found = (pair,) if pair is not None else None
            case t.Variant() | t.Option() | t.Result():
                for index, payload in enumerate(t.payloads(type)):
                    inner = self._holding(payload, wanted, seen) if payload is not None else None
                    if inner is not None:
                        return Case(index, inner)
        if found is None:
            seen.add(type)
        return found

    def _members_holding(
        self, members: tuple[t.Type, ...], wanted: Callable[[t.Own], bool], seen: set[t.Type]
    ) -> tuple[Value, ...] | None:
        for index, member in enumerate(members):
            others = members[:index] + members[index + 1 :]
            if all(map(self.possible, others)):
                inner = self._holding(member, wanted, seen)
                if inner is not None:
                    before = tuple(map(self._sample, members[:index]))
                    return (*before, inner, *map(self._sample, members[index + 1 :]))
        return None

    def _sample(self, type: t.Type) -> Value:
        self._left -= 1
        return _SAMPLE[type.__class__](self, type)

    def _members(self, type: t.Record | t.Tuple) -> Value:
        return tuple([self._sample(part) for part in type.parts])

    def _list(self, type: t.List) -> Value:
        element = type.type
        return tuple([self._sample(element) for _ in range(self._length(element))])

    def _fixed_length_list(self, type: t.FixedLengthList) -> Value:
        return tuple([self._sample(type.type) for _ in range(type.size)])

    def _map(self, type: t.Map) -> Value:
        length = self._length(type.key, type.value)
        return tuple([(self._sample(type.key), self._sample(type.value)) for _ in range(length)])

    def _enum(self, type: t.EnumType) -> Value:
        return self._index(len(type.cases))

    def _asynchronous(self, type: t.Future | t.Stream) -> Value:
        raise Impossible(f"{type.canonical} in a synchronous run")

    def _make(self, type: t.Own | t.Borrow) -> HandleName:
        assert self._handle is not None
        return self._handle(type)

    def _length(self, *elements: t.Type) -> int:
        if self._left <= 0 or not all(map(self.possible, elements)):
            return 0
        length = self._random.choice(_LENGTHS)
        size = sum(map(self._smallest.parts, elements))
        if size > self._left:
            length = min(length, 1)
        if length == 17 and isinstance(elements[0], t.Prim) and self._random.random() < 0.2:
            return self._random.choice((64, 255, 256))  # whatever is left: the rest of the value is small then
        return length if length <= 3 else min(length, max(3, self._left))

    def _index(self, count: int) -> int:
        """The first and the last, and both sides of 256, more often than others."""
        edges = [index for index in (0, count - 1, 255, 256) if index < count]
        return self._random.choice(edges) if self._random.random() < 0.3 else self._random.randrange(count)

    def _flags(self, type: t.Flags) -> Value:
        count = len(type.labels)
        pick = self._random.randrange(5)
        if pick == 0:
            return frozenset()
        if pick == 1:
            return frozenset(range(count))
        if pick == 2:
            return frozenset({self._index(count)})
        return frozenset(label for label in range(count) if self._random.random() < 0.5)

    def _case(self, type: t.Variant | t.Option | t.Result) -> Value:
        found = self._open.get(type)
        if found is None:
            found = self._open[type] = self._open_cases(type)
        open_cases, least = found
        if self._left <= 0:
            open_cases = least
        index = open_cases[self._index(len(open_cases))]
        payload = type.payloads[index]
        return Case(index, None if payload is None else self._sample(payload))

    def _open_cases(self, type: t.Variant | t.Option | t.Result) -> tuple[list[int], list[int]]:
        """The cases of which there are values, and those of them with the smallest ones."""
        sizes = list(map(self._smallest.parts, type.payloads))
        possible = [index for index, payload in enumerate(type.payloads) if self.possible(payload)]
        least = min(sizes[index] for index in possible)
        return possible, [index for index in possible if sizes[index] == least]

    def _primitive(self, type: t.Prim) -> Value:
        random = self._random
        if type is t.Prim.BOOL:
            return random.random() < 0.5
        if type is t.Prim.CHAR:
            return random.choice(_CHARS) if random.random() < 0.7 else self._char()
        if type is t.Prim.STRING:
            return self._string()
        if type is t.Prim.ERROR_CONTEXT:
            return ErrorContext(self._string())
        width = t.NUMBERS[type]
        if type in t.FLOATS:
            bits = random.choice(_FLOATS[width]) if random.random() < 0.6 else random.getrandbits(width)
            return Float(bits, width)
        edges = _EDGES[type]
        if random.random() < 0.6:
            return random.choice(edges)
        return random.randint(edges[0], edges[-1])

    def _char(self) -> str:
        code = self._random.choice((0x80, 0x800, 0x1_0000, 0x11_0000 - 0x800))
        number = self._random.randrange(code)
        return chr(number if number < 0xD800 else number + 0x800)

    def _string(self) -> str:
        if self._random.random() < 0.7:
            return self._random.choice(_STRINGS)
        return "".join(self._char() for _ in range(self._random.randrange(12)))


def _edges(type: t.Prim) -> tuple[int, ...]:
    """The least and the greatest value of an integer type, their neighbours, the middle, and around zero."""
    width = t.NUMBERS[type]
    middle = 1 << (width - 1)
    low, high = (0, (1 << width) - 1) if type in t.UNSIGNED else (-middle, middle - 1)
    return tuple(edge for edge in (low, low + 1, -1, 0, 1, middle - 1, middle, high - 1, high) if low <= edge <= high)


_EDGES = {type: _edges(type) for type in (*t.UNSIGNED, *t.SIGNED)}

_SAMPLE: dict[type, Callable[[Sampler, Any], Value]] = {
    t.Prim: Sampler._primitive,
    t.Record: Sampler._members,
    t.Tuple: Sampler._members,
    t.List: Sampler._list,
    t.FixedLengthList: Sampler._fixed_length_list,
    t.Map: Sampler._map,
    t.Variant: Sampler._case,
    t.Option: Sampler._case,
    t.Result: Sampler._case,
    t.EnumType: Sampler._enum,
    t.Flags: Sampler._flags,
    t.Own: Sampler._make,
    t.Borrow: Sampler._make,
    t.Future: Sampler._asynchronous,
    t.Stream: Sampler._asynchronous,
}

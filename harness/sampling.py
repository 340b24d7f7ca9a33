"""Values of a type from a source of randomness: boundary values first, every case, sizes bounded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from harness import types as t
from harness.values import Case, ErrorContext, Float, HandleName, Value

HandleMaker = Callable[[t.Own | t.Borrow], HandleName]

BUDGET = 96
"""Values that one sample contains at most, lists apart from what their types force."""

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
        self._avoid = avoid
        self._possible: dict[t.Type, bool] = {}
        self._left = BUDGET

    def possible(self, type: t.Type | None) -> bool:
        """Whether a value of the type can be made without what is to be avoided."""
        if type is None or isinstance(type, t.Prim | t.EnumType | t.Flags | t.List | t.Map):
            return True
        found = self._possible.get(type)
        if found is None:
            found = self._possible[type] = self._compute_possible(type)
        return found

    def _compute_possible(self, type: t.Type) -> bool:
        match type:
            case t.Own() | t.Borrow():
                return self._handle is not None and not self._avoid(type)
            case t.Future() | t.Stream():
                return False
            case t.Variant() | t.Option() | t.Result():
                return any(map(self.possible, t.payloads(type)))
            case t.FixedLengthList():
                return type.size == 0 or self.possible(type.type)
            case _:
                return all(map(self.possible, t.parts(type)))

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
        match type:
            case t.Prim():
                return self._primitive(type)
            case t.Record() | t.Tuple():
                return tuple(map(self._sample, t.parts(type)))
            case t.List():
                return tuple(self._sample(type.type) for _ in range(self._length(type.type)))
            case t.FixedLengthList():
                return tuple(self._sample(type.type) for _ in range(type.size))
            case t.Map():
                length = self._length(type.key, type.value)
                return tuple((self._sample(type.key), self._sample(type.value)) for _ in range(length))
            case t.Variant() | t.Option() | t.Result():
                return self._case(t.payloads(type))
            case t.EnumType():
                return self._index(len(type.cases))
            case t.Flags():
                return self._labels(len(type.labels))
            case t.Own() | t.Borrow():
                return self._make(type)
            case t.Future() | t.Stream():
                raise Impossible(f"{type.canonical} in a synchronous run")

    def _make(self, type: t.Own | t.Borrow) -> HandleName:
        assert self._handle is not None
        return self._handle(type)

    def _length(self, *elements: t.Type) -> int:
        if self._left <= 0 or not all(map(self.possible, elements)):
            return 0
        length = self._random.choice(_LENGTHS)
        if length == 17 and isinstance(elements[0], t.Prim) and self._random.random() < 0.2:
            length = self._random.choice((64, 255, 256))
        return length if length <= 3 else min(length, max(3, self._left))

    def _index(self, count: int) -> int:
        """The first and the last, and both sides of 256, more often than others."""
        edges = [index for index in (0, count - 1, 255, 256) if index < count]
        return self._random.choice(edges) if self._random.random() < 0.3 else self._random.randrange(count)

    def _labels(self, count: int) -> frozenset[int]:
        pick = self._random.randrange(5)
        if pick == 0:
            return frozenset()
        if pick == 1:
            return frozenset(range(count))
        if pick == 2:
            return frozenset({self._index(count)})
        return frozenset(label for label in range(count) if self._random.random() < 0.5)

    def _case(self, cases: tuple[t.Type | None, ...]) -> Case:
        open_cases = [index for index, payload in enumerate(cases) if self.possible(payload)]
        if self._left <= 0:
            bare = [index for index in open_cases if cases[index] is None]
            open_cases = bare or open_cases
        index = open_cases[self._index(len(open_cases))]
        payload = cases[index]
        return Case(index, None if payload is None else self._sample(payload))

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
        low, high = (0, (1 << width) - 1) if type in t.UNSIGNED else (-(1 << (width - 1)), (1 << (width - 1)) - 1)
        if random.random() < 0.6:
            middle = 1 << (width - 1)
            edges = [e for e in (low, low + 1, -1, 0, 1, middle - 1, middle, high - 1, high) if low <= e <= high]
            return random.choice(edges)
        return random.randint(low, high)

    def _char(self) -> str:
        code = self._random.choice((0x80, 0x800, 0x1_0000, 0x11_0000 - 0x800))
        number = self._random.randrange(code)
        return chr(number if number < 0xD800 else number + 0x800)

    def _string(self) -> str:
        if self._random.random() < 0.7:
            return self._random.choice(_STRINGS)
        return "".join(self._char() for _ in range(self._random.randrange(12)))

"""Values of a type from a source of randomness: boundary values first, every case, limited sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from harness.values.values import Case, ErrorContext, Float, HandleName, Value
from harness.world import types as t
from harness.world.smallest import Smallest

HandleMaker = Callable[[t.Own | t.Borrow], HandleName]
Draw = Callable[[], Value]
"""Draws values of one type."""

BUDGET = 96
"""Maximum number of values in one sample, apart from values that types require and from one long list."""

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
_LONG = (63, 64, 65, 127, 128, 254, 255, 256, 257)
"""Both sides of the limits of 6, 7 and 8 bits."""
VERY_LONG = (16_383, 16_384, 16_385, 65_535, 65_536, 65_537)
"""The same for 14 bits (two bytes of LEB128) and 16 bits."""
_STRINGS_ONE_IN, _WHOLE_ONE_IN, _SEQUENCES_ONE_IN = 30, 30, 120
"""The share of plans that may have a very long string, list of numbers given whole, or list or map element by
element."""
_TILE = 251
"""The number of drawn elements of a very long value, which repeat: no size is a multiple of it."""


@dataclass(slots=True)
class Allowance:
    """Which very long values may be drawn: each costs as much as dozens of others, so most plans have none."""

    strings: int = 0
    sequences: int = 0
    """Lists and maps."""

    @classmethod
    def drawn(cls, random: Random, whole: bool) -> Allowance:
        """The allowance of a plan. `whole`: lists of numbers go as their bytes, which costs little."""
        one_in = _WHOLE_ONE_IN if whole else _SEQUENCES_ONE_IN
        return cls(int(not random.randrange(_STRINGS_ONE_IN)), int(not random.randrange(one_in)))

    def string(self, random: Random) -> int:
        """The length of a very long string, 0 for none."""
        if self.strings and random.randrange(6) == 5:
            self.strings -= 1
            return random.choice(VERY_LONG)
        return 0

    def sequence(self, random: Random) -> int:
        if self.sequences and random.randrange(4) == 3:
            self.sequences -= 1
            return random.choice(VERY_LONG)
        return 0


class Impossible(ValueError):
    """No value of the type can be made: it needs an unavailable handle or asynchronous value."""


class Sampler:
    """Draws values. `avoid` reports unavailable handles; the sampler then draws other cases, or empty lists."""

    def __init__(
        self,
        random: Random,
        handle: HandleMaker | None = None,
        avoid: Callable[[t.Own | t.Borrow], bool] = lambda _: True,
        allowance: Allowance | None = None,
    ) -> None:
        """`allowance`: shared with other samplers; without one nothing is very long."""
        self._random = random
        self._allowance = allowance if allowance is not None else Allowance()
        self._handle = handle
        self._smallest = Smallest(avoid if handle is not None else lambda _: True)
        self._draws: dict[t.Type, Draw] = {}
        self._budget = _Budget()

    def possible(self, type: t.Type | None) -> bool:
        """Whether it is possible to make a value of the type without avoided handles, and it is not too large."""
        return self._smallest.possible(type)

    def sample(self, type: t.Type) -> Value:
        """A value of `type`; raises `Impossible`."""
        if not self.possible(type):
            raise Impossible(f"no value of {type.canonical} can be made")
        self._budget.left = BUDGET
        return self._draw(type)()

    def sample_holding(self, type: t.Type, wanted: Callable[[t.Own], bool]) -> Value:
        """A value that contains at least one wanted `own`; raises `Impossible`."""
        self._budget.left = BUDGET
        value = self._holding(type, wanted, set())
        if value is None:
            raise Impossible(f"no value of {type.canonical} holds the wanted handle")
        return value

    def _holding(self, type: t.Type, wanted: Callable[[t.Own], bool], seen: set[t.Type]) -> Value | None:
        """None if no value of the type contains a wanted handle; `seen` are types known not to contain one."""
        if type in seen or isinstance(type, t.Prim):
            return None
        found: Value | None = None
        match type:
            case t.Own():
                found = (
                    self._handle(type) if self._handle is not None and wanted(type) and self.possible(type) else None
                )
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
                    before = [self._draw(member)() for member in members[:index]]
                    return (*before, inner, *[self._draw(member)() for member in members[index + 1 :]])
        return None

    def _draw(self, type: t.Type) -> Draw:
        """The function that draws values of a type, compiled once. It must not refer to this sampler, which keeps
        it."""
        found = self._draws.get(type)
        if found is None:
            found = self._draws[type] = self._put_together(type)
        return found

    def _put_together(self, type: t.Type) -> Draw:
        random, budget = self._random, self._budget
        match type:
            case t.Prim():
                return _primitive(random, budget, type, self._allowance)
            case t.Record() | t.Tuple():
                return _members(budget, [self._draw(part) for part in type.parts])
            case t.FixedLengthList():
                return _members(budget, [self._draw(type.type)] * type.size)
            case t.List():
                return _list(budget, self._length(type.type), self._draw(type.type))
            case t.Map():
                return _map(budget, self._length(type.key, type.value), self._draw(type.key), self._draw(type.value))
            case t.EnumType():
                return _enum(random, budget, len(type.cases))
            case t.Flags():
                return _flags(random, budget, len(type.labels))
            case t.Variant() | t.Option() | t.Result():
                payloads = [None if payload is None else self._draw(payload) for payload in type.payloads]
                return _case(random, budget, *self._open_cases(type), payloads)
            case t.Own() | t.Borrow() if self._handle is not None:
                return _handle(budget, self._handle, type)
            case _:
                return _impossible(type)

    def _length(self, *elements: t.Type) -> Callable[[], int]:
        """Draws lengths of lists, or of maps."""
        random, budget, allowance = self._random, self._budget, self._allowance
        size = sum(map(self._smallest.parts, elements))
        is_short = isinstance(elements[0], t.Prim)
        is_flat = is_short and all(isinstance(e, t.Prim) and (e in t.NUMBERS or e is t.Prim.BOOL) for e in elements)
        if not all(map(self.possible, elements)):
            return lambda: 0

        def draw() -> int:
            if budget.left <= 0:
                return 0
            if is_flat and (very_long := allowance.sequence(random)):
                return very_long
            length = random.choice(_LENGTHS)
            if size > budget.left:
                length = min(length, 1)
            if length == 17 and is_short and random.random() < 0.2:
                return random.choice(_LONG)  # the rest of the budget: the remaining value is small then
            return length if length <= 3 else min(length, max(3, budget.left))

        return draw

    def _open_cases(self, type: t.Variant | t.Option | t.Result) -> tuple[list[int], list[int]]:
        """The cases that have values, and among them the cases with the smallest values."""
        sizes = list(map(self._smallest.parts, type.payloads))
        possible = [index for index, payload in enumerate(type.payloads) if self.possible(payload)]
        least = min((sizes[index] for index in possible), default=0)
        return possible, [index for index in possible if sizes[index] == least]


@dataclass(slots=True)
class _Budget:
    """The number of values that the current sample may still contain."""

    left: int = BUDGET


def _members(budget: _Budget, members: Sequence[Draw]) -> Draw:
    def draw() -> Value:
        budget.left -= 1
        return tuple([member() for member in members])

    return draw


def _list(budget: _Budget, length: Callable[[], int], element: Draw) -> Draw:
    def draw() -> Value:
        budget.left -= 1
        return _repeated(element, length())

    return draw


def _repeated(draw: Draw, length: int) -> tuple[Value, ...]:
    """This many elements. For very many, only the first are drawn, and they repeat."""
    if length < VERY_LONG[0]:
        return tuple([draw() for _ in range(length)])
    tile = tuple([draw() for _ in range(_TILE)])
    return (tile * (length // _TILE + 1))[:length]


def _map(budget: _Budget, length: Callable[[], int], key: Draw, value: Draw) -> Draw:
    def pair() -> Value:
        return key(), value()

    def draw() -> Value:
        budget.left -= 1
        return _repeated(pair, length())

    return draw


def _index(random: Random, count: int) -> Callable[[], int]:
    """An index; the first and the last, and both sides of 256, are more likely than others."""
    edges = [index for index in (0, count - 1, 255, 256) if index < count]
    return lambda: random.choice(edges) if random.random() < 0.3 else random.randrange(count)


def _enum(random: Random, budget: _Budget, count: int) -> Draw:
    index = _index(random, count)

    def draw() -> Value:
        budget.left -= 1
        return index()

    return draw


def _flags(random: Random, budget: _Budget, count: int) -> Draw:
    index = _index(random, count)

    def draw() -> Value:
        budget.left -= 1
        pick = random.randrange(5)
        if pick == 0:
            return frozenset()
        if pick == 1:
            return frozenset(range(count))
        if pick == 2:
            return frozenset({index()})
        return frozenset([label for label in range(count) if random.random() < 0.5])

    return draw


def _case(
    random: Random, budget: _Budget, every: Sequence[int], least: Sequence[int], payloads: Sequence[Draw | None]
) -> Draw:
    of_every, of_least = _index(random, len(every)), _index(random, len(least))

    def draw() -> Value:
        budget.left -= 1
        index = least[of_least()] if budget.left <= 0 else every[of_every()]
        payload = payloads[index]
        return Case(index, None if payload is None else payload())

    return draw


def _handle(budget: _Budget, make: HandleMaker, type: t.Own | t.Borrow) -> Draw:
    def draw() -> Value:
        budget.left -= 1
        return make(type)

    return draw


def _impossible(type: t.Type) -> Draw:
    def draw() -> Value:
        raise Impossible(f"no value of {type.canonical} can be made")

    return draw


def _primitive(random: Random, budget: _Budget, type: t.Prim, allowance: Allowance) -> Draw:
    one = _scalar(random, type)
    if type is t.Prim.STRING:
        short = one

        def one() -> Value:
            length = allowance.string(random)
            return _long_string(length) if length else short()

    def draw() -> Value:
        budget.left -= 1
        return one()

    return draw


def _scalar(random: Random, type: t.Prim) -> Draw:
    match type:
        case t.Prim.BOOL:
            return lambda: random.random() < 0.5
        case t.Prim.CHAR:
            return lambda: random.choice(_CHARS) if random.random() < 0.7 else _char(random)
        case t.Prim.STRING:
            return lambda: _string(random)
        case t.Prim.ERROR_CONTEXT:
            return lambda: ErrorContext(_string(random))
    width = t.NUMBERS[type]
    if type in t.FLOATS:
        floats = _FLOATS[width]
        return lambda: Float(random.choice(floats) if random.random() < 0.6 else random.getrandbits(width), width)
    edges = _EDGES[type]
    low, high = edges[0], edges[-1]
    return lambda: random.choice(edges) if random.random() < 0.6 else random.randint(low, high)


def _char(random: Random) -> str:
    code = random.choice((0x80, 0x800, 0x1_0000, 0x11_0000 - 0x800))
    number = random.randrange(code)
    return chr(number if number < 0xD800 else number + 0x800)


def _string(random: Random) -> str:
    if random.random() < 0.7:
        return random.choice(_STRINGS)
    return "".join([_char(random) for _ in range(random.randrange(12))])


_PATTERN = "ab\u00e9\u20ac\U0001f600"
_PATTERN_BYTES = len(_PATTERN.encode())


def _long_string(length: int) -> str:
    """A string of this many bytes, with characters of one to four bytes."""
    count, rest = divmod(length, _PATTERN_BYTES)
    return _PATTERN * count + "z" * rest


def _edges(type: t.Prim) -> tuple[int, ...]:
    """The least and the greatest value of an integer type, their neighbours, the middle, and around zero."""
    width = t.NUMBERS[type]
    middle = 1 << (width - 1)
    low, high = (0, (1 << width) - 1) if type in t.UNSIGNED else (-middle, middle - 1)
    return tuple(edge for edge in (low, low + 1, -1, 0, 1, middle - 1, middle, high - 1, high) if low <= edge <= high)


_EDGES = {type: _edges(type) for type in (*t.UNSIGNED, *t.SIGNED)}

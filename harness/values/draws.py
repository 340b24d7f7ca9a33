"""Functions that draw values, put together from those that draw their parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.values.allowance import VERY_LONG, Allowance, Budget
from harness.values.scalars import Draw, long_string, scalar
from harness.values.values import HandleName, Value, VariantValue
from harness.world import types as t

HandleMaker = Callable[[t.Handle], HandleName]

_TILE = 251
"""The number of drawn elements of a very long value, which repeat: no size is a multiple of it."""


class Impossible(ValueError):
    """No value of the type can be made: it needs an unavailable handle or asynchronous value."""


def members(budget: Budget, members: Sequence[Draw]) -> Draw:
    def draw() -> Value:
        budget.left -= 1
        return tuple([member() for member in members])

    return draw


def sequence(budget: Budget, length: Callable[[], int], members: Sequence[Draw]) -> Draw:
    """An element of one member is that member; of several, it is a tuple of them."""
    element = members[0]
    if len(members) > 1:

        def element() -> Value:
            return tuple([member() for member in members])

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


def _index(random: Random, count: int) -> Callable[[], int]:
    """An index; the first and the last, and both sides of 256, are more likely than others."""
    edges = [index for index in (0, count - 1, 255, 256) if index < count]
    return lambda: random.choice(edges) if random.random() < 0.3 else random.randrange(count)


def enum(random: Random, budget: Budget, count: int) -> Draw:
    index = _index(random, count)

    def draw() -> Value:
        budget.left -= 1
        return index()

    return draw


def flags(random: Random, budget: Budget, count: int) -> Draw:
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


def case(
    random: Random, budget: Budget, every: Sequence[int], least: Sequence[int], payloads: Sequence[Draw | None]
) -> Draw:
    of_every, of_least = _index(random, len(every)), _index(random, len(least))

    def draw() -> Value:
        budget.left -= 1
        index = least[of_least()] if budget.left <= 0 else every[of_every()]
        payload = payloads[index]
        return VariantValue(index, None if payload is None else payload())

    return draw


def handle(budget: Budget, make: HandleMaker, type: t.Handle) -> Draw:
    def draw() -> Value:
        budget.left -= 1
        return make(type)

    return draw


def impossible(type: t.Type) -> Draw:
    def draw() -> Value:
        raise Impossible(f"no value of {type.canonical} can be made")

    return draw


def primitive(random: Random, budget: Budget, type: t.Prim, allowance: Allowance) -> Draw:
    one = scalar(random, type)
    if type is t.Prim.STRING:
        short = one

        def one() -> Value:
            length = allowance.string(random)
            return long_string(length) if length else short()

    def draw() -> Value:
        budget.left -= 1
        return one()

    return draw

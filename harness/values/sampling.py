"""Values of a type from a source of randomness: boundary values first, every case, limited sizes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from harness.values import draws
from harness.values.allowance import BUDGET, Allowance, Budget
from harness.values.draws import HandleMaker, Impossible
from harness.values.scalars import Draw
from harness.values.values import Value, VariantValue
from harness.world import types as t
from harness.world.despecialize import Bits, Handle, Product, Sequence, Sum, despecialize
from harness.world.smallest import Smallest

_LENGTHS = (0, 0, 1, 1, 2, 2, 3, 5, 17)

_LONG = (63, 64, 65, 127, 128, 254, 255, 256, 257)
"""Both sides of the limits of 6, 7 and 8 bits."""


class Sampler:
    """Draws values. `avoid` reports unavailable handles; the sampler then draws other cases, or empty lists."""

    def __init__(
        self,
        random: Random,
        handle: HandleMaker | None = None,
        avoid: Callable[[t.Handle], bool] = lambda _: True,
        allowance: Allowance | None = None,
    ) -> None:
        """`allowance`: shared with other samplers; without one nothing is very long."""
        self._random = random
        self._allowance = allowance if allowance is not None else Allowance()
        self._handle = handle
        self._smallest = Smallest(avoid if handle is not None else lambda _: True)
        self._draws: dict[t.Type, Draw] = {}
        self._samples: dict[t.Type, Draw] = {}
        """Of `_draws` those of whole values: their types are `possible`."""
        self._budget = Budget()

    def possible(self, type: t.Type | None) -> bool:
        """Whether it is possible to make a value of the type without avoided handles, and it is not too large."""
        return self._smallest.possible(type)

    def sample(self, type: t.Type) -> Value:
        """A value of `type`; raises `Impossible`."""
        draw = self._samples.get(type)
        if draw is None:
            if not self.possible(type):
                raise Impossible(f"no value of {type.canonical} can be made")
            draw = self._samples[type] = self._draw(type)
        self._budget.left = BUDGET
        return draw()

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
        match despecialize(type):
            case Handle():
                if isinstance(type, t.Own) and self._handle is not None and wanted(type) and self.possible(type):
                    found = self._handle(type)
            case Product(types, times):
                found = self._members_holding(types * times, wanted, seen)
            case Sequence(types):
                members = self._members_holding(types, wanted, seen)
                found = (members,) if members is not None and len(types) > 1 else members
            case Sum(cases):
                for index, payload in enumerate(cases):
                    inner = self._holding(payload, wanted, seen) if payload is not None else None
                    if inner is not None:
                        return VariantValue(index, inner)
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
        if isinstance(type, t.Prim):
            return draws.primitive(random, budget, type, self._allowance)
        match despecialize(type):
            case Product(types, times):
                return draws.members(budget, [self._draw(part) for part in types] * times)
            case Sequence(types):
                return draws.sequence(budget, self._length(*types), [self._draw(part) for part in types])
            case Bits(labels):
                return draws.flags(random, budget, labels)
            case Sum(cases) if isinstance(type, t.EnumType):
                return draws.enum(random, budget, len(cases))
            case Sum(cases):
                payloads = [None if payload is None else self._draw(payload) for payload in cases]
                return draws.case(random, budget, *self._open_cases(cases), payloads)
        if isinstance(type, t.Handle) and self._handle is not None:
            return draws.handle(budget, self._handle, type)
        return draws.impossible(type)

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

    def _open_cases(self, payloads: tuple[t.Type | None, ...]) -> tuple[list[int], list[int]]:
        """The cases that have values, and among them the cases with the smallest values."""
        sizes = list(map(self._smallest.parts, payloads))
        possible = [index for index, payload in enumerate(payloads) if self.possible(payload)]
        least = min((sizes[index] for index in possible), default=0)
        return possible, [index for index in possible if sizes[index] == least]

"""The types that get helper functions.

Code for a type is inlined unless that would repeat much of it: then it is written once, as a helper. The decision needs
only estimates of size, in bytes. It makes the library grow with the number of types, not with the number of paths
through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum, unique

from generator.dylib.code.elements import UNROLLED
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.options import Optimize
from generator.dylib.world.types import Kind, Node, Passing


@unique
class Mode(IntEnum):
    """The operation on a value of a type. The order is that in which modes of one type use each other."""

    LIFT_MEMORY = 0
    LIFT_FLAT = 1
    LOWER_FLAT = 2
    LOWER_MEMORY = 3


Conversion = tuple[Node, Mode]

_LEAF = {Mode.LIFT_MEMORY: 10, Mode.LIFT_FLAT: 7, Mode.LOWER_FLAT: 6, Mode.LOWER_MEMORY: 10}
_STRING = 16
_PRODUCT = 7
_REPEATED = 1
_SUM = 18
_CASE = 5
_LOOP = 24
_SEQUENCE = 56
_OFFER = 6
"""Passing a list whole, if the interpreter accepts that."""
_SEQUENCE_ACCESS = 10
"""Loading or storing address and length around the main code of a list."""
_HELPER = 16
"""The cost of a helper in addition to its body and its name."""
_SMALL = 80
"""Code up to this size is always inlined for speed: the call of a helper takes as long as one or two of its
instructions, and more on a single-pass engine (`benchmarks.calls`)."""
_IN_LOOP = 400
"""An element's code up to this size is written into the loops over lists of it, for speed: the call of a helper is then
not repeated for each element."""
_UNROLLED_BYTES = 2048
"""For all unrolled loops of a library together. The reference's smallest library is larger than ours by more than that,
so that none of ours becomes larger than the reference's by unrolling."""
_OF_ELEMENT = 8
"""The call that appends an element, or goes to the next."""
_MAX_DEPTH = 24
"""Code nested deeper than this goes into a helper, so the generator's own recursion stays shallow."""


def conversions_of(use: FunctionUse) -> Iterator[Conversion]:
    """The operations of a function's adapter on values."""
    lift, lower = (Mode.LIFT_FLAT, Mode.LIFT_MEMORY), (Mode.LOWER_FLAT, Mode.LOWER_MEMORY)
    of_params, of_result = (lift, lower) if use.exported else (lower, lift)
    for param in use.params:
        yield param.node, of_params[use.signature.indirect_params]
    if use.result is None:
        return
    if use.task_return is not None:
        yield use.result.node, lower[use.task_return.indirect_params]
    else:
        yield use.result.node, of_result[use.signature.result_pointer]


def unrolls(node: Node, mode: Mode, element_cost: int) -> bool:
    """Whether a product is unrolled part by part instead of a loop over the elements of a fixed-length list."""
    if node.times is None or mode in (Mode.LIFT_FLAT, Mode.LOWER_FLAT):
        return True
    return (node.times - 1) * element_cost <= _LOOP


def call_cost(node: Node, mode: Mode) -> int:
    return 4 + 2 * len(node.flat or ()) if mode is Mode.LIFT_FLAT else 8


def parts_of(node: Node, mode: Mode) -> list[Conversion]:
    """The parts of a conversion's code, apart from its own instructions."""
    match node.passing:
        case Passing.WHOLE:
            return []
        case Passing.SEQUENCE if mode is Mode.LIFT_MEMORY:
            return [(node, Mode.LIFT_FLAT)]
        case Passing.SEQUENCE if mode is Mode.LOWER_FLAT:
            return [(node, Mode.LOWER_MEMORY)]
        case Passing.SEQUENCE:
            inner = Mode.LIFT_MEMORY if mode is Mode.LIFT_FLAT else Mode.LOWER_MEMORY
            return [(part, inner) for part in node.parts if part is not None]
        case Passing.SUM:
            return [(part, mode) for part in dict.fromkeys(node.parts) if part is not None]
        case Passing.PRODUCT:
            return [(part, mode) for part in node.parts if part is not None]


def is_loop(node: Node, mode: Mode) -> bool:
    """Whether a conversion's code contains the loop over the elements of a list or map."""
    return node.passing is Passing.SEQUENCE and mode in (Mode.LIFT_FLAT, Mode.LOWER_MEMORY)


class HelperPlan:
    """Decides once, from all uses of types by functions; `is_helper` answers."""

    def __init__(
        self,
        nodes: list[Node],
        roots: Iterable[Conversion],
        forced: Iterable[Conversion] = (),
        optimize: Optimize = Optimize.SPEED,
    ) -> None:
        """`roots`: the operations of adapters, with repetitions; `forced`: conversions that must be helpers."""
        self._small = _SMALL if optimize is Optimize.SPEED else 0
        self._costs: dict[Conversion, int] = {}
        self._depth: dict[Conversion, int] = {}
        self._unrolled: set[Conversion] = set()
        self._unrolled_bytes = _UNROLLED_BYTES if self.for_speed else 0
        self._helpers = set(forced)
        uses: dict[Conversion, int] = dict.fromkeys(self._helpers, 1)
        for conversion in roots:
            uses[conversion] = uses.get(conversion, 0) + 1
        order = _users_first(nodes, uses)
        for conversion in reversed(order):
            self._estimate(conversion)
        for conversion in order:
            self._decide(conversion, uses)

    def is_helper(self, node: Node, mode: Mode) -> bool:
        return (node, mode) in self._helpers

    @property
    def for_speed(self) -> bool:
        return self._small > 0

    def in_loop(self, conversion: Conversion) -> bool:
        """Whether the code of an element is in the loop over its list, even if it is a helper elsewhere."""
        node, _ = conversion
        within = node.passing in (Passing.PRODUCT, Passing.SUM) and self._costs[conversion] <= _IN_LOOP
        return self.for_speed and within and not self._is_deep(conversion)

    def unrolls_loop(self, node: Node, mode: Mode) -> bool:
        """Whether the loop over a list has several elements in a turn."""
        return (node, mode) in self._unrolled

    def _is_deep(self, conversion: Conversion) -> bool:
        return self._depth[conversion] % _MAX_DEPTH == _MAX_DEPTH - 1

    def _written(self, conversion: Conversion) -> Iterator[tuple[Conversion, int]]:
        """The parts of a conversion's code that may be helpers, and how often each is used: in a loop, those of an
        element instead of it."""
        for part in parts_of(*conversion):
            if is_loop(*conversion) and self.in_loop(part):
                yield from self._written(part)
            else:
                yield part, self._repeats(conversion, part)

    def element_cost(self, node: Node, mode: Mode) -> int:
        """The cost of all parts of a product, counted once, at the place of the product's code."""
        return sum([self._inline_or_call(part) for part in parts_of(node, mode)])

    def _decide(self, conversion: Conversion, uses: dict[Conversion, int]) -> None:
        """Whether a conversion becomes a helper; `uses` counts the places of its code, and then its parts."""
        if conversion[0].passing is Passing.WHOLE:
            return
        count = uses.setdefault(conversion, 0)
        if conversion in self._helpers or self._pays(conversion, count):
            self._helpers.add(conversion)
            count = 1
        for part, times in self._written(conversion):
            uses[part] = uses.get(part, 0) + count * times

    def _pays(self, conversion: Conversion, count: int) -> bool:
        cost = self._costs[conversion]
        if self._is_deep(conversion):
            return True
        if conversion in self._unrolled:
            return count > 1
        if cost <= self._small:
            return False
        name = len(conversion[0].name) + 8
        return count > 1 and (count - 1) * cost > _HELPER + name + count * call_cost(*conversion)

    def _repeats(self, conversion: Conversion, part: Conversion) -> int:
        node, mode = conversion
        if node.times is None:
            return 1
        return node.times if unrolls(node, mode, self._inline_or_call(part)) else 1

    def _inline_or_call(self, conversion: Conversion) -> int:
        cost = self._costs[conversion]
        if conversion[0].passing is Passing.WHOLE or cost <= self._small:
            return cost
        return min(cost, call_cost(*conversion))

    def _estimate(self, conversion: Conversion) -> None:
        """The size in bytes of a conversion's inlined code, if its parts are called where that is shorter."""
        node, mode = conversion
        conversions = parts_of(node, mode)
        loop = is_loop(node, mode)
        inner = sum(
            [self._costs[part] if loop and self.in_loop(part) else self._inline_or_call(part) for part in conversions]
        )
        self._depth[conversion] = 1 + max([self._depth[part] for part in conversions], default=0)
        unrolled = self._unroll(conversion, inner) if loop and node.kind is Kind.LIST else 0
        self._costs[conversion] = self._own_cost(node, mode, inner, len(conversions)) + inner + unrolled

    def _unroll(self, conversion: Conversion, cost: int) -> int:
        """The cost of unrolling the loop of a list, which is done if its elements are plain: scalars, strings, or small
        sums of these. 0 if the loop is not unrolled."""
        (element,) = conversion[0].parts
        assert element is not None, "a list has elements"
        parts = element.parts if element.passing is Passing.SUM else (element,)
        plain = all(part is None or part.passing is Passing.WHOLE for part in parts)
        more = UNROLLED * (cost + _OF_ELEMENT)
        if not plain or cost > self._small or more > self._unrolled_bytes:
            return 0
        self._unrolled.add(conversion)
        self._unrolled_bytes -= more
        return more

    def _own_cost(self, node: Node, mode: Mode, inner: int, parts: int) -> int:
        match node.passing:
            case Passing.WHOLE:
                return _STRING if node.kind is Kind.STRING else _LEAF[mode]
            case Passing.SEQUENCE if mode in (Mode.LIFT_MEMORY, Mode.LOWER_FLAT):
                return _SEQUENCE_ACCESS
            case Passing.SEQUENCE:
                return _SEQUENCE + (_OFFER if node.kind is Kind.LIST else 0)
            case Passing.SUM:
                return _SUM + _CASE * parts
            case Passing.PRODUCT if node.times is None:
                return _PRODUCT
            case Passing.PRODUCT:
                assert node.times is not None
                return _PRODUCT + _REPEATED + ((node.times - 1) * inner if unrolls(node, mode, inner) else _LOOP)


def _users_first(nodes: list[Node], roots: Iterable[Conversion]) -> list[Conversion]:
    """All conversions that the roots lead to, each before its parts."""
    reached = set(roots)
    order = []
    for node in reversed(nodes):
        for mode in Mode:
            if (node, mode) in reached:
                order.append((node, mode))
                reached.update(parts_of(node, mode))
    return order

"""Plain values: whole, in range, without handles. They arrive as they are given, so only the events are left to tell.

For such a value lifting undoes lowering (CanonicalABI.md, "Loading" and "Storing" of the same type), and what two
interpreters show of it follows from the value alone. A `Move` tells the events of both sides in one walk; whatever it
does not expect is `NotPlain`, and `harness/model/take.py` and `give.py` do it step by step. Both must tell the same
of a plain value (`tests/harness/test_plain.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.model.give import CASE_PUSHED
from harness.model.take import CASE_POPPED, MAX_LIST_BYTE_LENGTH, SCALARS
from harness.script import operations as s
from harness.values.values import without_payload
from harness.world import types as t
from harness.world.layout import Layout


class NotPlain(Exception):
    """A value needs the long way."""


Tell = Callable[[str], None]
Move = Callable[[Any, Tell, Tell], None]
"""Takes a value, tells what is popped and what is pushed. Raises `NotPlain` at any point."""


class Moves:
    """A move for each pair of types: as the component sees it that gives a value, and as the one that gets it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._made: dict[tuple[t.Type, t.Type, bool], Move] = {}

    def of(self, giver: t.Type, getter: t.Type, lists: bool) -> Move | None:
        """None for types with handles. `lists`: lists of numbers are pushed whole."""
        return None if giver.holds_handles else self._of(giver, getter, lists)

    def _of(self, giver: t.Type, getter: t.Type, lists: bool) -> Move:
        key = (giver, getter, lists)
        move = self._made.get(key)
        if move is None:
            move = self._made[key] = self._make(_Pair(giver, getter, lists))
        return move

    def _make(self, pair: _Pair) -> Move:
        match pair.giver:
            case t.Prim.STRING:
                return _string
            case t.Prim():
                return _scalar(pair.giver)
            case t.EnumType():
                return _number(pair, "enum", len(pair.giver.cases))
            case t.Flags():
                return _number(pair, "flags", 1 << len(pair.giver.labels))
            case t.Record():
                return _fields(pair, "record", self._parts(pair))
            case t.Tuple():
                return _fields(pair, "tuple", self._parts(pair))
            case t.FixedLengthList():
                return _fields(pair, "fixed_length_list", self._parts(pair) * pair.giver.size)
            case t.List():
                if pair.lists and pair.giver.type in t.NUMBERS:
                    return _numbers(pair, pair.giver.type)
                most = MAX_LIST_BYTE_LENGTH // self._layout.elem_size(pair.giver.type)
                return _list(pair, self._parts(pair)[0], most)
            case t.Map():
                return _map(pair, *self._parts(pair))
            case t.Variant() | t.Option() | t.Result():
                return _case(pair, pair.giver, self._payloads(pair))
            case _:
                return _refuse

    def _parts(self, pair: _Pair) -> tuple[Move, ...]:
        types = zip(pair.giver.parts, pair.getter.parts, strict=True)
        return tuple([self._of(giver, getter, pair.lists) for giver, getter in types])

    def _payloads(self, pair: _Pair) -> tuple[Move | None, ...]:
        assert isinstance(pair.giver, t.Variant | t.Option | t.Result)
        moves = iter(self._parts(pair))
        return tuple([None if payload is None else next(moves) for payload in pair.giver.payloads])


@dataclass(frozen=True, slots=True)
class _Pair:
    giver: t.Type
    getter: t.Type
    lists: bool

    def popped(self, event: str) -> str:
        return f"pop_{event} {self.giver.canonical}"

    def pushed(self, event: str) -> str:
        return f"push_{event} {self.getter.canonical}"


def _refuse(_value: s.Value, _popped: Tell, _pushed: Tell) -> None:
    raise NotPlain


def _string(value: s.Value, popped: Tell, pushed: Tell) -> None:
    if value.__class__ is not s.Str:
        raise NotPlain
    data = value.data
    try:
        data.decode()
    except UnicodeDecodeError:
        raise NotPlain from None
    text = f"{len(data)} {data.hex() or '-'}"
    popped("pop_string = " + text)
    pushed("push_string " + text)


def _scalar(type: t.Prim) -> Move:
    scalar = SCALARS[type]
    kind, low, high, pop, push = scalar.kind, scalar.low, scalar.high, scalar.event, f"push_{scalar.kind} "
    width = t.FLOATS.get(type)
    if width is not None:
        return _float(kind, width, pop, push)
    beyond = (0xE000, 0x10FFFF) if type is t.Prim.CHAR else (low, high)  # the surrogates lie between

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Number or value.kind != kind:
            raise NotPlain
        if low <= value.value <= high or beyond[0] <= value.value <= beyond[1]:
            text = str(value.value)
            popped(pop + text)
            pushed(push + text)
        else:
            raise NotPlain

    return move


def _float(kind: str, width: int, pop: str, push: str) -> Move:
    digits = f"0{width // 4}x"
    above = 1 << width

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is s.Number and value.kind == kind and 0 <= value.value < above:
            text = format(without_payload(value.value, width), digits)
            popped(pop + text)
            pushed(push + text)
        else:
            raise NotPlain

    return move


def _number(pair: _Pair, kind: str, above: int) -> Move:
    pop, push = f"{pair.popped(kind)} = ", f"{pair.pushed(kind)} "

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is s.Number and value.kind == kind and 0 <= value.value < above:
            text = str(value.value)
            popped(pop + text)
            pushed(push + text)
        else:
            raise NotPlain

    return move


def _fields(pair: _Pair, event: str, members: tuple[Move, ...]) -> Move:
    pop, push = pair.popped(event), pair.pushed(event)
    count = len(members)

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Fields or len(value.items) != count:
            raise NotPlain
        popped(pop)
        for member, item in zip(members, value.items, strict=True):
            member(item, popped, pushed)
        pushed(push)

    return move


def _numbers(pair: _Pair, element: t.Prim) -> Move:
    """Lists whole on both sides. The bytes of a NaN may change on the way."""
    pop, push = f"{pair.popped('list')} = ", f"{pair.pushed('list')} "
    size = t.NUMBERS[element] // 8
    if element in t.FLOATS:
        return _refuse

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Raw or value.length * size != len(value.data):
            raise NotPlain
        shown = value.data.hex() or "-"
        popped(f"{pop}{value.length} {shown}")
        pushed(f"{push}{value.length} = 1 {shown}")

    return move


def _list(pair: _Pair, element: Move, most: int) -> Move:
    pop, push = f"{pair.popped('list')} = ", f"{pair.pushed('list')} "
    iter_next, iter_end = pair.popped("list_iter_next"), pair.popped("list_iter")
    append = f"list_append {pair.getter.canonical}"

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Items or len(value.items) > most:
            raise NotPlain
        items = value.items
        popped(f"{pop}{len(items)}")
        pushed(f"{push}{len(items)} = 0")
        for item in items:
            popped(iter_next)
            element(item, popped, pushed)
            pushed(append)
        popped(iter_end)

    return move


def _map(pair: _Pair, key: Move, mapped: Move) -> Move:
    pop, push = f"{pair.popped('map')} = ", f"{pair.pushed('map')} "
    iter_next, iter_end = pair.popped("map_iter_next"), pair.popped("map_iter")
    append = f"map_append {pair.getter.canonical}"

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Entries:
            raise NotPlain
        pairs = value.pairs
        popped(f"{pop}{len(pairs)}")
        pushed(f"{push}{len(pairs)}")
        for one, other in pairs:
            popped(iter_next)
            key(one, popped, pushed)
            mapped(other, popped, pushed)
            pushed(append)
        popped(iter_end)

    return move


def _case(pair: _Pair, type: t.Variant | t.Option | t.Result, payloads: tuple[Move | None, ...]) -> Move:
    pop, push = CASE_POPPED[type.__class__], CASE_PUSHED[type.__class__]
    count = len(payloads)
    pops = [f"{pop} {pair.giver.canonical} = {index}" for index in range(count)]
    pushes = [f"{push} {pair.getter.canonical} {index}" for index in range(count)]

    def move(value: s.Value, popped: Tell, pushed: Tell) -> None:
        if value.__class__ is not s.Case or not 0 <= value.discriminant < count:
            raise NotPlain
        index = value.discriminant
        payload = payloads[index]
        if (payload is None) != (value.payload is None):
            raise NotPlain
        popped(pops[index])
        if payload is not None:
            payload(value.payload, popped, pushed)
        pushed(pushes[index])

    return move

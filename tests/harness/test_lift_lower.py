"""Laws of lifting and lowering, for values of many types."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.model import Crossings
from harness.model.context import LiftLowerContext, Load, Store
from harness.model.instance import Instance
from harness.model.lift import Lifting
from harness.model.lower import Lowering
from harness.plan.events import Events
from harness.plan.roles import Role
from harness.script import operations as s
from harness.script.encoding import encode
from harness.values.sampling import Sampler
from harness.world import types as t
from harness.world.layout import Layout

TYPES = (
    "bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string", "pair", "colour",
    "mode", "v", "tuple<u8, string>", "list<u8>", "list<f64>", "list<list<string>>", "list<char>", "option<option<u8>>",
    "result<_, string>", "map<string, list<u32>>", "list<u16, 3>", "tuple<list<v>, option<pair>, mode>",
)  # fmt: skip
ROUNDS = 40
PLACE = "here"


def crossing(type: str) -> tuple[Crossings, t.Type, t.Type]:
    """A composition in which a function has a parameter of the type, as caller and callee see it."""
    wit = f"""package a:b;
    interface x {{
      record pair {{ a: u8, b: string }}
      enum colour {{ r, g, b }}
      flags mode {{ m, n, o }}
      variant v {{ one(s8), two, three(list<u8>) }}
      f: func(p: {type});
    }}
    world w {{ import x; }}"""
    surroundings = surround(WitText(wit, "test.wit"))
    worlds = surroundings.worlds
    (imported,) = worlds[Role.SUBJECT].import_functions()
    (exported,) = worlds[Role.PROVIDER].export_functions()
    return Crossings(worlds, surroundings.wires), imported.params[0].type, exported.params[0].type


def instance(crossings: Crossings, role: Role) -> Instance:
    return Instance(role, crossings.world(role), crossings.links.identify)


def values(type: t.Type, lists: s.Lists) -> Iterator[s.Value]:
    sampler = Sampler(Random(0))
    for _ in range(ROUNDS):
        yield encode(sampler.sample(type), type, _no_handle, lists is s.Lists.NUMBERS)


def _no_handle(_: object) -> s.Value:
    raise AssertionError("no type here has handles")


def lifted(load: Load, instance: Instance, value: s.Value, args: tuple[s.Value, ...] = ()) -> s.Value:
    cx = LiftLowerContext(instance, None, args)
    found = load(cx, value, PLACE)
    cx.finish()
    return found


def lowered(store: Store, instance: Instance, value: s.Value) -> s.Value:
    return store(LiftLowerContext(instance, None), value, PLACE)


@pytest.mark.parametrize("lists", s.Lists)
@pytest.mark.parametrize("type", TYPES)
def test_what_was_lifted_is_lifted_as_it_is_and_arrives_as_it_is(type: str, lists: s.Lists) -> None:
    """The very object: a value of which nothing has to be changed is never put together again."""
    crossings, popped, pushed = crossing(type)
    giver, getter = instance(crossings, Role.SUBJECT), instance(crossings, Role.PROVIDER)
    lifting, store = Lifting(Layout(), lists), Lowering(lists).store(pushed)
    for value in values(popped, lists):
        here = lifted(lifting.lift_flat(popped), giver, value)
        assert here is value or here != value
        assert lifted(lifting.lift_flat(popped), giver, here) is here
        assert lifted(lifting.load(popped), giver, value) == here
        there = lowered(store, getter, here)
        assert there is here or (isinstance(here, s.Items) and isinstance(there, s.Raw))


@pytest.mark.parametrize("type", TYPES)
def test_how_lists_go_changes_nothing_of_the_value(type: str) -> None:
    crossings, popped, pushed = crossing(type)
    elements = Lowering(s.Lists.BY_ELEMENT).store(pushed)
    by_element = list(values(popped, s.Lists.BY_ELEMENT))
    for lists in s.Lists:
        load = Lifting(Layout(), lists).lift_flat(popped)
        for value, same in zip(values(popped, lists), by_element, strict=True):
            giver, getter = instance(crossings, Role.SUBJECT), instance(crossings, Role.PROVIDER)
            expected = lifted(Lifting(Layout(), s.Lists.BY_ELEMENT).lift_flat(popped), giver, same)
            assert lowered(elements, getter, lifted(load, giver, value)) == expected


PRIMITIVES = {type.canonical for type in t.Prim}


def primitives(events: Events, side: str) -> list[tuple[str, str]]:
    """The numbers and strings that were popped or pushed, each with its place."""
    found = []
    for event in events:
        kind, _, shown = event.line.replace(" = ", " ").partition(" ")
        if kind.startswith(side) and kind.removeprefix(side) in PRIMITIVES:
            found.append((f"{kind.removeprefix(side)} {shown}", event.path))
    return found


@pytest.mark.parametrize("type", TYPES)
def test_what_is_popped_in_a_place_is_pushed_in_the_same_place(type: str) -> None:
    crossings, popped, pushed = crossing(type)
    load = Lifting(Layout(), s.Lists.BY_ELEMENT).lift_flat(popped)
    store = Lowering(s.Lists.BY_ELEMENT).store(pushed)
    count = 0
    for value in values(popped, s.Lists.BY_ELEMENT):
        giver, getter = instance(crossings, Role.SUBJECT), instance(crossings, Role.PROVIDER)
        lowered(store, getter, lifted(load, giver, value))
        one, other = primitives(giver.expected(), "pop_"), primitives(getter.expected(), "push_")
        assert one == other
        count += len(one)
    assert count > 0 or type in ("colour", "mode")


@pytest.mark.parametrize("lists", s.Lists)
@pytest.mark.parametrize("type", TYPES)
def test_a_reference_gives_what_it_leads_to(type: str, lists: s.Lists) -> None:
    crossings, popped, _ = crossing(type)
    load = Lifting(Layout(), lists).lift_flat(popped)
    for value in values(popped, lists):
        direct, by_register, by_argument, inside = [instance(crossings, Role.SUBJECT) for _ in range(4)]
        expected = lifted(load, direct, value)
        by_register.store(7, value)
        assert lifted(load, by_register, s.Register(7)) == expected
        assert lifted(load, by_argument, s.Argument(1), (s.Fields(()), value)) == expected
        args, referring = _with_arguments(value)
        assert lifted(load, inside, referring, args) == expected
        seen = direct.expected()
        for other in (by_register, by_argument, inside):
            assert other.expected() == seen


def _with_arguments(value: s.Value) -> tuple[tuple[s.Value, ...], s.Value]:
    """The value with its members behind references."""
    match value:
        case s.Fields(items) | s.Items(items):
            return items, value.__class__(tuple(map(s.Argument, range(len(items)))))
        case s.CaseValue(index, payload) if payload is not None:
            return (payload,), s.CaseValue(index, s.Argument(0))
        case s.Entries(pairs):
            parts = tuple([part for pair in pairs for part in pair])
            return parts, s.Entries(tuple([(s.Argument(2 * i), s.Argument(2 * i + 1)) for i in range(len(pairs))]))
    return (value,), s.Argument(0)

"""Plain values: one walk that tells the events of both sides, beside lifting and lowering step by step."""

from __future__ import annotations

from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.model import Crossings
from harness.model.crossing import Arriving, Crossing
from harness.model.give import Giver
from harness.model.instance import Instance
from harness.model.plain import NotPlain
from harness.model.take import Taker
from harness.plan.roles import Role
from harness.script import operations as s
from harness.script.encoding import encode
from harness.script.parser import parse_value
from harness.values.sampling import Sampler
from harness.world import types as t

TYPES = (
    "bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "char", "string", "pair", "colour",
    "mode", "v", "tuple<u8, string>", "list<u8>", "list<f64>", "list<list<string>>", "list<char>", "option<option<u8>>",
    "result<_, string>", "map<string, list<u32>>", "list<u16, 3>", "tuple<list<v>, option<pair>, mode>",
)  # fmt: skip


def crossing(type: str, lists: s.Lists = s.Lists.BY_ELEMENT) -> tuple[Crossings, Crossing]:
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
    crossings = Crossings({role: part.world for role, part in surroundings.parts.items()}, surroundings.wires)
    found = crossings.of(Role.SUBJECT, "a:b/x", "f", frozenset((role, lists) for role in Role))
    assert found is not None
    return crossings, found


@pytest.mark.parametrize("lists", [s.Lists.BY_ELEMENT, s.Lists.NUMBERS])
@pytest.mark.parametrize("type", TYPES)
def test_what_is_told_is_what_the_long_way_tells(type: str, lists: s.Lists) -> None:
    crossings, found = crossing(type, lists)
    (passage,) = found.params
    assert passage.move is not None
    here, there = crossings.setting(Role.SUBJECT, lists), crossings.setting(Role.PROVIDER, lists)
    sampler = Sampler(Random(0))
    plain = 0
    for _ in range(60):
        value = encode(sampler.sample(passage.popped), passage.popped, _no_handle, lists is s.Lists.NUMBERS)
        taking, giving = Instance(here), Instance(there)
        Giver(giving, None).give(Taker(taking).take(value, passage.popped, ", p", False), passage.pushed, ", p")
        pops: list[str] = []
        pushes: list[str] = []
        try:
            passage.move(value, pops.append, pushes.append)
        except NotPlain:
            continue
        plain += 1
        sent = Arriving(value, pops, pushes, passage, "", here, there)
        for seen, told in ((taking, pops), (giving, pushes)):
            expected = seen.expected()
            assert tuple(told) == expected.lines
            assert [sent.text(told, number) for number in range(len(told))] == list(expected.paths)
    assert plain == (0 if lists is s.Lists.NUMBERS and type == "list<f64>" else 60)


def _no_handle(_: object) -> s.Value:
    raise AssertionError("no type here has handles")


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("bool", "bool 2"),
        ("u8", "u8 256"),
        ("u8", "u16 1"),
        ("s8", "s8 -129"),
        ("f32", "str 61"),
        ("char", "char d800"),
        ("char", "char dfff"),
        ("char", "char 110000"),
        ("string", "str ff"),
        ("string", "ptr 0 1"),
        ("colour", "enum 3"),
        ("colour", "flags 1"),
        ("mode", "flags 8"),
        ("pair", "rec 1 u8 1"),
        ("pair", "$1"),
        ("v", "var 3"),
        ("v", "var 0"),
        ("v", "varp 1 u8 1"),
        ("list<u8>", "raw 1 05"),
        ("list<u8>", "list 1 u8 256"),
        ("map<u8, u8>", "list 0"),
        ("option<u8>", "varp 1 $1"),
    ],
)
def test_what_is_not_plain(type: str, value: str) -> None:
    passage = crossing(type)[1].params[0]
    assert passage.move is not None
    with pytest.raises(NotPlain):
        passage.move(parse_value(value, lambda name: s.Register(int(name))), _forget, _forget)


def _forget(_: str) -> None:
    pass


def test_types_with_handles_have_no_move() -> None:
    crossings, _ = crossing("u8")
    assert crossings._moves.of(t.List(t.Prim.ERROR_CONTEXT), t.List(t.Prim.ERROR_CONTEXT), False) is None

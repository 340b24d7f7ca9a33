"""The parts of values: by the steps of `pick`, and put together again."""

from __future__ import annotations

from random import Random

import pytest

from harness.values.parts import value_parts, with_parts
from harness.values.sampling import Sampler
from harness.values.values import HandleName, Invalid, Value, VariantValue
from harness.world import types as t

U8, STR = t.Prim.U8, t.Prim.STRING
R = t.Resource("a:b/c", "r", False)
RECORD = t.Record("r", (t.Param("x", U8), t.Param("y", STR)))
VARIANT = t.Variant("v", (t.CaseType("a", None), t.CaseType("b", STR)))


@pytest.mark.parametrize(
    ("type", "value", "parts"),
    [
        (RECORD, (1, "a"), [(1, U8), ("a", STR)]),
        (t.Tuple((STR, U8)), ("a", 1), [("a", STR), (1, U8)]),
        (t.FixedLengthList(U8, 3), (1, 2, 3), [(1, U8), (2, U8), (3, U8)]),
        (t.List(U8), (4, 5), [(4, U8), (5, U8)]),
        (t.List(U8), (), []),
        (t.Map(STR, U8), (("a", 1), ("b", 2)), [("a", STR), (1, U8), ("b", STR), (2, U8)]),
        (t.Map(STR, U8), (), []),
        (VARIANT, VariantValue(1, "a"), [("a", STR)]),
        (VARIANT, VariantValue(0), []),
        (t.Option(U8), VariantValue(1, 7), [(7, U8)]),
        (t.EnumType("e", ("a", "b")), 1, []),
        (t.Flags("f", ("a", "b")), frozenset({1}), []),
        (STR, "ab", []),
        (t.Own(R), HandleName("x"), []),
        (t.List(U8), Invalid("ptr 9 1"), []),
        (VARIANT, Invalid("case 7"), []),
    ],
)
def test_parts(type: t.Type, value: Value, parts: list[tuple[Value, t.Type]]) -> None:
    assert list(value_parts(value, type)) == parts
    assert with_parts(value, type, [part for part, _ in parts]) == value


@pytest.mark.parametrize(
    ("type", "value", "changed"),
    [
        (RECORD, (1, "a"), (0, 0)),
        (t.List(U8), (4, 5), (0, 0)),
        (t.Map(STR, U8), (("a", 1),), ((0, 0),)),
        (VARIANT, VariantValue(1, "a"), VariantValue(1, 0)),
    ],
)
def test_other_parts(type: t.Type, value: Value, changed: Value) -> None:
    assert with_parts(value, type, [0] * len(value_parts(value, type))) == changed


@pytest.mark.parametrize("type", [t.List(RECORD), t.Map(STR, VARIANT), t.FixedLengthList(t.Tuple((U8, VARIANT)), 3)])
def test_values_that_are_drawn_have_the_parts_of_their_type(type: t.Type) -> None:
    sampler = Sampler(Random(1))
    drawn = [sampler.sample(type) for _ in range(20)]
    assert any(value_parts(value, type) for value in drawn)
    for value in drawn:
        assert with_parts(value, type, [part for part, _ in value_parts(value, type)]) == value
        assert {inner for _, inner in value_parts(value, type)} <= set(type.parts)

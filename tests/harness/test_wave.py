"""WAVE: printing and parsing by type."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.draws import Impossible
from harness.values.sampling import Sampler
from harness.values.values import (
    NONE,
    ErrorContext,
    Float,
    HandleName,
    Invalid,
    Value,
    ValueMismatch,
    VariantValue,
    check,
    equal,
    err,
    ok,
    some,
)
from harness.values.wave import KEYWORDS, to_wave
from harness.values.wave_lexer import WaveError
from harness.values.wave_parser import from_wave
from harness.world import types as t
from harness.world.walk import reachable

POINT = t.Record("a:b/c#point", (t.Param("x", t.Prim.S8), t.Param("label", t.Option(t.Prim.STRING))))
SHAPE = t.Variant("a:b/c#shape", (t.CaseType("circle", t.Prim.F32), t.CaseType("none", None), t.CaseType("err", POINT)))
COLOUR = t.EnumType("a:b/c#colour", ("red", "ok", "deep-blue"))
MODE = t.Flags("a:b/c#mode", ("read", "write", "true"))
HANDLE = t.Own(t.Resource("a:b/c", "r", exported=False))
MAP = t.Map(t.Prim.STRING, t.List(t.Prim.U8))

ROUND_TRIPS = [
    (t.Prim.BOOL, True, "true"),
    (t.Prim.U64, 2**64 - 1, "18446744073709551615"),
    (t.Prim.S8, -128, "-128"),
    (t.Prim.F32, Float.of(0.1, 32), "0.1"),
    (t.Prim.F64, Float.of(0.1, 64), "0.1"),
    (t.Prim.F64, Float.of(-0.0, 64), "-0"),
    (t.Prim.F64, Float.of(6.022e23, 64), "6.022e+23"),
    (t.Prim.F32, Float.of(float("-inf"), 32), "-inf"),
    (t.Prim.F32, Float(0x7FC00000, 32), "nan"),
    (t.Prim.F32, Float(0xFF800001, 32), "nan:0xff800001"),
    (t.Prim.CHAR, "'", r"'\''"),
    (t.Prim.CHAR, "\0", r"'\u{0}'"),
    (t.Prim.STRING, 'a"\n\\é😀', r'"a\"\n\\é😀"'),
    (t.List(t.Prim.U8), (1, 2), "[1, 2]"),
    (t.List(t.Prim.U8), (), "[]"),
    (t.FixedLengthList(t.Prim.U8, 2), (1, 2), "[1, 2]"),
    (t.Tuple((t.Prim.U8,)), (1,), "(1)"),
    (POINT, (-1, some("x")), '{x: -1, label: some("x")}'),
    (SHAPE, VariantValue(1), "%none"),
    (SHAPE, VariantValue(2, (0, NONE)), "%err({x: 0, label: none})"),
    (COLOUR, 1, "%ok"),
    (MODE, frozenset({0, 2}), "{read, true}"),
    (MODE, frozenset(), "{}"),
    (MAP, (("a", (1,)), ("a", ())), '{"a": [1], "a": []}'),
    (MAP, (), "{}"),
    (t.Option(t.Option(t.Prim.U8)), some(NONE), "some(none)"),
    (t.Result(None, None), ok(), "ok"),
    (t.Result(None, t.Prim.U8), err(3), "err(3)"),
    (HANDLE, HandleName("x"), "$x"),
    (t.Prim.ERROR_CONTEXT, ErrorContext("m"), 'error-context("m")'),
    (t.Prim.ERROR_CONTEXT, HandleName("e"), "$e"),
]


@pytest.mark.parametrize(
    ("type", "value", "text"),
    [
        (t.List(HANDLE), (HandleName("x", "y"), Invalid("handle 0", "z")), '[$x as $y, !"handle 0" as $z]'),
        (POINT, (Invalid("s8 300"), some(Invalid('str "'))), '{x: !"s8 300", label: some(!"str \\"")}'),
        (t.Option(t.Prim.U8), Invalid("var 2"), '!"var 2"'),
    ],
)
def test_parts_that_are_no_values(type: t.Type, value: Value, text: str) -> None:
    assert to_wave(value, type) == text
    assert from_wave(text, type, in_step=True) == value
    with pytest.raises(WaveError):
        from_wave(text, type)


def test_what_cannot_be_repeated() -> None:
    with pytest.raises(WaveError, match="only a string, a list or a map"):
        from_wave('repeat(2, !"str 80")', t.Prim.STRING, in_step=True)


@pytest.mark.parametrize("name", sorted(KEYWORDS))
def test_names_like_literals(name: str) -> None:
    params = (t.Param(name, t.Prim.F32),)
    check_round_trip(t.Record("r", params), (Float.of(float("inf"), 32),))
    check_round_trip(t.Flags("f", ("a", name)), frozenset((0, 1)))
    check_round_trip(t.EnumType("e", ("a", name)), 1)
    check_round_trip(t.Variant("v", (t.CaseType(name, t.Prim.F32),)), VariantValue(0, Float.of(float("-inf"), 32)))


def check_round_trip(type: t.Type, value: Value) -> None:
    assert equal(from_wave(to_wave(value, type), type), value)


@pytest.mark.parametrize(("type", "value", "text"), ROUND_TRIPS)
def test_round_trip(type: t.Type, value: Value, text: str) -> None:
    check(value, type)
    assert to_wave(value, type) == text
    assert equal(from_wave(text, type), value)


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        (t.Prim.F64, "1", Float.of(1.0, 64)),
        (t.Prim.F64, " -1.5e3 // a comment\n", Float.of(-1500.0, 64)),
        (t.Option(t.Prim.U8), "3", some(3)),
        (t.Result(t.Prim.U8, None), "3", ok(3)),
        (POINT, "{x: 1}", (1, NONE)),
        (POINT, '{ %label : "y" , x : 1 , }', (1, some("y"))),
        (t.Record("p", (t.Param("o", t.Option(t.Prim.U8)),)), "{:}", (NONE,)),
        (t.List(t.Prim.U8), "[1,2,]", (1, 2)),
        (t.Tuple((t.Prim.U8, t.Prim.U8)), "(1, 2,)", (1, 2)),
        (t.Prim.STRING, '"""\n  a\n    b\n  """', "a\n  b"),
        (t.Prim.STRING, r'"\u{1f600}"', "\U0001f600"),
    ],
)
def test_other_spellings(type: t.Type, text: str, value: Value) -> None:
    assert equal(from_wave(text, type), value)


@pytest.mark.parametrize(
    ("type", "text", "column", "message"),
    [
        (t.Prim.U8, "256", 1, "0 to 255"),
        (t.Prim.U8, "1.5", 1, "u8"),
        (t.Prim.S8, "-129", 1, "-128 to 127"),
        (t.Prim.U8, "1 2", 3, "the end"),
        (t.Prim.CHAR, "'ab'", 1, "one character"),
        (t.Prim.CHAR, r"'\u{d800}'", 2, "not a Unicode scalar value"),
        (t.Prim.STRING, '"abc', 5, "missing closing"),
        (t.Prim.BOOL, "yes", 1, "bool"),
        (t.List(t.Prim.U8), "[1, 2", 6, "]"),
        (t.FixedLengthList(t.Prim.U8, 2), "[1]", 1, "2 elements"),
        (t.Tuple((t.Prim.U8, t.Prim.U8)), "(1)", 3, ","),
        (POINT, "{label: none}", 1, "x is missing"),
        (POINT, "{x: 1, y: 2}", 8, "label"),
        (POINT, "{x: 1, x: 2}", 8, "label"),
        (SHAPE, "square", 1, "circle, none, err"),
        (SHAPE, "circle", 7, "payload"),
        (COLOUR, "green", 1, "red, ok, deep-blue"),
        (MODE, "{exec}", 2, "read, write, true"),
        (t.Option(t.Option(t.Prim.U8)), "3", 1, "some"),
        (t.Prim.F32, "nan:0x3f800000", 1, "NaN"),
        (HANDLE, "x", 1, "$name"),
        (t.Stream(t.Prim.U8), "1", 1, "expected a handle"),
        (t.Prim.U8, "§", 1, "unexpected"),
    ],
)
def test_errors_name_the_column(type: t.Type, text: str, column: int, message: str) -> None:
    with pytest.raises(WaveError) as caught:
        from_wave(text, type)
    assert caught.value.column == column
    assert message in str(caught.value)


def types() -> st.SearchStrategy[t.Type]:
    """Types of every kind that has values."""
    leaves: st.SearchStrategy[t.Type] = st.one_of(
        st.sampled_from(list(t.Prim)), st.sampled_from([COLOUR, MODE, POINT, SHAPE, HANDLE])
    )

    def grow(inner: st.SearchStrategy[t.Type]) -> st.SearchStrategy[t.Type]:
        optional = st.none() | inner
        return st.one_of(
            st.builds(t.List, inner),
            st.builds(t.FixedLengthList, inner, st.integers(1, 4)),
            st.builds(t.Option, inner),
            st.builds(t.Result, optional, optional),
            st.builds(t.Tuple, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(t.Map, st.sampled_from([t.Prim.STRING, t.Prim.U8, t.Prim.CHAR]), inner),
            st.lists(inner, min_size=1, max_size=3).map(
                lambda members: t.Record("r", tuple(t.Param(f"f{i}", m) for i, m in enumerate(members)))
            ),
            st.lists(optional, min_size=1, max_size=3).map(
                lambda members: t.Variant("v", tuple(t.CaseType(f"c{i}", m) for i, m in enumerate(members)))
            ),
        )

    return st.recursive(leaves, grow, max_leaves=6)


@given(types(), st.integers(0, 2**32))
def test_samples_are_values_and_survive_wave(type: t.Type, seed: int) -> None:
    value = Sampler(random.Random(seed), lambda _: HandleName("h"), lambda _: False).sample(type)
    check(value, type)
    assert equal(from_wave(to_wave(value, type), type), value)


@given(types(), st.integers(0, 2**32))
def test_a_seed_gives_the_same_sample(type: t.Type, seed: int) -> None:
    first, second = (
        Sampler(random.Random(seed), lambda _: HandleName("h"), lambda _: False).sample(type) for _ in range(2)
    )
    assert first == second


@given(types(), st.integers(0, 2**32))
def test_samples_hold_no_handle_that_cannot_be_had(type: t.Type, seed: int) -> None:
    sampler = Sampler(random.Random(seed))
    try:
        value = sampler.sample(type)
    except Impossible:
        assert any(isinstance(part, t.Own) for part in reachable(type))
    else:
        assert "HandleName" not in repr(value)


def test_every_case_is_drawn() -> None:
    sampler = Sampler(random.Random(1))
    many = t.EnumType("e", tuple(f"c{i}" for i in range(300)))
    drawn = {sampler.sample(many) for _ in range(6000)}
    assert drawn == set(range(300))


def test_a_sample_can_be_made_to_hold_a_handle() -> None:
    hidden = t.Record("r", (t.Param("a", t.List(t.Option(t.Result(t.Prim.U8, HANDLE)))),))
    sampler = Sampler(random.Random(3), lambda _: HandleName("h"), lambda _: False)
    assert sampler.sample_holding(hidden, lambda own: own is HANDLE) == ((some(err(HandleName("h"))),),)


@pytest.mark.parametrize(
    ("type", "value", "path"),
    [
        (POINT, (128, NONE), ".x"),
        (POINT, (1, some(3)), ".label.some"),
        (t.List(t.Prim.CHAR), ("a", "ab"), "[1]"),
        (MAP, (("k", (1, 256)),), "[0].value[1]"),
        (SHAPE, VariantValue(3), "value"),
        (t.Prim.STRING, "\ud800", "value"),
        (t.Prim.BOOL, 1, "value"),
        (t.Prim.U8, True, "value"),
    ],
)
def test_what_is_not_a_value_is_refused_with_its_path(type: t.Type, value: Value, path: str) -> None:
    with pytest.raises(ValueMismatch) as caught:
        check(value, type)
    assert str(caught.value).startswith(path + ":")


def test_equality_knows_nan_and_minus_zero() -> None:
    quiet, payload = Float(0x7FC00000, 32), Float(0xFFC00001, 32)
    assert equal((quiet,), (payload,))
    assert not equal(Float.of(0.0, 64), Float.of(-0.0, 64))
    assert not equal((("a", 1), ("b", 2)), (("b", 2), ("a", 1)))

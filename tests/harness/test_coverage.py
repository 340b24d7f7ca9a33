"""The features of WIT that calls used, as results name them."""

from __future__ import annotations

import pytest

import interpreters
from harness.bench.coverage import POSITIONS, feature_of, feature_of_function
from harness.world import types as t
from harness.world.world import Function
from reports.coverage import FEATURES
from reports.coverage import POSITIONS as SHOWN

RESOURCE = t.Resource("a:b/c", "r", False)
U8 = t.Prim.U8
TYPES: tuple[tuple[t.Type, str], ...] = (
    *((prim, prim.canonical) for prim in t.Prim),
    (t.Record("a:b/c#r", ()), "record"),
    (t.Variant("a:b/c#v", ()), "variant"),
    (t.EnumType("a:b/c#e", ("x",)), "enum"),
    (t.Flags("a:b/c#f", ("x",)), "flags"),
    (t.Tuple((U8,)), "tuple"),
    (t.Option(U8), "option"),
    (t.Result(None, None), "result"),
    (t.List(U8, "a:b/c#named"), "list"),
    (t.FixedLengthList(U8, 3), "fixed-length-list"),
    (t.Map(U8, U8), "map"),
    (t.Own(RESOURCE), "own"),
    (t.Borrow(RESOURCE), "borrow"),
    (t.Future(None), "future"),
    (t.Stream(U8), "stream"),
)
FUNCTIONS = (
    ("f", False, "function"),
    ("f", True, "async function"),
    ("[method]r.f", False, "method"),
    ("[static]r.f", False, "static"),
    ("[constructor]r", False, "constructor"),
)


@pytest.mark.parametrize(("type", "feature"), TYPES)
def test_types(type: t.Type, feature: str) -> None:
    assert feature_of(type) == feature


@pytest.mark.parametrize(("name", "is_async", "feature"), FUNCTIONS)
def test_functions(name: str, is_async: bool, feature: str) -> None:
    assert feature_of_function(Function("a:b/c", name, (), None, is_async)) == feature


def test_reports_have_a_row_for_each() -> None:
    assert {feature for _, feature in TYPES} | {feature for _, _, feature in FUNCTIONS} <= set(FEATURES)
    assert SHOWN == POSITIONS


def test_the_functions_of_the_interface() -> None:
    found = interpreters.functions()
    assert len(found) == len(set(found)) > 60
    assert {"initialize", "push_s8", "pop_iter", "export_async_callback"} <= set(found)

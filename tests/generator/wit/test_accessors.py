"""Getters and setters in text: names, order, printed form, includes. What is refused stands in cases/refusals."""

from __future__ import annotations

import pytest

from generator.resolved.model import Accessor, Freestanding, Method, Static
from generator.sources.load import load_text, select_world
from generator.wit.accessors import setters_behind_getters
from generator.wit.printer import print_package
from generator.wit.worlds import exportize

TEXT = """package a:b;

interface i {
  resource r {
    bar: get() -> u64;
    bar: set(value: u64);
    limit: static get() -> result<u8, string>;
    limit: static set(v: u8) -> result;
  }

  get: get() -> u8;

  get: set(set: u8);

  set: func(get: u8);
}

world w {
  import p: get() -> u8;
  import p: set(v: u8);

  export p: get() -> string;
}
"""


def test_names_and_kinds() -> None:
    resolve, package = load_text(TEXT)
    r = resolve.interfaces[0].types["r"]
    assert {name: function.kind for name, function in resolve.interfaces[0].functions.items()} == {
        "[method][get]r.bar": Method(r, Accessor.GET),
        "[method][set]r.bar": Method(r, Accessor.SET),
        "[static][get]r.limit": Static(r, Accessor.GET),
        "[static][set]r.limit": Static(r, Accessor.SET),
        "[get]get": Freestanding(Accessor.GET),
        "[set]get": Freestanding(Accessor.SET),
        "set": Freestanding(),
    }
    world = resolve.worlds[select_world(resolve, package, None)]
    assert (list(world.imports), list(world.exports)) == (["[get]p", "[set]p"], ["[get]p"])


def test_printed_as_written() -> None:
    resolve, package = load_text(TEXT)
    assert print_package(resolve, package) == TEXT


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["a", "[set]p", "b", "[get]p", "c"], ["a", "b", "[get]p", "[set]p", "c"]),
        (["[get]p", "a", "[set]p"], ["[get]p", "a", "[set]p"]),
        (["[set]p", "[set]q", "[get]q", "[get]p"], ["[get]q", "[set]q", "[get]p", "[set]p"]),
        (["[static][set]r.p", "[method][get]r.p", "[static][get]r.p"],
         ["[method][get]r.p", "[static][get]r.p", "[static][set]r.p"]),
        (["[set]p"], ["[set]p"]),
    ],
)  # fmt: skip
def test_a_setter_moves_behind_its_getter(names: list[str], order: list[str]) -> None:
    assert setters_behind_getters(names) == order


@pytest.mark.parametrize(
    ("value", "parameter"),
    [
        ("t", "u8"),
        ("list<t>", "list<u8>"),
        ("result<t, string>", "u8"),
        ("e", "tuple<t>"),
        ("q", "own<q>"),
        ("one", "two"),
    ],
)
def test_the_types_of_a_property_agree_by_structure(value: str, parameter: str) -> None:
    load_text(
        f"""package a:b;
        interface i {{
          type t = u8; type e = result<tuple<u8>, t>; resource q; record one {{ x: t }} record two {{ x: u8 }}
          p: set(v: {parameter}); p: get() -> {value};
        }}"""
    )


def test_a_getter_may_come_by_include() -> None:
    resolve, package = load_text(
        """package a:b;
        world v { import a: get() -> u8; resource r { p: get() -> u8; p: set(v: u8); } }
        world w { import z: set(v: u8); import f: func(); include v with { a as z, r as s } }"""
    )
    world = resolve.worlds[select_world(resolve, package, "w")]
    names = ["s", "f", "[get]z", "[set]z", "[method][get]s.p", "[method][set]s.p"]
    assert list(world.imports) == names


def test_an_exported_property_is_chosen_by_its_name() -> None:
    resolve, package = load_text(
        "package a:b; world w { import p: get() -> u8; import p: set(v: u8); import f: func(); }"
    )
    id = select_world(resolve, package, None)
    exportize(resolve, id, only=["p"])
    assert (list(resolve.worlds[id].imports), list(resolve.worlds[id].exports)) == (["f"], ["[get]p", "[set]p"])

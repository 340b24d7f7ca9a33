"""The order of a package's types, and the gates of types without a name."""

from __future__ import annotations

import pytest

from generator.resolved.model import Resolve, TypeDef
from generator.sources.load import load_text


def named(resolve: Resolve, definition: TypeDef) -> str:
    return definition.name or type(definition.kind).__name__.lower()


ORDERS = {
    "a handle that only functions mention is last": (
        "interface i { resource r { constructor(); } type t = list<u8>; f: func(x: option<u8>); }",
        ["r", "t", "option", "own"],
    ),
    "written or not": ("interface i { resource r; f: func(x: own<r>, y: borrow<r>); }", ["r", "borrow", "own"]),
    "before what mentions it first": (
        "interface i { resource r; f: func(x: tuple<list<u8>, r>, y: list<r>); }",
        ["r", "list", "own", "tuple", "list"],
    ),
    "inside a named type": ("interface i { resource r; record t { a: list<u8>, b: r } }", ["r", "list", "own", "t"]),
    "another name of a resource has a handle of its own": (
        "interface i { resource r; type s = r; f: func(x: s, y: r); }",
        ["r", "s", "own", "own"],
    ),
    "a handle with a name stays": (
        "interface i { resource r; type t = own<r>; type u = list<u8>; }",
        ["r", "t", "u"],
    ),
    "worlds behind interfaces": (
        "interface i { resource r; f: func() -> r; } world w { use i.{r}; resource q; import g: func(x: q, y: r); }",
        ["r", "r", "q", "own", "own", "own"],
    ),
    "copies behind all": (
        "world v { resource r; import f: func() -> r; } world w { include v; resource q; import g: func(x: q); }",
        ["r", "q", "own", "own", "r", "own"],
    ),
}


@pytest.mark.parametrize("name", ORDERS, ids=lambda name: name.replace(" ", "-"))
def test_order(name: str) -> None:
    text, expected = ORDERS[name]
    resolve, _ = load_text(f"package a:b; {text}")
    assert [named(resolve, definition) for definition in resolve.types] == expected


def test_packages_do_not_move_each_other() -> None:
    one = "interface i { resource r; f: func() -> r; type t = u8; }"
    resolve, _ = load_text(f"package a:b; {one} package c:d {{ {one} }}")
    assert [named(resolve, definition) for definition in resolve.types] == ["r", "t", "own"] * 2


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("@since(version = 1.0.0) type t = list<list<u8>>;", {"list": "1.0.0"}),
        (
            "@since(version = 1.0.0) record r { a: u8 } f: func(a: list<option<r>>);",
            {"option": "1.0.0", "list": "1.0.0"},
        ),
        ("@since(version = 1.0.0) f: func(a: list<u8>);", {"list": None}),
        (
            "@since(version = 1.0.0) resource r; f: func(a: list<r>, b: borrow<r>);",
            {"list": "1.0.0", "borrow": "1.0.0", "own": None},
        ),
    ],
)
def test_gates_of_anonymous_types(text: str, since: dict[str, str | None]) -> None:
    resolve, _ = load_text(f"package a:b@1.0.0; interface i {{ {text} }}")
    anonymous = [definition for definition in resolve.types if definition.name is None]
    assert {named(resolve, definition): definition.stability.since for definition in anonymous} == since

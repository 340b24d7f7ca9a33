"""WIT as text made smaller."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import FrontEndError, WitText, surround
from harness.fuzz.wit_reducer import edits, reduce_wit

WORLD = """package a:b@1.0.0;
// a comment
interface x {
  record r { a: u8, b: string, c: list<s16>, d: option<f64> }
  variant v { a, b(r), c(tuple<u8, u64>) }
  resource z { constructor(a: u32); m: func(x: list<v>) -> result<r, string>; }
  f0: func(a: r, b: v) -> r;
  f1: func(a: list<r>) -> list<v>;
  f2: async func(x: own<z>, y: borrow<z>) -> option<z>;
}
world w { import x; export x; export g: func(a: u8); }
"""


def usable(wit: str) -> bool:
    try:
        surround(WitText(wit, "w.wit"))
    except FrontEndError:
        return False
    return True


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (("s16",), "package a:b;\ninterface x {\n  record r { c: s16 }\n}\nworld w { }\n"),
        (("f1", "export x"), None),
        (("tuple<u8, u64>", "import x"), None),
        (("export g",), "package a:b;\nworld w { export g: func(); }\n"),
    ],
)
def test_what_must_stay_stays_and_little_else(kept: tuple[str, ...], expected: str | None) -> None:
    def still_fails(wit: str) -> bool:
        return all(text in wit for text in kept) and usable(wit)

    smaller = reduce_wit(WORLD, still_fails)
    assert still_fails(smaller)
    assert len(smaller.splitlines()) <= 6
    assert not any(still_fails(edit.apply(smaller)) for edit in edits(smaller))
    if expected is not None:
        assert smaller.split() == expected.split()


def test_names_become_letters_and_gaps_close() -> None:
    text = "package %string:other;\ninterface abc {\n  f-g: func( o: list<%type, >,  );\n\n type %type = s8;\n}\n"
    expected = "package b:c;\ninterface a {\n  f-g: func(o: list<d>);\n type d = s8;\n}\n"

    def still_fails(wit: str) -> bool:
        return (
            len(wit.split("{")) == 2 and "f-g: func(" in wit and "list<" in wit and "s8" in wit and wit.count(":") == 3
        )

    smaller = reduce_wit(text, still_fails)
    assert len(smaller) <= len(expected)
    assert not any(word in smaller for word in ("%", "abc", "other", "( ", " )", ", >"))


def test_a_version_goes_from_everywhere_at_once() -> None:
    text = (
        "package a:b;\nworld w {\n  import c:d/e@1.0.0-rc.1+b;\n}\npackage c:d@1.0.0-rc.1+b {\n  interface e { }\n}\n"
    )
    smaller = reduce_wit(text, lambda wit: usable(wit) and "import" in wit)
    assert "@" not in smaller
    assert len(smaller.splitlines()) == 3


def test_detours_are_cut() -> None:
    text = """package a:b;
interface x { use y.{r}; type s = r; f: func(a: s); }
interface y { use z.{r}; }
interface z { record r { a: u8 } }
world w { import x; }
"""
    smaller = reduce_wit(text, lambda wit: usable(wit) and "f: func(" in wit and "use" in wit and "record" in wit)
    assert "type" not in smaller
    assert len(smaller.splitlines()) <= 4


@pytest.mark.parametrize(
    ("text", "smaller"),
    [
        ("interface a {\n  use b.{c};\n}\n", "interface a { use b.{c}; }\n"),
        (
            "package a:b {\n  interface c {\n    enum d {\n      e,\n    }\n  }\n}\n",
            "package a:b { interface c { enum d { e, } } }\n",
        ),
        ("interface a {\n  f: func();\n  g: func();\n}\n", None),
        (f"interface a {{\n  use {'b' * 90}.{{c}};\n}}\n", None),
    ],
)
def test_short_blocks_take_a_line(text: str, smaller: str | None) -> None:
    """Nothing can be left out here, only set otherwise."""
    assert reduce_wit(text, lambda wit: wit.split() == text.split()) == (smaller or text)


def test_nothing_smaller_fails() -> None:
    assert reduce_wit(WORLD, lambda wit: wit == WORLD) == WORLD


def test_never_blank_and_never_longer() -> None:
    smaller = reduce_wit(WORLD, lambda wit: True)
    assert smaller.strip()
    assert len(smaller) < len(WORLD)


@pytest.mark.parametrize("text", ["", "}", "interface x {", "f: func(a: list<u8) -> ;", "a: func(", "->", "@", "<"])
def test_broken_text_does_no_harm(text: str) -> None:
    for edit in edits(text):
        assert 0 <= edit.start <= edit.end <= len(text)


@pytest.mark.parametrize(
    ("text", "smaller"),
    [
        ("f: func(a: u8, b: u16);", "f: func(a: u8);"),
        ("f: func(a: u8, b: u16);", "f: func( b: u16);"),
        ("f: func() -> list<u8>;", "f: func();"),
        ("type t = list<tuple<u8, string>>;", "type t = tuple<u8, string>;"),
        ("type t = list<tuple<u8, string>>;", "type t = list<string>;"),
        ("type t = string;", "type t = u8;"),
        ("@since(version = 1.0.0)\nf: func();", "\nf: func();"),
        ("package a:b@1.0.0;", "package a:b;"),
        ("use a.{b, c};", "use a.{b};"),
        ("f: async func();", "f: func();"),
        (
            "record r { a: u8, b: list<u16> } f: func() -> r;",
            "record r { a: u8, b: list<u16> } f: func() -> list<u16>;",
        ),
        ("variant v { a(list<u8>), b } type t = list<v>;", "variant v { a(list<u8>), b } type t = list<list<u8>>;"),
    ],
)
def test_edits(text: str, smaller: str) -> None:
    assert smaller in [edit.apply(text) for edit in edits(text)]

"""Malformed texts: where the error points (the mark ¶) and what it says."""

from __future__ import annotations

import pytest

from generator.sources.load import load_text
from tests.generator.wit.refusals import check_refusal, refusal

MARK = "¶"

FILES = [
    ("¶interface i { }", "does not name its package"),
    ("package a¶;", "expected `:`, found `;`"),
    ("package a:b¶:", "expected `;`"),
    ("package a:b¶:c;", "expected `;`"),
    ("package a:b@¶1.0;", "expected a version"),
    ("package a:b@1.0.0¶x;", "expected `;`"),
    ("package ¶A:b;", "`A` is not a namespace: it must be in lower case"),
    ("package a:¶b-C;", "`b-C` is not a name of a package: it must be in lower case"),
    ("package a:b; package ¶C:d { }", "`C` is not a namespace"),
    ("package a:b; ¶nonsense", "expected `interface`, `world`, `use` or `package`"),
    ("package a:b; interface i {¶", "found the end of the file"),
    ("package a:b; package a:c¶;", "expected `{`, found `;`"),
    ("package a:b; package a:c { ¶package a:d { } }", "cannot be inside another"),
    ("package a:b; use c¶", "expected `;`"),
    ("package a:b; ¶@since(version = 1.0.0) use c;", "attributes have no meaning"),
    ("package a:b; interface ¶world { }", "expected a name, found keyword `world`"),
    ("package a:b; interface ¶A-bC { }", "not a valid name"),
    ("package a:b; interface ¶%% { }", "there is no name after `%`"),
    ("package a:b; interface i { ¶$ }", "unexpected character '$' (U+0024)"),
]

MEMBERS = [
    ("f¶()", "expected `:`"),
    ("f: ¶u8;", "expected `func`, `async func`, `get` or `set`"),
    ("f: async ¶u8;", "expected `func`, found keyword `u8`"),
    ("f: func(¶u8);", "expected a name of a parameter"),
    ("f: func(a: u8 ¶b: u8);", "expected `,` or `)`"),
    ("f: func() -> ¶;", "expected a type"),
    ("f: func() -> ¶(a: u8);", "expected a type, found `(`"),
    ("f: func() ¶}", "expected `;`"),
    ("f: ¶static func();", "expected `func`"),
    ("type t ¶u8;", "expected `=`"),
    ("type t = list¶;", "expected `<`"),
    ("type t = list<u8, ¶u8>;", "expected the length of the list"),
    ("type t = list<u8, ¶0>;", "from 1 to 4294967295"),
    ("type t = list<u8, ¶4294967296>;", "from 1 to 4294967295"),
    ("type t = result<_¶>;", "expected `,`"),
    ("type t = result<_, ¶_>;", "expected a type"),
    ("type t = result<u8, ¶_>;", "expected a type"),
    ("type t = tuple<¶>;", "expected a type"),
    ("type t = tuple<u8,¶,>;", "expected a type"),
    ("type t = map<string¶>;", "expected `,`"),
    ("type t = option<¶>;", "expected a type"),
    ("type t = borrow<¶u8>;", "expected a name of a resource"),
    ("record ¶r { }", "is empty"),
    ("variant ¶v { }", "is empty"),
    ("enum ¶e { }", "is empty"),
    ("flags ¶f { }", "is empty"),
    ("record r { a ¶}", "expected `:`"),
    ("record r { a: u8 ¶b: u8 }", "expected `,` or `}`"),
    ("record r { a: u8,¶, }", "expected a name"),
    ("enum e { a¶: u8 }", "expected `,` or `}`"),
    ("variant v { a(u8 ¶}", "expected `)`"),
    ("resource r ¶}", "expected `;` or `{`"),
    ("resource r { constructor¶: func(); }", "expected `(`"),
    ("resource r { ¶async constructor(); }", "expected a name, `constructor` or `}`"),
    ("use i¶;", "expected `.`"),
    ("use a:b¶.{t};", "expected `/`"),
    ("use i.{t as ¶};", "expected a name"),
    ("¶import f: func();", "expected a name of a function, a type definition, `use` or `}`"),
]

ATTRIBUTES = [
    ("@¶(x)", "expected an attribute"),
    ("@¶nonsense", "unknown attribute"),
    ("@since ¶@since(version = 1.0.0)", "expected `(`"),
    ("@since(¶)", "expected `version`"),
    ("@since(¶feature = a)", "expected `version`"),
    ("@since(version = ¶1.0)", "expected a version"),
    ("@since(version = ¶01.0.0)", "expected a version"),
    ("@unstable(¶version = 1.0.0)", "expected `feature`"),
    ("@external-id(¶a)", "expected a string"),
    ('@external-id(¶"a)', "this string has no end"),
    ('@external-id("a¶\\q")', "unknown escape"),
    ("@since(version = 1.0.0) @¶since(version = 1.0.0)", "appears twice"),
    ("¶@since(version = 1.0.0) @unstable(feature = a)", "not both"),
    ("¶@deprecated(version = 1.0.0)", "needs @since or @unstable"),
]

WORLDS = [
    ("import ¶;", "expected a name"),
    ("import a: ¶u8;", "expected `func`, `async func`, `get`, `set`, `interface` or a name of an interface"),
    ("import a: interface¶;", "expected `{`"),
    ("import a: b:c¶;", "expected `/`"),
    ("¶f: func();", "expected `import`, `export`"),
    ("include w with¶;", "expected `{`"),
    ("include w with { a ¶}", "expected `as`"),
    ("include w with { } ¶;", "expected `import`"),
]


@pytest.mark.parametrize(("text", "message"), FILES)
def test_files(text: str, message: str) -> None:
    check_refusal(text, MARK, message)


@pytest.mark.parametrize(("text", "message"), MEMBERS)
def test_interface_members(text: str, message: str) -> None:
    check_refusal("package a:b;\ninterface i {\n  ok: func();\n  " + text + "\n}", MARK, message)


@pytest.mark.parametrize(("text", "message"), ATTRIBUTES)
def test_attributes(text: str, message: str) -> None:
    check_refusal("package a:b@1.0.0;\ninterface i {\n  " + text + "\n  f: func();\n}", MARK, message)


@pytest.mark.parametrize(("text", "message"), WORLDS)
def test_world_members(text: str, message: str) -> None:
    check_refusal("package a:b;\nworld w {\n  " + text + "\n}", MARK, message)


def test_a_package_cannot_be_imported() -> None:
    # WIT.md, "Item: world": `a:b` names a package; `a: b` is a label before an interface.
    assert "there is no interface or world `b`" in refusal("package x:y; world w { import a:b; }").message
    resolve, _ = load_text("package x:y; interface b { } world w { import a: b; import c:b; }")
    assert list(resolve.worlds[0].imports) == ["a", "c"]


def test_error_shows_the_line_and_a_caret() -> None:
    error = refusal("package a:b;\ninterface i {\n\tf: func(x: );\n}")
    assert str(error) == "bad.wit:3:13: error: expected a type, found `)`\n  |  f: func(x: );\n  |             ^"


def test_very_long_line_is_cut() -> None:
    error = refusal("package a:b; " + " " * 100_000 + "x")
    assert len(str(error)) < 500
    assert str(error).splitlines()[1].endswith("x")
    assert str(error).splitlines()[2].index("^") == str(error).splitlines()[1].index("x")


@pytest.mark.parametrize("depth", [100, 5000, 100_000])
def test_deep_types(depth: int) -> None:
    text = f"package a:b; interface i {{ type t = {'option<' * depth}u8{'>' * depth}; }}"
    assert "nest deeper than 100 levels" in refusal(text).message


def test_types_may_nest_100_levels() -> None:
    resolve, _ = load_text(f"package a:b; interface i {{ type t = {'option<' * 99}u8{'>' * 99}; }}")
    assert len(resolve.types) == 99


def test_flags_have_at_most_32_labels() -> None:
    labels = [f"l{number}" for number in range(33)]
    load_text(f"package a:b; interface i {{ flags f {{ {', '.join(labels[:32])} }} }}")
    check_refusal(
        f"package a:b; interface i {{ flags f {{ {', '.join(labels[:32])}, ¶l32 }} }}", MARK, "at most 32 labels"
    )


def test_huge_numbers_are_an_error() -> None:
    refusal(f"package a:b; interface i {{ type t = list<u8, {'9' * 5000}>; }}")
    refusal(f"package a:b@{'9' * 5000}.0.0;")

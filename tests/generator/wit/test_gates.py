"""Feature gates (WIT.md, "Feature Gates")."""

from __future__ import annotations

import pytest

from generator.resolved.model import NO_GATES, PackageName, Stability
from generator.sources.load import load_text
from generator.wit.gates import Features, is_included
from generator.wit.text import SourceText
from tests.generator.wit.refusals import check_refusal

SOURCE = SourceText("t.wit", "")


@pytest.mark.parametrize(
    ("stability", "features", "included"),
    [
        (NO_GATES, Features(), True),
        (Stability(since="1.0.0"), Features(), True),
        (Stability(since="1.1.0"), Features(), True),
        (Stability(since="1.0.0", deprecated="1.1.0"), Features(), True),
        (Stability(unstable="x"), Features(), False),
        (Stability(unstable="x"), Features.of(["y"]), False),
        (Stability(unstable="x"), Features.of(["x"]), True),
        (Stability(unstable="x"), Features.of(["y,x z"]), True),
        (Stability(unstable="x"), Features.of(all_features=True), True),
    ],
)
def test_is_included(stability: Stability, features: Features, included: bool) -> None:
    assert is_included(stability, PackageName("a", "b", "1.1.0"), features, SOURCE, 0) is included


@pytest.mark.parametrize(
    ("features", "functions"),
    [((), ["a", "b"]), (("x",), ["a", "b", "c"]), (("x", "y"), ["a", "b", "c", "d"]), (("z",), ["a", "b"])],
)
def test_functions(features: tuple[str, ...], functions: list[str]) -> None:
    text = """package a:b@1.0.0;
    interface i {
      a: func();
      @since(version = 0.1.0) b: func();
      @unstable(feature = x) c: func();
      @unstable(feature = y) d: func();
    }"""
    resolve, _ = load_text(text, features=features)
    assert list(resolve.interfaces[0].functions) == functions


REFUSED = [
    ("interface i { ¶@since(version = 1.0.1) f: func(); }", "is later than the version"),
    ("interface i { ¶@since(version = 1.0.1) type t = u8; }", "is later than the version"),
    ("¶@since(version = 2.0.0) interface i { }", "is later than the version"),
    ("¶@since(version = 2.0.0) world w { }", "is later than the version"),
    ("world w { ¶@since(version = 2.0.0) import f: func(); }", "is later than the version"),
    ("interface i { ¶@since(version = 2.0.0) use j.{t}; } interface j { type t = u8; }", "is later than the version"),
    ("interface i { @unstable(feature = x) type t = u8; f: func(a: ¶t); }", "turned off by its feature gate"),
    ("interface i { @unstable(feature = x) type t = u8; type u = list<¶t>; }", "turned off by its feature gate"),
    ("interface i { @unstable(feature = x) resource ¶r { f: func(); } }", "turned off by its feature gate"),
    ("interface i { @unstable(feature = x) use j.{t}; type u = ¶t; } interface j { type t = u8; }", "turned off"),
    ("@unstable(feature = x) interface i { } interface j { use ¶i.{}; }", "turned off by its feature gate"),
    ("@unstable(feature = x) interface i { } world w { import ¶i; }", "turned off by its feature gate"),
    ("@unstable(feature = x) interface i { } world w { import p: ¶i; }", "turned off by its feature gate"),
    ("@unstable(feature = x) world v { } world w { include ¶v; }", "turned off by its feature gate"),
    ("@unstable(feature = x) interface i { type ¶t = u8; }", "is not gated, but its interface is"),
    ("world w { @unstable(feature = x) import n: interface { enum ¶e { a } } }", "is not gated, but its interface is"),
    ("@unstable(feature = x) interface i { use j.{¶t}; } interface j { type t = u8; }", "is not gated, but its"),
    ("interface i { @unstable(feature = x) type t = u8; } interface j { use i.{¶t}; }", "has no type `t`"),
]


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_refused(members: str, message: str) -> None:
    check_refusal("package a:b@1.0.0;\n" + members, "¶", message)
    if "@unstable" in members and "not gated" not in message:
        load_text("package a:b@1.0.0;\n" + members.replace("¶", ""), features=["x"])


def test_an_included_interface_has_other_gates() -> None:
    text = """package a:b@1.0.0; interface i { }
    world v { @unstable(feature = x) @deprecated(version = 0.1.0) import i; }
    world w { @unstable(feature = y) import i; include ¶v; }"""
    message = "gates `@unstable(feature = x) @deprecated(version = 0.1.0)` there, and `@unstable(feature = y)` here"
    check_refusal(text, "¶", message, "x", "y")


def test_since_needs_a_version() -> None:
    check_refusal("package a:b; ¶@since(version = 1.0.0) interface i { }", "¶", "has none")
    load_text("package a:b; @unstable(feature = x) interface i { }", features=["x"])


def test_gates_are_kept_on_items() -> None:
    text = """package a:b@1.0.0;
    @since(version = 1.0.0) @deprecated(version = 1.0.0)
    interface i { @unstable(feature = x) @deprecated(version = 0.1.0) type t = u8; }
    @since(version = 0.1.0)
    world w { @since(version = 0.2.0) import i; }"""
    resolve, _ = load_text(text, all_features=True)
    assert resolve.interfaces[0].stability == Stability("1.0.0", None, "1.0.0")
    assert resolve.types[0].stability == Stability(None, "x", "0.1.0")
    assert resolve.worlds[0].stability == Stability("0.1.0")
    (item,) = resolve.worlds[0].imports.values()
    assert getattr(item, "stability", None) == Stability("0.2.0")


def test_gates_of_included_items() -> None:
    """@since of another package's world speaks of that package's versions, so it is dropped; @unstable is kept."""
    text = """package a:b@1.0.0;
    world other { include c:d/w@9.0.0; }
    world same { include base; }
    interface i { }
    world base { @since(version = 1.0.0) import i; }
    package c:d@9.0.0 {
      interface i { } @unstable(feature = x) interface j { }
      world w { @since(version = 8.0.0) import i; @unstable(feature = x) import j; }
    }"""
    resolve, package = load_text(text, features=["x"])
    worlds = resolve.packages[package].worlds
    stabilities = {
        name: [getattr(item, "stability", None) for item in resolve.worlds[id].imports.values()]
        for name, id in worlds.items()
    }
    assert stabilities["other"] == [NO_GATES, Stability(None, "x")]
    assert stabilities["same"] == [Stability("1.0.0")]


def test_types_of_worlds_can_be_turned_off() -> None:
    """The reference refuses this text while the feature is off (seen with 1.262.0)."""
    text = "package a:b; world w { @unstable(feature = x) enum e { a } import f: func(); }"
    assert list(load_text(text)[0].worlds[0].imports) == ["f"]
    assert list(load_text(text, features=["x"])[0].worlds[0].imports) == ["e", "f"]

"""Worlds whose text speaks of something that they do not have: no known fault that needs it is excused there."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

import pytest

from harness.suite.expectations import Expectation
from harness.suite.faults.condition import WorldFacts
from tests.harness.expectations.known import PANIC, explained, facts_of, project

SPEAKS = (
    "package a:b@1.0.0 { interface x { resource r; resource s; f: func(a: list<u8, 4>, b: error-context); } } "
    "package a:b@1.1.0 { interface x { use a:b/x@1.0.0.{r}; } } "
    "world w { import env: interface { f: func(); } import p: s; @unstable(feature = on) export h; /// D export i; }"
)
PLAIN = "interface x { f: func(a: list<u8>) -> u8; } world w { import x; export x; }"
NAMES = (
    "interface x { record %resource { %list: u8, %error-context: u8, %package: u8 } f: func(%resource: %resource); "
    "%error-context: func(); } interface env { f: func(); } world w { import env; import %resource: interface "
    "{ f: func(); } export x; %export: func(); }"
).replace("%export: func();", "export %export: func(); export env;")
OUTSIDE = (
    "interface other { resource r; resource s; f: func(a: list<u8, 4>, b: error-context); } interface t { resource r; } "
    "world v { import env: other; import p: t; import q: t; export other; export r: t; } "
    f"{PLAIN} package l:v@1.0.0 {{ interface i {{ resource r; }} }} "
    "package l:v@1.1.0 { interface i { use l:v/i@1.0.0.{r}; } world w { import i; import l:v/i@1.0.0; } }"
)
CLOSED = (
    "interface other { resource r; resource s; f: func(a: list<u8, 4>, b: error-context); } "
    "interface h { use i.{v}; } interface i { variant v { a } } interface x { f: func(); } "
    "world w { import x; export x; @unstable(feature = off) import env: other; @unstable(feature = off) export other; "
    "@unstable(feature = off) export h; /// D\n export i; }"
)
WORLDS = {
    "block comment": f"/* {SPEAKS} */ {PLAIN}",
    "line comment": f"// {SPEAKS}\n{PLAIN}",
    "documentation": f"/// {SPEAKS}\n{PLAIN}",
    "documentation of a function": PLAIN.replace("f: func", f"/** {SPEAKS} */ f: func"),
    "names": NAMES,
    "another world": OUTSIDE,
    "closed gates": CLOSED,
}
MERGED = "link (subject, imports in compatible versions): expected a refusal to merge them ({}), got Panicked at link: thread 'main' panicked at crates/wit-parser/src/resolve/mod.rs:1:2: no entry found for key"
NO_DEFINED = "link (subject, imports in compatible versions): expected a refusal to merge them (the type t of a:b/x is another one), got InvalidOutput at link: type index 1 is not a defined type"
OF_ITEM = "component wit (subject, wit-text: worlds.a:b/w.{}): expected {}, got {}"
DOCS, GATE, NOTHING = '{"contents": "D"}', '{"unstable": {"feature": "on"}}', "(nothing)"
NAME = "import-method-r-f-g"
FAULTS = {
    "fixed-length list": ("fixed", "tool panicked", PANIC.format("a.rs", "not yet implemented: fixed-length-list")),
    "error-context": ("context", "tool panicked", PANIC.format("a.rs", "not yet implemented: error-context")),
    "labelled resource": ("labels", "tool panicked", PANIC.format("a", "assertion failed: prev.is_none()")),
    "methods": ("resources", "invalid output", f"import name `{NAME}` conflicts with previous name `{NAME}`"),
    "env": ("env", "fail", "refused to link: error: unresolved symbol(s):\n libworld.so needs f (function [] -> [])"),
    "resource of a version": ("two versions", "fail", MERGED.format("a:b/x@1.1.0 has no resource r")),
    "type of a version": ("made of lower", "fail", MERGED.format("the type t of a:b/x is another one")),
    "method of a version": ("made of lower", "fail", MERGED.format("a:b/x@1.1.0 has no function [method]r.f")),
    "resource": ("both", "fail", NO_DEFINED),
    "label": ("labels", "fail", OF_ITEM.format("imports.p.docs", NOTHING, DOCS)),
    "documentation": ("docs", "fail", OF_ITEM.format("exports.a:b/i.docs", DOCS, NOTHING)),
    "gates": ("gates", "fail", OF_ITEM.format("exports.a:b/i.stability", NOTHING, GATE)),
}


def excused(facts: WorldFacts, fault: str) -> Expectation | None:
    return explained(project().about(facts), "x", *FAULTS[fault][1:])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("world", WORLDS)
def test_words_alone_excuse_nothing(world: str, fault: str) -> None:
    found = excused(WorldFacts(f"package a:b; {WORLDS[world]}", "w"), fault)
    assert found is None


@pytest.mark.parametrize("fault", FAULTS)
def test_the_worlds_that_have_it_do(fault: str) -> None:
    assert excused(facts_of(FAULTS[fault][0]), fault) is not None


@pytest.mark.parametrize(
    ("world", "fault", "known"),
    [
        ("interface s { resource r; } world w { import p: s; }", "labelled resource", False),
        ("interface s { resource r; } world w { import s; import p: s; }", "labelled resource", True),
        ("interface s { resource r; } interface t { use s.{r}; } world w { import p: s; import t; }", "labelled resource", True),
        ("interface s { resource r; } interface t { use s.{r}; } world w { import p: t; import q: t; }", "labelled resource", False),
        ("interface s { resource r; } interface t { } world w { import p: t; import q: t; import s; }", "labelled resource", False),
        ("interface s { resource r; resource q; } world w { import s; }", "methods", False),
        ("interface s { resource r; } interface t { resource r; } world w { export s; export t; }", "methods", False),
        ("interface s { f: func(); } world w { import env: s; }", "env", True),
        ("interface env { f: func(); } world w { import env; }", "env", False),
        ("interface s { f: func(); } world w { export env: s; }", "env", False),
        ("interface s { type t = list<tuple<u8, list<u16, 3>>>; } world w { import s; }", "fixed-length list", True),
        ("world w { type t = error-context; }", "error-context", True),
        ("world w { resource r; }", "resource", True),
        ("interface s { f: func(); } world w { import q: s; }", "label", False),
        ("interface h { use i.{t}; } interface i { type t = u8; } world w { export h; export i; }", "documentation", False),
        ("interface h { type t = u8; } interface i { type t = u8; } world w { export h; /// D\n export i; }", "documentation", False),
        ("interface h { use i.{t}; } interface i { type t = u8; } world w { import h; /// D\n export i; }", "documentation", False),
        ("interface h { use j.{t}; } interface j { use i.{t}; } interface i { type t = u8; } world w { export h; export j; /// D\n export i; }", "documentation", True),
        ("interface h { use k.{t}; } interface k { type t = u8; } interface i { type t = u8; } world w { export h; /// D\n export k; /// D\n export i; }", "documentation", False),
        ("interface h { use i.{t}; } interface i { type t = u8; } world w { @unstable(feature = on) export h; @unstable(feature = on) export i; }", "gates", False),
        ("interface h { use i.{t}; } interface i { type t = u8; } world w { export h; @unstable(feature = on) export i; }", "gates", True),
        ("package a:c@1.0.0 { interface i { type t = u8; } } package d:e { interface j { use a:c/i@1.0.0.{t}; } } package a:c@1.1.0 { interface k { use d:e/j.{t}; } } world w { import a:c/k@1.1.0; }", "type of a version", True),
        ("package a:c@1.0.0 { interface i { type t = u8; } } package a:c@1.1.0 { interface k { type t = u8; } } world w { import a:c/k@1.1.0; import a:c/i@1.0.0; }", "type of a version", False),
        ("package a:c@1.0.0 { interface i { type t = u8; } } package a:d@1.1.0 { interface i { type t = u8; } } world w { import a:c/i@1.0.0; import a:d/i@1.1.0; }", "resource of a version", False),
    ],
)  # fmt: skip
def test_what_is_meant(world: str, fault: str, known: bool) -> None:
    assert (excused(WorldFacts(f"package a:b; {world}", "w", ("on",)), fault) is not None) is known

"""Known faults for tests: a small file, the project's file, and worlds in which its faults show."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.runs.runner import default_expectations
from harness.suite.expectations import Expectation, Expectations
from harness.suite.expectations_file import load
from harness.suite.faults.condition import Told, WorldFacts

HEAD = 'tool = "wasm-tools"\nversions = ">=1.262.0, <1.263.0"\n'
ENTRY = '[[expect]]\nid = "a"\ncases = ["x"]\noutcome = "fail"\nreason = "r"\nlink = "https://example.org"\n'
FEATURES = {
    "fixed": "interface x { f: func(a: list<u8, 4>); } world w { import x; }",
    "context": "world w { import f: func(x: error-context); }",
    "stream": "interface x { type s = stream<u8>; g: func(); } world w { export x; }",
    "used stream": "interface x { type s = stream<u8>; g: func(a: s); } world w { export x; }",
    "renamed label": "interface s { record e { k: u8 } f: func(x: e); } world v { import q: s; import s; } world w { include v with { q as z } }",
    "id-and-label": "interface s { record e { k: u8 } f: func(x: e); } world w { import s; import q: s; }",
    "one label twice": "interface s { record e { k: u8 } f: func() -> e; } interface t { g: func(); } world w { import s; export q: s; import q: t; }",
    "labels": "interface s { resource r; record e { k: u8 } f: func() -> e; } world w { import p: s; import q: s; }",
    "acronyms": "interface x { record A { a: u8 } } world w { export x; }",
    "env": "world w { import env: interface { f: func(); } }",
    "resources": "interface x { resource r { f-g: func(); } resource r-f { g: func(); } } world w { export x; }",
    "plain": "interface x { f: func(a: list<u8>) -> u8; } world w { import x; }",
    "made of lower": "package a:b@1.1.0 { interface x { use a:b/x@1.0.0.{e as d}; } } package a:b@1.0.0 { interface x { enum e { f } } } world w { import a:b/x@1.0.0; import a:b/x@1.1.0; }",
    "lower first": "package a:b@1.0.0 { interface x { enum e { f } } } package a:b@1.1.0 { interface x { use a:b/x@1.0.0.{e as d}; } } world w { import a:b/x@1.0.0; import a:b/x@1.1.0; }",
    "one version": "package a:b@1.0.0 { interface x { enum e { f } } interface y { use x.{e as d}; } } world w { import a:b/y@1.0.0; }",
    "two versions": "package a:b@1.0.0 { interface x { resource r; } interface y { use x.{r}; } } package a:b@1.1.0 { interface x { } } world w { import a:b/y@1.0.0; import a:b/x@1.1.0; }",
    "gates": "interface h { use i.{v}; } interface i { variant v { a } } world w { @unstable(feature = on) @deprecated(version = 1.0.0) export h; export i; }",
    "docs": "interface h { use i.{v}; } interface i { variant v { a } } world w { export h; /// D\n export i; }",
    "apart": "package a:b@1.0.0 { interface x { enum e { f } } } package c:d@1.1.0 { interface y { use a:b/x@1.0.0.{e as d}; } } world w { import c:d/y@1.1.0; }",
    "both": "interface x { resource r; g: func() -> stream<r>; } world w { import x; export x; }",
    "both by labels": "interface x { resource r; g: func() -> stream<r>; } interface y { resource r; } world w { import p: x; export q: x; import o: y; }",
    "use and export": "interface user { use l:v/a@1.0.0.{r}; } world w { import l:v/a@1.0.0; import l:v/a@1.1.0; export l:v/a@1.0.0; export user; } package l:v@1.0.0 { interface a { resource r; } } package l:v@1.1.0 { interface a { resource r; } }",
    "two": "interface x { f: func(r: result); } world w { import x; }",
}
PANIC = "the subject of reference@winch: generate panicked (exit code 101): thread 'main' panicked at {}:\n{}"


def explained(
    items: Expectations, case: str, outcome: str, message: str, calls: Sequence[str] = (), beside: Sequence[str] = ()
) -> Expectation | None:
    """What explains a failure of the reference, in a world where the failures `beside` show, too."""
    others = [Told(outcome, other) for other in beside]
    return items.explain("wasm-tools", case, [Told(outcome, message, calls), *others])[0]


def write(path: Path, text: str) -> Path:
    file = path / "known.toml"
    file.write_text(text)
    return file


def project() -> Expectations:
    """The known faults of the reference in the project's files."""
    return load(default_expectations(), {"wasm-tools": "1.262.0"})


def facts_of(world: str) -> WorldFacts:
    """What is known about the world `w` of a text of `FEATURES`, with the feature `on`."""
    kept = [("a:b/x@1.0.0", "a:b/x@1.1.0")] if world in ("made of lower", "lower first") else []
    kept += [("l:v/a@1.0.0", "l:v/a@1.1.0")] if world == "use and export" else []
    return WorldFacts(f"package a:b; {FEATURES[world]}", "w", ("on",), lambda: world == "stream", lambda: kept)


def excused(world: str, case: str, outcome: str, message: str, run: Sequence[str]) -> Expectation | None:
    """What explains a failure of the reference in a world of `FEATURES`, by the project's files."""
    return explained(project().about(facts_of(world)), case, outcome, message, run)


Row = tuple[str, str, str, str, tuple[str, ...], bool]
"""The world, the case, the outcome, its message, the run's changes, and whether the project's files excuse it."""


def excuses(rows: Sequence[Row]) -> Callable[..., None]:
    """A test: a wrong tool in a world where a fault is known is not excused for it."""

    @pytest.mark.parametrize(("world", "case", "outcome", "message", "run", "known"), rows)
    def test(world: str, case: str, outcome: str, message: str, run: tuple[str, ...], known: bool) -> None:
        found = excused(world, case, outcome, message, run)
        assert (found is not None) is known, found

    return test

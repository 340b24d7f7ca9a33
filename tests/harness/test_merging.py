"""Imports in compatible versions, as linkers make them one: which go, which must stay, what tools must refuse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.engine.results import EngineKind
from harness.frontend.front_end import WitText, surround, world_section
from harness.judge.observation import CellRun
from harness.judge.unmergeable import merged_all_the_same
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import ItemKind, Role, Wire
from harness.process.clock import Clock
from harness.process.steps import Steps
from harness.toolchains.builder import Builder
from harness.toolchains.cells import pure_cell
from harness.toolchains.protocol import Built, Done, GenerateOptions, Job, Library, LinkOptions, Refused, Toolchain
from harness.world.merging import has_compatible_imports, merged, merging
from harness.world.world import World

A = "package a:b@1.0.0 { interface i { record t { a: u8 } resource r; f: func(a: t, b: borrow<r>); } }\n"
HIGHER = (
    "package a:b@1.1.0 { interface i { record t { a: u8 } resource r; f: func(a: t, b: borrow<r>); g: func(); } }\n"
)
USER = "interface user { use a:b/i@1.0.0.{t, r}; h: func(a: list<t>) -> r; }\n"
THROUGH = "interface through { use user.{r as s}; k: func() -> s; }\n"
BOTH = "import a:b/i@1.0.0; import a:b/i@1.1.0; "
TO_HIGHER = {"a:b/i@1.0.0": "a:b/i@1.1.0"}


def world(packages: str, items: str) -> World:
    return world_section(WitText(f"package x:y; {packages} world w {{ {items} }}", "w.wit"))[0]


@pytest.mark.parametrize(
    ("versions", "names"),
    [
        (["1.0.0", "1.1.0"], {"1.0.0": "1.1.0"}),
        (["0.2.9", "0.2.10", "0.2.0"], {"0.2.0": "0.2.10", "0.2.9": "0.2.10"}),
        (["0.1.0", "0.2.0"], {}),
        (["0.0.1", "0.0.2"], {}),
        (["1.0.0", "2.0.0", "2.0.1"], {"2.0.0": "2.0.1"}),
        (["1.0.0-rc.1", "1.0.0"], {}),
        (["1.0.0-rc.1+b", "1.0.0-rc.1", "1.0.0-rc.2"], {"1.0.0-rc.1": "1.0.0-rc.1+b"}),
        (["1.0.0+a", "1.0.1"], {"1.0.0+a": "1.0.1"}),
        (
            ["1.0.0+10", "1.0.0", "1.0.0+a", "1.0.0+2"],
            {"1.0.0": "1.0.0+a", "1.0.0+2": "1.0.0+a", "1.0.0+10": "1.0.0+a"},
        ),
        (["1.0.0+2", "1.0.0+10"], {"1.0.0+2": "1.0.0+10"}),
    ],
)
def test_which_versions_are_compatible(versions: list[str], names: dict[str, str]) -> None:
    packages = "".join(f"package a:b@{version} {{ interface i {{ f: func(); }} }}\n" for version in versions)
    made = world(packages, "".join(f"import a:b/i@{version};" for version in versions))
    found = merging(made)
    assert found.names == {f"a:b/i@{old}": f"a:b/i@{new}" for old, new in names.items()}
    assert not found.conflict
    assert has_compatible_imports(made) is bool(names)


@pytest.mark.parametrize(
    ("packages", "items", "names"),
    [
        (A + HIGHER, BOTH, TO_HIGHER),
        (A + HIGHER, BOTH + "export a:b/i@1.0.0;", TO_HIGHER),
        (A + HIGHER, BOTH + "export a:b/i@1.1.0;", TO_HIGHER),
        (A + HIGHER + USER, BOTH + "export user;", TO_HIGHER),
        (A + HIGHER + USER, BOTH + "export user; export a:b/i@1.0.0;", {}),
        (A + HIGHER + USER, BOTH + "export user; export a:b/i@1.1.0;", {}),
        (A + "package a:b@1.1.0 { interface i { use a:b/i@1.0.0.{t, r}; f: func(a: t, b: borrow<r>); } }\n", BOTH, {}),
        (A + HIGHER, "export a:b/i@1.0.0; export a:b/i@1.1.0;", {}),
        (A + HIGHER + USER + THROUGH, BOTH + "export through;", TO_HIGHER),
        (A + HIGHER + USER + THROUGH, BOTH + "export through; export a:b/i@1.1.0;", {}),
        (A + HIGHER + USER + THROUGH, BOTH + "import through; export a:b/i@1.1.0;", TO_HIGHER),
    ],
)
def test_which_imports_stay(packages: str, items: str, names: dict[str, str]) -> None:
    found = merging(world(packages, items))
    assert found.names == names
    assert found.kept == ({} if names or "import a:b/i@1.0.0;" not in items else TO_HIGHER)


@pytest.mark.parametrize(
    ("change", "conflict"),
    [
        (("f: func(a: t, b: borrow<r>);", ""), "has no function f"),
        (("a: t, b", "c: t, b"), "function f of a:b/i@1.1.0 has another type"),
        (("record t { a: u8 }", "record t { a: s8 }"), "function f of a:b/i@1.1.0 has another type"),
        (("record t { a: u8 }", "record t { b: u8 }"), "function f of a:b/i@1.1.0 has another type"),
        (("record t { a: u8 }", "record q { a: u8 } type t = q;"), ""),
        (("resource r; f: func(a: t, b: borrow<r>);", "f: func(a: t, b: u32);"), "has no resource r"),
        (("g: func();", ""), ""),
    ],
)
def test_what_tools_must_refuse(change: tuple[str, str], conflict: str) -> None:
    found = merging(world(A + HIGHER.replace(*change), BOTH))
    assert found.names == TO_HIGHER
    assert bool(found.conflict) == bool(conflict) and conflict in found.conflict


def test_a_type_that_others_use_must_be_the_same() -> None:
    free = "package a:b@1.0.0 { interface i { record t { a: u8 } f: func(); } }\n"
    higher = "package a:b@1.1.0 { interface i { record t { a: u16 } f: func(); } }\n"
    user = "interface user { use a:b/i@1.0.0.{t}; h: func(a: t); }\n"
    assert merging(world(free + higher, BOTH)).conflict == ""
    assert (
        "type t of a:b/i@1.1.0 is another one" in merging(world(free + higher + user, BOTH + "import user;")).conflict
    )


@pytest.mark.parametrize(
    ("there", "conflict"),
    [
        ("", "type a of a:b/i@1.1.0 is missing"),
        ("type a = u16;", "type a of a:b/i@1.1.0 is another one"),
        ("type a = u8;", ""),
    ],
)
@pytest.mark.parametrize("use", ["import user;", "export user;", "use a:b/i@1.0.0.{a}; import run: func(x: a);"])
def test_an_alias_that_others_use_must_be_the_same(there: str, conflict: str, use: str) -> None:
    """Aliases are no types of the harness; a `use` of one is a use all the same."""
    text = (
        "package x:y; package a:b@1.0.0 { interface i { type a = u8; f: func(); } }\n"
        f"package a:b@1.1.0 {{ interface i {{ {there} f: func(); }} }}\n"
        f"interface user {{ use a:b/i@1.0.0.{{a}}; h: func(x: a); }} world w {{ {BOTH} {use} }}"
    )
    parts = surround(WitText(text, "w.wit"))
    assert conflict in parts.unmergeable and bool(conflict) == bool(parts.unmergeable)
    assert parts.parts[Role.SUBJECT].plan.merge_versions is not bool(conflict)


@pytest.mark.parametrize("used", ["a, b", "b, a"])
def test_of_several_reasons_a_missing_type_is_named(used: str) -> None:
    """A tool that looks it up without a check fails there, whatever else is another type."""
    free = "package a:b@1.0.0 { interface i { type a = u8; type b = u8; f: func(); } }\n"
    higher = "package a:b@1.1.0 { interface i { type a = u16; f: func(); } }\n"
    user = f"interface user {{ use a:b/i@1.0.0.{{{used}}}; h: func(x: a, y: b); }}\n"
    assert (
        merging(world(free + higher + user, BOTH + "import user;")).conflict == "the type b of a:b/i@1.1.0 is missing"
    )


@pytest.mark.parametrize(
    ("lower", "higher", "conflict"),
    [
        ("use o.{r};", "resource r;", "the type r of a:b/i@1.1.0 is another one"),
        ("resource r;", "use o.{r};", "the type r of a:b/i@1.1.0 is another one"),
        ("use o.{r};", "use o.{r};", ""),
        ("resource r;", "resource r;", ""),
    ],
)
def test_a_resource_that_others_use_must_be_the_same(lower: str, higher: str, conflict: str) -> None:
    packages = "interface user { use a:b/i@1.0.0.{r}; h: func(a: r); }\n" + "".join(
        f"package a:b@{version} {{ interface i {{ {item} f: func(); }} interface o {{ resource r; }} }}\n"
        for version, item in (("1.0.0", lower), ("1.1.0", higher))
    )
    assert merging(world(packages, BOTH + "import user;")).conflict == conflict


def test_an_export_that_uses_an_alias_keeps_versions_apart() -> None:
    packages = (
        "package a:b@1.0.0 { interface i { type a = u8; } } package a:b@1.1.0 { interface i { type a = u8; } }"
        " interface user { use a:b/i@1.0.0.{a}; h: func(x: a); }"
    )
    assert merging(world(packages, BOTH + "export user;")).names == TO_HIGHER
    assert not merging(world(packages, BOTH + "export user; export a:b/i@1.1.0;")).names


def test_the_world_of_the_component() -> None:
    original = world(A + HIGHER + USER, BOTH + "import user; export a:b/i@1.0.0;")
    found = merged(original, merging(original).names)
    assert list(found.imports) == ["a:b/i@1.1.0", "x:y/user"]
    function = found.imports["x:y/user"].functions["h"]
    assert function.params[0].type.canonical == "list<a:b/i@1.1.0#t>"
    assert function.result is not None and function.result.canonical == "own<a:b/i@1.1.0#r>"
    exported = found.exports["a:b/i@1.0.0"].functions["f"]
    assert [param.type.canonical for param in exported.params] == [
        "a:b/i@1.0.0#t",
        "borrow<[export]a:b/i@1.0.0#r>",
    ]
    assert merged(original, {}) is original


def test_what_is_around_a_merged_world() -> None:
    source = WitText(f"package x:y; {A}{HIGHER}{USER} world w {{ {BOTH} import user; export run: func(); }}", "w.wit")
    parts = surround(source)
    assert list(parts.parts[Role.PROVIDER].world.exports) == ["a:b/i@1.1.0", "x:y/user"]
    assert Wire(Role.SUBJECT, "a:b/i@1.0.0", ItemKind.INSTANCE, Role.PROVIDER, ("a:b/i@1.1.0",)) in parts.wires
    assert parts.parts[Role.SUBJECT].plan.merge_versions
    kept = surround(source, merge_versions=False)
    assert list(kept.parts[Role.PROVIDER].world.exports) == ["a:b/i@1.0.0", "a:b/i@1.1.0", "x:y/user"]
    assert not kept.parts[Role.SUBJECT].plan.merge_versions


def test_a_driver_reaches_every_exported_version() -> None:
    source = WitText(f"package x:y; {A}{HIGHER} world w {{ export a:b/i@1.0.0; export a:b/i@1.1.0; }}", "w.wit")
    parts = surround(source).parts
    assert parts[Role.SUBJECT].plan.merge_versions and not parts[Role.DRIVER].plan.merge_versions


def test_no_tool_decides_about_merging_in_a_driver() -> None:
    """Only the subject tests whether a tool leaves versions apart that must stay."""
    higher = "package a:b@1.1.0 { interface i { use a:b/i@1.0.0.{t, r}; f: func(a: t, b: borrow<r>); } }\n"
    source = WitText(f"package x:y; {A}{higher} world w {{ {BOTH} export a:b/i@1.1.0; }}", "w.wit")
    parts = surround(source).parts
    assert {"a:b/i@1.0.0", "a:b/i@1.1.0"} <= parts[Role.DRIVER].world.imports.keys()
    assert not merging(parts[Role.DRIVER].world).names
    assert parts[Role.SUBJECT].plan.merge_versions and not parts[Role.DRIVER].plan.merge_versions


def test_a_world_that_cannot_be_merged_is_run_with_all_versions() -> None:
    higher = HIGHER.replace("f: func(a: t, b: borrow<r>);", "")
    parts = surround(WitText(f"package x:y; {A}{higher} world w {{ {BOTH} }}", "w.wit"))
    assert parts.unmergeable == "a:b/i@1.1.0 has no function f"
    assert not parts.parts[Role.SUBJECT].plan.merge_versions


class _Merges:
    """A linker that merges whatever it is given."""

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return Done(Built(b"dylib"))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        return Done(Built(b"component") if options.merge_versions else Refused("no", "link"))


@pytest.mark.parametrize(("unmergeable", "found"), [("a:b/i@1.1.0 has no function f", 1), ("", 0)])
def test_a_tool_that_merges_what_it_must_refuse(unmergeable: str, found: int) -> None:
    tool = _Merges()
    toolchain = Toolchain("mine", "mine", "1", tool, tool)
    part = ComponentPlan(Role.SUBJECT, "package a:b; world w {}", "w", merge_versions=False)
    plan = Plan("t", (part,), (), (), (), unmergeable=unmergeable)
    cell = pure_cell([Role.SUBJECT], "mine", EngineKind.WINCH)
    builder = Builder({"mine": toolchain}, {(3, ""): b""}, lambda _: None, Steps())
    differences = merged_all_the_same(plan, [CellRun(cell, {})], builder, Clock())
    assert len(differences) == found
    assert all("got a component" in str(difference) for difference in differences.values())

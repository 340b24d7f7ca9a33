"""Worlds: their items, what they imply, `include`."""

from __future__ import annotations

import pytest

from generator.resolved.model import FunctionItem, InterfaceItem, Method, Resolve, TypeItem, World, WorldOwner
from generator.resolved.types import Alias, Own
from generator.sources.load import load_text, select_world
from tests.generator.wit.refusals import check_refusal
from tests.generator.wit.texts import FEATURES, GATES, INCLUDES, WORLDS


def world(text: str, name: str | None = None, features: tuple[str, ...] = ()) -> tuple[Resolve, World]:
    resolve, package = load_text(text, features=features)
    return resolve, resolve.worlds[select_world(resolve, package, name)]


def names(resolve: Resolve, world: World) -> tuple[list[str], list[str]]:
    """The keys of imports and exports; interfaces by their short names."""
    imports = [resolve.world_key_name(key).partition("/")[2].partition("@")[0] or str(key) for key in world.imports]
    exports = [resolve.world_key_name(key).partition("/")[2].partition("@")[0] or str(key) for key in world.exports]
    return imports, exports


@pytest.mark.parametrize(
    ("name", "imports", "exports"),
    [
        (
            "own-types",
            [
                *("inline", "shared", "metadata", "again", "local", "level", "thing", "look"),
                *("[constructor]thing", "[method]thing.get", "[static]thing.make"),
            ],
            ["run", "inline"],
        ),
        ("implied", ["shared", "host", "a"], []),
        ("implied-by-export", ["shared", "host"], ["a"]),
        ("all-exported", [], ["shared", "host", "a"]),
        ("order", ["shared", "host", "f", "h"], ["g", "host"]),
        ("labels", ["shared", "primary", "secondary", "host"], ["primary"]),
        ("empty", [], []),
    ],
)
def test_elaboration(name: str, imports: list[str], exports: list[str]) -> None:
    assert names(*world(WORLDS, name)) == (imports, exports)


@pytest.mark.parametrize(
    ("name", "imports", "exports"),
    [
        ("base", ["i", "i2", "plain"], ["out", "j"]),
        ("twice", ["i", "i2", "plain", "other"], ["out", "out2", "j"]),
        ("more", ["i2", "j", "i", "mine", "plain"], ["out", "j"]),
        ("renamed", ["q", "g", "[constructor]q", "[method]q.m", "[static]q.s"], []),
        ("copied", ["r", "f", "[constructor]r", "[method]r.m", "[static]r.s"], []),
        ("anonymous-copy", ["i2", "m", "label", "n"], []),
        ("chain", ["i", "i2", "q", "g", "plain", "[constructor]q", "[method]q.m", "[static]q.s"], ["out", "j"]),
    ],
)
def test_include(name: str, imports: list[str], exports: list[str]) -> None:
    assert names(*world(INCLUDES, name)) == (imports, exports)


def test_included_types_are_copies() -> None:
    resolve, package = load_text(INCLUDES)
    original, copy = (resolve.worlds[select_world(resolve, package, name)] for name in ("resources", "renamed"))
    old, new = original.imports["r"], copy.imports["q"]
    assert isinstance(old, TypeItem)
    assert isinstance(new, TypeItem)
    assert old.id != new.id
    definition = resolve.types[new.id]
    assert (definition.name, definition.owner) == ("q", WorldOwner(select_world(resolve, package, "renamed")))
    method, function = copy.imports["[method]q.m"], copy.imports["g"]
    assert isinstance(method, FunctionItem)
    assert isinstance(function, FunctionItem)
    assert method.function.name == "[method]q.m"
    assert method.function.kind == Method(new.id)
    assert function.function.name == "g"
    parameter = function.function.params[0].type
    assert isinstance(parameter, int)
    assert resolve.types[parameter].kind == Own(new.id)


def test_included_inline_interfaces_are_copies_and_labels_are_not() -> None:
    resolve, package = load_text(INCLUDES)
    old, new = (resolve.worlds[select_world(resolve, package, name)] for name in ("anonymous", "anonymous-copy"))
    one, other = old.imports["n"], new.imports["m"]
    assert isinstance(one, InterfaceItem)
    assert isinstance(other, InterfaceItem)
    assert one.id != other.id
    types = resolve.interfaces[other.id].types
    used = resolve.types[types["t"]].kind
    assert used == Alias(resolve.interfaces[resolve.packages[package].interfaces["i2"]].types["t"])
    assert types["r"] not in resolve.interfaces[one.id].types.values()
    assert old.imports["label"] == new.imports["label"]


def test_world_level_use_of_a_type_from_an_exported_interface_is_an_import() -> None:
    text = "package a:b; interface i { resource r; } world w { use i.{r}; export i; export f: func(x: borrow<r>); }"
    assert names(*world(text)) == (["i", "r"], ["f", "i"])


def test_docs_and_ids_of_items() -> None:
    resolve, found = world(WORLDS, "labels")
    item = found.imports["secondary"]
    assert isinstance(item, InterfaceItem)
    assert item.docs == "The other one."
    resolve, found = world(WORLDS, "own-types")
    item = found.exports["inline"]
    assert isinstance(item, InterfaceItem)
    assert resolve.interfaces[item.id].docs == "An inline interface."
    text = 'package a:b; interface i { } world w { @external-id("x y") import p: i; @external-id("") export q: i; }'
    resolve, found = world(text)
    ids = [item.external_id for item in (found.imports["p"], found.exports["q"]) if isinstance(item, InterfaceItem)]
    assert ids == ["x y", ""]


REFUSED = [
    ("import f: func(); import ¶f: interface { }", "already has another import `f`"),
    ("export f: func(); export ¶f: i;", "already has another export `f`"),
    ("import i; import ¶i;", "already has another import `a:b/i@1.0.0`"),
    ("export i; export ¶i;", "already has another export `a:b/i@1.0.0`"),
    ("type t = u8; import ¶t: func();", "already has another import `t`"),
    ("import ¶missing;", "there is no interface or world `missing`"),
    ("import ¶base;", "`base` is a world"),
    ("import p: ¶base;", "`base` is a world"),
    ("include ¶i;", "`i` is an interface"),
    ("include ¶missing;", "there is no interface or world `missing`"),
    ("include ¶w;", "`w` depends on itself"),
    ("include base with { ¶x as y }", "has no import or export `x`"),
    ("include base with { ¶i as y }", "has no import or export `i`"),
    ("import f: func(); include ¶base;", "the import `f` of the included world already exists"),
    ("include base; include ¶base;", "the import `f` of the included world already exists"),
    ("import x: func(a: ¶r);", "there is no type `r`"),
    ("export x: func() -> ¶option<borrow<res>>; resource res;", "contains a borrowed handle"),
    ("resource res { ¶res: func(); }", "cannot have the resource's name"),
    ("import x: interface { type t = ¶u; }", "there is no type `u`"),
    ("type u = u8; import x: interface { type t = ¶u; }", "there is no type `u`"),
    ("use i.{¶missing};", "has no type `missing`"),
]


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_refused(members: str, message: str) -> None:
    head = "package a:b@1.0.0;\ninterface i { type t = u8; }\nworld base { import i; import f: func(); }\n"
    check_refusal(head + "world w {\n" + members + "\n}", "¶", message)


@pytest.mark.parametrize(
    "world",
    [
        "w { import a: func(); import ¶A: func(); }",
        "w { export a-b: func(); export ¶A-b: i; }",
        "w { import A: func(); export a: func(); export ¶A: interface { } }",
        "w { use i.{t}; import ¶T: func(); }",
        "w { import ¶f: func(); include v; }",
        "w { import a-b: func(); import ¶ab: func(); }",
        "w { export a-1: i; export ¶a1: i; }",
        "w { use i.{t as f-f}; import ¶ff: func(); }",
        "w { resource f-f { m: func(); } import ¶ff: interface {} }",
        "¶w { include v with { F as g-g } include v with { F as gg } }",
    ],
)
def test_names_are_compared_without_regard_to_case_and_hyphens(world: str) -> None:
    package = "package a:b; interface i { type t = u8; } world v { import F: func(); } world "
    check_refusal(package + world, "¶", "has the same name as")


def test_one_name_may_be_imported_and_exported() -> None:
    resolve, found = world(
        "package a:b; interface i { } world w { import i; export i; import f: func(); export f: func(); }"
    )
    assert names(resolve, found) == (["i", "f"], ["f", "i"])


@pytest.mark.parametrize(
    "exports",
    ["export a; export c;", "export c; export a;", "export a; export x: interface { use b.{t}; use a.{t as u}; }"],
)
def test_an_export_cannot_depend_on_two_copies_of_an_interface(exports: str) -> None:
    interfaces = "interface a { type t = u8; } interface b { use a.{t}; } interface c { use a.{t}; use b.{t as t2}; }"
    check_refusal(f"package p:p; {interfaces} world ¶w {{ {exports} }}", "¶", "both as an export and")
    load_text(f"package p:p; {interfaces} world w {{ {exports} export b; }}")


def test_gated_includes_and_imports() -> None:
    assert names(*world(GATES, "w", FEATURES)) == (["since", "unstable", "t", "kept"], [])
    assert names(*world(GATES, "w")) == (["since"], [])


@pytest.mark.parametrize("functions", ["import", "export"])
def test_an_included_function_has_the_types_of_its_new_world(functions: str) -> None:
    """It has them even if the world exports functions only and all its types are imports."""
    text = f"package a:b; world v {{ record r {{ a: u8 }} {functions} f: func() -> r; }} world w {{ include v; }}"
    resolve, package = load_text(text, "t.wit")
    w = resolve.worlds[select_world(resolve, package, "w")]
    item = (w.imports if functions == "import" else w.exports)["f"]
    assert isinstance(item, FunctionItem) and isinstance(item.function.result, int)
    assert resolve.types[item.function.result].owner == WorldOwner(select_world(resolve, package, "w"))


def test_included_functions_are_shared_unless_they_change() -> None:
    text = """package a:b;
world v { record r { a: u8 } import same: func(x: u8); import renamed: func(); import copied: func(x: r); }
world w { include v with { renamed as other } }
"""
    resolve, _ = load_text(text, "t.wit")
    v, w = resolve.worlds
    assert w.imports["same"] is v.imports["same"]
    other, copied, original = w.imports["other"], w.imports["copied"], v.imports["copied"]
    assert isinstance(other, FunctionItem) and other.function.name == "other"
    assert isinstance(copied, FunctionItem) and isinstance(original, FunctionItem)
    assert copied.function.params[0].type != original.function.params[0].type

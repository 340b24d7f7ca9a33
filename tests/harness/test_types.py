"""Canonical names, the view of a world, and the worlds around it."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import FrontEndError, Surroundings, WitText, surround
from harness.plan.roles import ItemKind, Role, Wire
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import World


def around(wit: str, world: str | None = None, ends: bool = True) -> Surroundings:
    return surround(WitText(wit, "test.wit"), world, ends=ends)


def subject(wit: str) -> World:
    return around(wit).parts[Role.SUBJECT].world


R = t.Resource("a:b/c", "r", exported=False)


@pytest.mark.parametrize(
    ("type", "name"),
    [
        (t.Prim.ERROR_CONTEXT, "error-context"),
        (t.List(t.Prim.U8), "list<u8>"),
        (t.FixedLengthList(t.Prim.U8, 4), "list<u8, 4>"),
        (t.Tuple((t.Prim.U8, t.Record("-#r", ()))), "tuple<u8, -#r>"),
        (t.Option(t.Prim.CHAR), "option<char>"),
        (t.Result(None, None), "result"),
        (t.Result(t.Prim.U8, None), "result<u8>"),
        (t.Result(None, t.Prim.U8), "result<_, u8>"),
        (t.Result(t.Prim.U8, t.Prim.BOOL), "result<u8, bool>"),
        (t.Map(t.Prim.STRING, t.Prim.U8), "map<string, u8>"),
        (t.Own(R), "own<a:b/c#r>"),
        (t.Borrow(t.Resource(None, "r", exported=True)), "borrow<[export]-#r>"),
        (t.Stream(None), "stream"),
        (t.Future(t.Prim.U8), "future<u8>"),
        (t.List(t.Prim.U8, "a:b/c#bytes"), "a:b/c#bytes"),
    ],
)
def test_canonical_names(type: t.Type, name: str) -> None:
    assert type.canonical == name


def test_names_of_nested_doubling_stay_short() -> None:
    records = "".join(f"record r{i} {{ a: r{i - 1}, b: r{i - 1} }}\n" for i in range(1, 14))
    world = subject(
        f"package a:b; interface x {{ record r0 {{ a: u8 }}\n{records} f: func(v: r13); }} world w {{ import x; }}"
    )
    (function,) = world.import_functions()
    assert function.params[0].type.canonical == "a:b/x#r13"
    assert len(reachable(function.params[0].type)) == 15


def test_aliases_and_use_lead_to_the_definition() -> None:
    world = subject(
        """package a:b;
        interface x { resource r; record p { a: u8 } type q = p; type l = list<q>; }
        interface y { use x.{r as s, q as z, l}; f: func(a: s, b: borrow<s>, c: z, d: l) -> tuple<l, z>; }
        world w { import y; export y; }"""
    )
    (imported,), (exported,) = world.import_functions(), world.export_functions()
    names = ["own<a:b/x#r>", "borrow<a:b/x#r>", "a:b/x#p", "a:b/x#l"]
    assert [param.type.canonical for param in imported.params] == names
    assert [param.type.canonical for param in exported.params] == names  # x itself is only imported
    assert imported.result is not None and imported.result.canonical == "tuple<a:b/x#l, a:b/x#p>"


def test_an_exported_interface_takes_exported_types() -> None:
    world = subject(
        """package a:b;
        interface x { resource r; }
        interface y { use x.{r}; f: func(a: r); }
        world w { import y; export x; export y; }"""
    )
    assert [f.params[0].type.canonical for f in world.import_functions()] == ["own<a:b/x#r>"]
    assert [f.params[0].type.canonical for f in world.export_functions()] == ["own<[export]a:b/x#r>"]


def test_a_label_makes_types_of_its_own() -> None:
    world = subject(
        """package a:b;
        interface x { record p { a: u8 } f: func(a: p); }
        world w { import x; import l: x; }"""
    )
    assert [f.canonical for f in world.import_functions()] == ["a:b/x#f", "l#f"]
    assert [f.params[0].type.canonical for f in world.import_functions()] == ["a:b/x#p", "l#p"]


WORLD_ITEMS = """package a:b@1.0.0;
interface t { resource r { constructor(); } record p { a: u8 } }
world w {
  use t.{r as rr, p};
  resource own-one { constructor(a: p); }
  enum unused { a }
  import f: func(a: rr) -> own-one;
  import lib: interface { g: func(); }
  export h: func(a: own-one, b: p);
  export t;
}"""


def test_the_worlds_own_items_come_from_one_interface_of_the_provider() -> None:
    parts = around(WORLD_ITEMS)
    provider, driver = parts.parts[Role.PROVIDER].world, parts.parts[Role.DRIVER].world
    root = provider.exports["root"]
    assert list(root.functions) == ["f", "[constructor]own-one"]
    assert root.resources["rr"].canonical == "[export]a:b/t@1.0.0#r"
    assert root.resources["own-one"].canonical == "[export]root#own-one"
    assert list(driver.imports[None].functions) == ["h", "[constructor]own-one"]
    assert set(driver.imports[None].types) == {"p"}
    assert Wire(Role.SUBJECT, "f", ItemKind.FUNC, Role.PROVIDER, ("root", "f")) in parts.wires
    assert Wire(Role.SUBJECT, "rr", ItemKind.TYPE, Role.PROVIDER, ("root", "rr")) in parts.wires
    assert Wire(Role.SUBJECT, "lib", ItemKind.INSTANCE, Role.PROVIDER, ("lib",)) in parts.wires
    assert Wire(Role.DRIVER, "h", ItemKind.FUNC, Role.SUBJECT, ("h",)) in parts.wires
    assert Wire(Role.DRIVER, "a:b/t@1.0.0", ItemKind.INSTANCE, Role.SUBJECT, ("a:b/t@1.0.0",)) in parts.wires


@pytest.mark.parametrize(
    ("wit", "roles"),
    [
        ("package a:b; world w { }", {Role.SUBJECT}),
        ("package a:b; world w { import f: func(); }", {Role.SUBJECT, Role.PROVIDER}),
        ("package a:b; world w { export f: func(); }", {Role.SUBJECT, Role.DRIVER}),
    ],
)
def test_only_what_is_needed_is_built(wit: str, roles: set[Role]) -> None:
    assert set(around(wit).parts) == roles


def test_the_texts_resolve_to_the_same_worlds() -> None:
    parts = around(WORLD_ITEMS).parts
    for role in (Role.PROVIDER, Role.DRIVER):
        plan = parts[role].plan
        again = around(plan.wit, plan.world).parts[Role.SUBJECT].world
        assert _names(again) == _names(parts[role].world)


def _names(world: World) -> tuple[set[str], set[str]]:
    imported, exported = world.import_functions(), world.export_functions()
    return {f.canonical for f in imported}, {f.canonical for f in exported}


def test_the_subject_gets_the_source_as_it_is() -> None:
    assert around(WORLD_ITEMS).parts[Role.SUBJECT].plan.wit == WORLD_ITEMS


def test_gates_do_not_reach_the_mirror_worlds() -> None:
    wit = """package a:b@1.0.0;
    interface x { @since(version = 1.0.0) f: func(); }
    world w { @since(version = 1.0.0) import x; @since(version = 1.0.0) export g: func(); }"""
    provider = around(wit).parts[Role.PROVIDER].plan.wit
    assert "@since" not in provider.partition("package harness:mirror")[2]


@pytest.mark.parametrize("name", ["a-b", "ab"])
def test_a_type_beside_an_export_of_its_name_has_another_name_in_the_driver(name: str) -> None:
    """Imports and exports are named apart, but the driver imports both."""
    parts = around(f"package a:b; world w {{ type {name} = u8; export ab: func(x: {name}) -> {name}; }}")
    assert parts.unsupported == ()
    wires = {(wire.consumer, wire.name, wire.path) for wire in parts.wires}
    assert wires == {
        (Role.SUBJECT, name, ("root", name)),
        (Role.DRIVER, f"{name}1", ("root", name)),
        (Role.DRIVER, "ab", ("ab",)),
    }


def test_a_resource_beside_an_export_of_its_name_is_refused() -> None:
    parts = around("package a:b; world w { resource a-b; export ab: func(x: a-b); export f: func(); }")
    (left_out,) = parts.unsupported
    assert str(left_out) == "-#ab: no driver can import both the resource `a-b` and the export of that name"


ENDS = """package a:b;
    interface x { type s = stream<u8>; record q { a: s } f: async func(); g: func(a: q); h: func() -> u8; }
    world w { import x; export k: async func(); }"""


def test_streams_and_futures_stay() -> None:
    parts = around(ENDS)
    assert parts.unsupported == ()
    assert [f.name for f in parts.parts[Role.SUBJECT].world.import_functions()] == ["f", "g", "h"]


def test_streams_and_futures_are_left_out_and_named_where_they_cannot_run() -> None:
    parts = around(ENDS, ends=False)
    assert tuple(map(str, parts.unsupported)) == ("a:b/x#g: a stream or future in its type",)
    assert [f.name for f in parts.parts[Role.SUBJECT].world.import_functions()] == ["f", "h"]
    assert "stream" not in parts.parts[Role.SUBJECT].plan.wit


@pytest.mark.parametrize(
    ("items", "asynchronous"),
    [("import f: async func();", True), ("export f: async func();", True), ("import f: func();", False)],
)
def test_all_components_have_one_kind_of_interpreter(items: str, asynchronous: bool) -> None:
    """Only the subject has the second function, but the provider and the driver run with the same interpreter."""
    parts = around(f"package a:b; world w {{ {items} export g: func(); import h: func(); }}").parts
    assert {role: part.plan.asynchronous for role, part in parts.items()} == dict.fromkeys(Role, asynchronous)
    assert {part.plan.interpreter for part in parts.values()} == {"async" if asynchronous else ""}


def test_resources_that_no_function_returns_have_makers() -> None:
    parts = around(
        """package a:b;
        interface x { resource r; resource s { constructor(); } }
        interface y { use x.{r, s}; f: func(a: r, b: s); }
        world w { export y; }"""
    ).parts
    makers = parts[Role.DRIVER].world.imports["makers"]
    assert [f.result.canonical for f in makers.functions.values() if f.result] == ["own<a:b/x#r>"]


def test_a_function_that_no_driver_can_import_is_named() -> None:
    parts = around(
        """package a:b;
        interface x { resource r; }
        world w { use x.{r}; type k = u8; export x; export f: func(a: r); export k: func(a: k); export g: func(); }"""
    )
    assert [item.what for item in parts.unsupported] == ["-#f"]
    assert set(parts.parts[Role.DRIVER].world.imports[None].functions) == {"g", "k"}


def test_what_a_type_brings_along_decides_whether_a_driver_can_import_it() -> None:
    """`x` comes along with `y`, whose `k` the driver needs; its `x` is the exported one, that of `y` the imported."""
    parts = around(
        """package a:b;
        interface x { resource r; }
        interface y { use x.{r}; type k = u8; }
        interface z { type k = u8; }
        world w {
          use y.{k}; use z.{k as l}; resource s { f: func(a: k); g: func(); }
          import y; export x; export f: func(a: tuple<k>); export g: func(a: l, b: borrow<s>);
        }"""
    )
    (left_out,) = parts.unsupported
    assert str(left_out) == "-#f: no driver can import both the imported and the exported `a:b/x`"
    assert set(parts.parts[Role.DRIVER].world.imports[None].functions) == {"g", "[method]s.g"}


def test_keywords_as_names_of_worlds() -> None:
    parts = around("package %use:%flags; world %type { export f: func(); }").parts
    assert parts[Role.SUBJECT].plan.world == "%use:%flags/%type"


@pytest.mark.parametrize(
    ("wit", "world", "message"),
    [
        ("package a:b; world w { import f: func(; }", None, "test.wit:1:"),
        ("package a:b; world w { }", "v", "no world `v`"),
        ("package a:b; world v { } world w { }", None, "several worlds"),
    ],
)
def test_bad_wit_is_told(wit: str, world: str | None, message: str) -> None:
    with pytest.raises(FrontEndError, match=message):
        around(wit, world)


def test_errors_name_the_line_of_the_file_around_the_text() -> None:
    with pytest.raises(FrontEndError, match=r"case\.toml:12:1: "):
        surround(WitText("package a:b;\n}", "case.toml", lines_before=10))


@pytest.mark.parametrize(("merge_versions", "lowest"), [(True, "v:v/x@1.2.0"), (False, "v:v/x@1.0.0")])
def test_calls_of_a_merged_version_go_to_the_highest_compatible_one(merge_versions: bool, lowest: str) -> None:
    wit = """package a:b;
        package v:v@1.0.0 { interface x { f: func(); } }
        package v:v@1.2.0 { interface x { f: func(); } }
        package v:v@2.0.0 { interface x { f: func(); } }
        world w { import v:v/x@1.0.0; import v:v/x@1.2.0; import v:v/x@2.0.0; }"""
    wires = surround(WitText(wit, "test.wit"), "w", merge_versions=merge_versions).wires
    assert {wire.name: wire.path for wire in wires} == {
        "v:v/x@1.0.0": (lowest,),
        "v:v/x@1.2.0": ("v:v/x@1.2.0",),
        "v:v/x@2.0.0": ("v:v/x@2.0.0",),
    }


SETTER_STAYS = [
    (
        "package a:b; world w { resource b; record a { x: b } export a: get() -> result<u8, a>; export a: set(c: u8);"
        " export b: interface { } }",
        ["-#[get]a: no driver can import both the resource `b` and the export of that name"],
        "-#[set]a: no driver can import both the resource `b` and the export of that name",
    ),
    (
        "package a:b; interface x { a: get() -> result<u8, stream<u8>>; a: set(c: u8); } world w { export x; }",
        ["a:b/x#[get]a: a stream or future in its type"],
        "a:b/x#[set]a: a stream or future in its type",
    ),
    (
        "package a:b; world w { import a: get() -> result<u8, stream<u8>>; import a: set(c: u8); import g: func(); }",
        ["-#[get]a: a stream or future in its type"],
        "-#[set]a: a stream or future in its type",
    ),
]


@pytest.mark.parametrize(("wit", "getter", "setter"), SETTER_STAYS)
def test_a_setter_goes_with_its_getter(wit: str, getter: list[str], setter: str) -> None:
    assert sorted(map(str, around(wit, ends=False).unsupported)) == sorted([*getter, setter])

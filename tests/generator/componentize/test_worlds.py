"""The world of a component: what of the modules' worlds it imports and exports, read back from its binary."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.extern_names import InterfaceNaming
from generator.componentize.single import plan_single
from generator.dummy.module import dummy_module as standard_dummy
from generator.dummy.schemes import SCHEMES
from generator.sources.load import load_text
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from generator.wit.binary.decode import decode_component
from generator.wit.printer import print_all
from tests.generator.componentize.modules import I32, TestModule, dummy_module, load_world, world_section


def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_component_model_map = True
    config.wasm_component_model_implements = True
    return wasmtime.Engine(config)


ENGINE = engine()


def world_of(component: bytes) -> str:
    resolve, world = decode_component(component)
    package = resolve.worlds[world].package
    assert package is not None
    return print_all(resolve, package)


def normal(text: str) -> str:
    resolve, package = load_text(text)
    return print_all(resolve, package)


ALL_TYPES = """
    resource r;
    record rec2 { x: list<tuple<s16, string>> }
    variant v { a, b(rec2), c(f32) }
    enum e { x, y }
    flags f { p, q }
    type chars = list<char>;
    type number = u64;
    record rec { a: u8, b: own<r>, c: option<rec2> }
    type again = rec2;
    all: func(r: borrow<r>, v: v, e: e, f: f, c: chars, n: number) -> result<rec, again>;
    bare: func() -> result;
    rest: func(m: map<string, u32>, a: bool) -> option<option<f64>>;
"""
"""Each named type stands where it is used for the first time."""

WHOLE = {
    "functions": ("", "import f: func(a: string) -> list<u8>; export g: func(a: s8, b: f32) -> tuple<u8, u16>;"),
    "imported interface": ("interface i {" + ALL_TYPES + "}", "import a:b/i;"),
    "exported interface": ("interface i {" + ALL_TYPES + "}", "export a:b/i;"),
    "imported and exported": ("interface i {" + ALL_TYPES + "}", "import a:b/i; export a:b/i;"),
    "inline interfaces": ("", "import a: interface {" + ALL_TYPES + "} export b: interface {" + ALL_TYPES + "}"),
    "use between imports": (
        "interface a { resource r { m: func(); } record t { r: own<r> } f: func(); }"
        "interface b { use a.{r, t as u}; g: func(x: borrow<r>) -> u; }",
        "import a:b/a; import a:b/b;",
    ),
    "an export uses an import": (
        "interface a { resource r; record t { r: own<r> } }"
        "interface b { use a.{r, t as u}; g: func(x: borrow<r>) -> u; }",
        "import a:b/a; export a:b/b;",
    ),
    "an export uses an export": (
        "interface a { resource r { constructor(); } record t { r: own<r> } }"
        "interface b { use a.{r, t as u}; resource s { m: func(u: u) -> list<s>; } g: func(x: borrow<r>) -> u; }",
        "export a:b/a; export a:b/b;",
    ),
    "an export uses an interface that is imported and exported": (
        "interface a { resource r; x: func() -> r; } interface b { use a.{r}; g: func(x: borrow<r>); }",
        "import a:b/a; export a:b/a; export a:b/b;",
    ),
    "chain of uses": (
        "interface a { record t { x: u8 } } interface b { use a.{t}; } interface c { use b.{t}; f: func(t: t); }",
        "import a:b/a; import a:b/b; import a:b/c; export a:b/c;",
    ),
    "types of the world": (
        "interface i { record t { a: u8 } f: func(); }",
        "import a:b/i; use a:b/i.{t}; type n = list<t>; record q { n: n } resource r { m: func(q: q); }"
        "import f: func(r: borrow<r>) -> n; export g: func(q: q) -> t;",
    ),
    "labels": (
        "interface i { resource r; f: func(r: borrow<r>); }",
        "import one: a:b/i; import two: a:b/i; import a:b/i; export three: a:b/i; export a:b/i;",
    ),
    "resources in all places": (
        "interface i { resource a { constructor(x: string); s: static func() -> a; } resource b { m: func(a: a); }"
        "  f: func(l: list<borrow<a>>) -> result<a, b>; }",
        "import a:b/i; export a:b/i;",
    ),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("interfaces", "items"), WHOLE.values(), ids=WHOLE)
def test_module_that_uses_everything_gets_the_whole_world(interfaces: str, items: str) -> None:
    package = f"package a:b {{ {interfaces} }}" if interfaces else ""
    component = componentize(plan_single(dummy_module(f"package x:y; world w {{ {items} }} {package}")))
    wasmtime.component.Component(ENGINE, component)
    assert world_of(component) == normal(f"package root:component; world root {{ {items} }} {package}")


def test_types_that_wasmtime_cannot_be_told_of() -> None:
    items = "import i; export i;"
    interface = "interface i { f: func(a: list<u8, 4>, e: error-context) -> stream<u8>; g: func() -> future; }"
    component = componentize(plan_single(dummy_module(f"package a:b; {interface} world w {{ {items} }}")))
    expected = "package root:component; world root { import a:b/i; export a:b/i; } package a:b { " + interface + " }"
    assert world_of(component) == normal(expected)


PRUNED = (
    "package a:b; interface i { resource used { m: func(); } resource dropped; resource unused; record t { x: u8 }"
    " record u { x: u8 } f: func(t: t); g: func(u: u); s: func() -> used; }"
    " interface only-types { type a = u8; } interface j { use only-types.{a}; f: func(a: a); }"
    " world w { import i; import only-types; import j; import h: func(); }"
)


@pytest.mark.parametrize(
    ("only", "imports", "interfaces"),
    [
        ([], "", ""),
        ([("$root", "h")], "import h: func();", ""),
        (
            [("a:b/i", "f"), ("a:b/i", "[resource-drop]dropped")],
            "import a:b/i;",
            "interface i { resource dropped; record t { x: u8 } f: func(t: t); }",
        ),
        ([("a:b/i", "s")], "import a:b/i;", "interface i { resource used; s: func() -> used; }"),
        ([("a:b/i", "[method]used.m")], "import a:b/i;", "interface i { resource used { m: func(); } }"),
        (
            [("a:b/j", "f")],
            "import a:b/only-types; import a:b/j;",
            "interface only-types { type a = u8; } interface j { use only-types.{a}; f: func(a: a); }",
        ),
    ],
)
def test_what_no_module_uses_is_not_imported(only: list[tuple[str, str]], imports: str, interfaces: str) -> None:
    component = componentize(plan_single(dummy_module(PRUNED, only=only)))
    package = f"package a:b {{ {interfaces} }}" if interfaces else ""
    assert world_of(component) == normal(f"package root:component; world root {{ {imports} }} {package}")


def test_types_that_an_export_uses_are_imported_though_no_module_does() -> None:
    interfaces = "interface a { record t { x: u8 } record unused { x: u8 } } interface b { use a.{t}; f: func(t: t); }"
    component = componentize(plan_single(dummy_module(f"package a:b; {interfaces} world w {{ export b; }}", only=[])))
    expected = (
        "package root:component; world root { import a:b/a; export a:b/b; } package a:b {"
        " interface a { record t { x: u8 } } interface b { use a.{t}; f: func(t: t); } }"
    )
    assert world_of(component) == normal(expected)


VERSIONS = (
    "package x:y; world w { import a:b/i@0.2.0; import a:b/i@0.2.3; import a:b/i@0.3.0; import a:b/j@0.2.0; }"
    " package a:b@0.2.0 { interface i { resource r; f: func() -> r; }"
    "   interface j { use i.{r}; g: func(r: borrow<r>); } }"
    " package a:b@0.2.3 { interface i { resource r; f: func() -> r; h: func(); } }"
    " package a:b@0.3.0 { interface i { f: func(); } }"
)


def test_compatible_versions_of_an_import_become_one() -> None:
    component = componentize(plan_single(dummy_module(VERSIONS)))
    wasmtime.component.Component(ENGINE, component)
    expected = (
        "package root:component;"
        " world root { import a:b/i@0.2.3; import a:b/i@0.3.0; import a:b/j@0.2.0; }"
        " package a:b@0.2.0 { interface j { use a:b/i@0.2.3.{r}; g: func(r: borrow<r>); } }"
        " package a:b@0.2.3 { interface i { resource r; f: func() -> r; h: func(); } }"
        " package a:b@0.3.0 { interface i { f: func(); } }"
    )
    assert sorted(world_of(component).split()) == sorted(normal(expected).split())


def test_values_of_a_higher_version_that_was_described_later() -> None:
    """The interface that `j` uses moves before `j`."""
    text = (
        "package x:y; world w { import a:b/j@0.2.0; import a:b/i@0.2.3; }"
        " package a:b@0.2.0 { interface i { record t { s: string } }"
        "   interface j { use i.{t}; record u { t: t } g: func() -> list<u>; } }"
        " package a:b@0.2.3 { interface i { record t { s: string } f: func() -> t; } }"
    )
    component = componentize(plan_single(dummy_module(text)))
    wasmtime.component.Component(ENGINE, component)
    expected = (
        "package root:component; world root { import a:b/i@0.2.3; import a:b/j@0.2.0; }"
        " package a:b@0.2.0 { interface j { use a:b/i@0.2.3.{t}; record u { t: t } g: func() -> list<u>; } }"
        " package a:b@0.2.3 { interface i { record t { s: string } f: func() -> t; } }"
    )
    assert sorted(world_of(component).split()) == sorted(normal(expected).split())


def test_versions_stay_apart_when_told_so() -> None:
    options = ComponentizeOptions(merge_imports_based_on_semver=False)
    world = world_of(componentize(plan_single(dummy_module(VERSIONS)), options))
    assert [line.strip() for line in world.splitlines() if "import" in line] == [
        "import a:b/i@0.2.0;",
        "import a:b/i@0.2.3;",
        "import a:b/i@0.3.0;",
        "import a:b/j@0.2.0;",
    ]


def test_imports_can_be_renamed() -> None:
    module = dummy_module("package a:b; interface i { f: func(); } world w { import i; export i; }")
    options = ComponentizeOptions(naming=InterfaceNaming({"a:b/i": "other:name/here@1.0.0"}))
    resolve, world = decode_component(componentize(plan_single(module), options))
    items = resolve.worlds[world]
    assert [resolve.world_key_name(key) for key in items.imports] == ["other:name/here@1.0.0"]
    assert [resolve.world_key_name(key) for key in items.exports] == ["a:b/i"]


@pytest.mark.parametrize(
    ("version", "name", "suffix"),
    [
        ("1.2.3", b"a:b/i@1\x01", b"\x04.2.3"),
        ("0.2.1", b"a:b/i@0.2\x01", b"\x02.1"),
        ("0.0.4", b"a:b/i@0.0.4", b""),
        ("1.0.0-rc.1+x", b"a:b/i@1.0.0-rc.1\x01", b"\x02+x"),
    ],
)
def test_canonical_names_have_the_part_that_compatible_versions_share(version: str, name: bytes, suffix: bytes) -> None:
    module = dummy_module(f"package a:b@{version}; interface i {{ f: func(); }} world w {{ import i; export i; }}")
    options = ComponentizeOptions(naming=InterfaceNaming(canonical=True))
    component = componentize(plan_single(module), options)
    assert component.count(name) >= 2
    assert component.count(suffix) >= 2
    resolve, world = decode_component(component)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == [f"a:b/i@{version}"]


@pytest.mark.parametrize("version", ["1.2.3", "0.2.1+x", "0.0.4", "1.0.0-rc.1", "1.0.0-rc.1+x"])
def test_standard_names_have_the_part_that_compatible_versions_share(version: str) -> None:
    text = f"package a:b@{version}; interface i {{ resource r; f: func() -> r; }} world w {{ import i; export i; }}"
    resolve, world = load_world(text)
    module = standard_dummy(resolve, world, SCHEMES["standard32"]) + encode_custom(world_section(text))
    resolve, world = decode_component(componentize(plan_single(DecodedModule(module))))
    names = [resolve.world_key_name(key) for key in resolve.worlds[world].imports]
    assert names == [resolve.world_key_name(key) for key in resolve.worlds[world].exports] == [f"a:b/i@{version}"]


def test_worlds_of_several_sections_are_united() -> None:
    first = "package a:b; interface i { type t = u8; f: func(t: t); } world first { import i; export x: func(); }"
    second = (
        "package a:b; interface i { type t = u8; record s { t: t } g: func(s: s); }"
        " world second { import i; export y: func(); }"
    )
    module = TestModule()
    for name in ("f", "g"):
        module.import_function("a:b/i", name, module.function_type([I32]))
    for name in ("x", "y"):
        module.add_export(name, module.function_type([]), lambda code: None)
    component = componentize(plan_single(module.finish(world_section(first, "first"), world_section(second, "second"))))
    expected = (
        "package root:component; world root { import a:b/i; export x: func(); export y: func(); } package a:b {"
        " interface i { type t = u8; record s { t: t } f: func(t: t); g: func(s: s); } }"
    )
    assert world_of(component) == normal(expected)

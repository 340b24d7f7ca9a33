"""The imports and exports of a library, and its wit_t."""

from __future__ import annotations

from typing import Any

import pytest

from generator.dylib.world.options import DylibOptions, StackPointer
from generator.wasm.decode import DecodedModule
from tests.generator.dylib.host import STACK_TOP, Host
from tests.generator.dylib.interpreter import Context
from tests.generator.dylib.libraries import library
from tests.generator.dylib.wit_t import World


def described(wit: str, options: DylibOptions | None = None) -> World:
    world = Host(library(wit, options)).wit
    assert world is not None
    return world


def env_functions(host: Host) -> set[str]:
    names = {name for module, name in host.imports if module == "env"}
    return {name for name in names if name == "cabi_realloc" or name.startswith("wit_dylib_")}


def test_empty_world_only_initializes() -> None:
    host = Host(library("world w {}"))
    assert env_functions(host) == {"wit_dylib_initialize"}
    assert host.events == ["initialize"]
    assert host.wit is not None and not any(host.wit.arrays.values())


@pytest.mark.parametrize(
    ("wit", "functions"),
    [
        ("import f: func(a: u8) -> s64;", {"pop_u8", "push_s64"}),
        ("export f: func(a: u8);", {"export_start", "push_u8", "export_call", "export_finish"}),
        ("import f: func(a: string);", {"pop_string"}),
        ("import f: func() -> string;", {"push_string", "cabi_realloc"}),
        ("import f: func(a: map<u8, s8>);", {
            "pop_map", "pop_map_iter_next", "pop_map_iter", "pop_u8", "pop_s8", "cabi_realloc", "dealloc_bytes"}),
        ("import f: func(a: list<u16, 2>);", {"pop_fixed_length_list", "pop_u16"}),
    ],
)  # fmt: skip
def test_imports_only_what_is_needed(wit: str, functions: set[str]) -> None:
    found = env_functions(Host(library(f"world w {{ {wit} }}")))
    assert {name.removeprefix("wit_dylib_") for name in found} == functions | {"initialize"}


NAMES = """
interface t { resource r { constructor(a: u8); m: func() -> u8; s: static func(x: borrow<r>) -> r; } type n = u32; }
interface i { use t.{r as q, n}; record p { a: n, b: q } f: func(x: p, y: list<n>) -> result<_, p>; }
world w {
  import t; import i; export t; export i;
  use t.{r}; type mine = list<r>;
  import top: func(x: mine);
  export top: func(x: borrow<r>);
  import lab: interface { h: func(); }
  import lab2: t;
}
"""


def test_names() -> None:
    wit = described(NAMES)
    functions = ["[constructor]r", "[method]r.m", "[static]r.s"]
    t = [("a:b/t", name) for name in functions]
    imports = [*t, ("a:b/i", "f"), (None, "top"), ("lab", "h"), *[("lab2", name) for name in functions]]
    assert sorted(row[:2] for row in wit.arrays["imports"] if row[0]) == sorted(i for i in imports if i[0])
    assert [row[:2] for row in wit.arrays["imports"] if not row[0]] == [(None, "top")]
    assert {row[:2] for row in wit.arrays["exports"]} == {*t, ("a:b/i", "f"), (None, "top")}
    assert [row[:2] for row in wit.arrays["resource"]] == [("a:b/t", "r"), ("lab2", "r"), ("a:b/t", "r")]
    assert [row[:2] for row in wit.arrays["record"]] == [("a:b/i", "p")] * 2
    assert ("a:b/i", "q") in {row[:2] for row in wit.arrays["alias"]}
    assert (None, "mine") in {row[:2] for row in wit.arrays["list"]}


def test_imports_stand_in_the_order_of_the_world() -> None:
    """The library needs them in another order: the built-ins of resources first."""
    wit = """
    interface one { resource r { m: func(); } resource q; f: func() -> list<q>; }
    interface two { use one.{r}; g: func(r: r); }
    world w { import f: func() -> z; resource z; import two; export one; }
    """
    imported = [name for name in Host(library(wit)).imports if name[0] != "env"]
    assert imported == [
        ("a:b/one", "[method]r.m"),
        ("a:b/one", "f"),
        ("a:b/one", "[resource-drop]r"),
        ("a:b/one", "[resource-drop]q"),
        ("a:b/two", "g"),
        ("$root", "[resource-drop]z"),
        ("$root", "f"),
        *[
            ("[export]a:b/one", f"[resource-{builtin}]{resource}")
            for resource in "rq"
            for builtin in ("drop", "new", "rep")
        ],
    ]


def test_imported_and_exported_types_are_told_apart() -> None:
    wit = described(NAMES)
    resources = wit.arrays["resource"]
    imported, exported = resources.index(next(r for r in resources if not r[3])), 2
    assert [bool(row[3]) for row in resources] == [False, False, True]

    def constructed(functions: list[tuple[Any, ...]], interface: str) -> Any:
        return next(row for row in functions if row[:2] == (interface, "[constructor]r"))[-1]

    assert constructed(wit.arrays["exports"], "a:b/t") == ("own", exported)
    results = [row[-3] for row in wit.arrays["imports"] if row[:2] == ("a:b/t", "[constructor]r")]
    assert results == [("own", imported)]
    (p_imported, p_exported) = wit.arrays["record"]
    assert wit.resolve(p_imported[2][1][1]) == ("own", imported)
    assert wit.resolve(p_exported[2][1][1]) == ("own", exported)
    (top,) = [row for row in wit.arrays["exports"] if row[1] == "top"]
    assert top[3] == [("borrow", imported)]


def test_equal_anonymous_types_are_one() -> None:
    wit = described("world w { import f: func(a: list<u8>, b: list<u8>, c: option<list<u8>>) -> list<list<u8>>; }")
    assert [row[2] for row in wit.arrays["list"]] == [("u8", 0), ("list", 0)]


def test_versions_of_a_package_are_told_apart() -> None:
    wit = """
    package x:y@1.0.0 { interface i { record r { a: u8 } f: func(x: r); } }
    package x:y@2.0.0 { interface i { record r { a: u16 } f: func(x: r); } }
    world w { import x:y/i@1.0.0; import x:y/i@2.0.0; }
    """
    rows = described(wit).arrays
    assert [row[:3] for row in rows["record"]] == [
        ("x:y/i@1.0.0", "r", [("a", ("u8", 0))]),
        ("x:y/i@2.0.0", "r", [("a", ("u16", 0))]),
    ]
    assert [row[0] for row in rows["imports"]] == ["x:y/i@1.0.0", "x:y/i@2.0.0"]


def test_types_of_an_interface_are_described_even_if_unused() -> None:
    types = "flags f { a, b } enum e { x } variant v { c(u8), d } type s = stream<u8>;"
    arrays = described(f"interface i {{ {types} }} world w {{ import i; }}").arrays
    assert arrays["flags"] == [("a:b/i", "f", ["a", "b"])]
    assert arrays["enum"] == [("a:b/i", "e", ["x"])]
    assert arrays["variant"] == [("a:b/i", "v", [("c", ("u8", 0)), ("d", None)])]
    assert arrays["stream"][0][:10] == ("a:b/i", "s", ("u8", 0), *[0] * 7)


def test_many_members_relocate() -> None:
    """Distances between addresses that do not fit into one byte of the relocation list."""
    types = ", ".join(["u8"] * 600)
    names = [f"l{n}" for n in range(300)]
    wit = f"interface i {{ type t = tuple<{types}>; enum e {{ {', '.join(names)} }} }} world w {{ import i; }}"
    arrays = described(wit).arrays
    assert len(arrays["tuple"][0][2]) == 600
    assert arrays["enum"][0][2] == names


def test_version_2_has_other_tags_and_iterators() -> None:
    wit = "world w { import f: func(a: list<string>, b: list<u8, 2>) -> option<list<string>>; }"
    calls: list[tuple[Any, ...]] = []

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> None:
        calls.append(core)
        host.write(core[4], bytes(12))

    host = Host(library(wit, DylibOptions(abi_version=2)), import_call)
    assert host.wit is not None and host.wit.version == 2
    assert host.call_import(0, [[b"x", b"yz"], (1, 2)]) == (0, None)
    assert {"pop_iter_next", "pop_iter"} <= set(host.events) and "pop_list_iter" not in host.events
    assert host.wit.arrays["imports"][0][5:7] == ([("list", 0), ("fixed", 0)], ("option", 0))
    assert calls[0][1:4] == (2, 1, 2)


def test_dylink_section() -> None:
    module = DecodedModule(library("world w { import f: func(); }", DylibOptions(interpreter="boxed.so")))
    (section,) = [section for section in module.customs if section.name == "dylink.0"]
    assert b"\x02\x0a\x01\x08boxed.so" in section.data


@pytest.mark.parametrize("place", StackPointer)
def test_stack_pointer(place: StackPointer) -> None:
    contexts = [STACK_TOP]

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        if name == "[context-get-0]":
            return contexts[-1]
        if name == "[context-set-0]":
            return contexts.append(core[0])
        host.write(core[0], b"\x07\x00\x00\x00")
        return None

    host = Host(
        library("world w { import f: func() -> tuple<u8, u8, u16>; }", DylibOptions(stack_pointer=place)), import_call
    )
    assert host.call_import(0, []) == (7, 0, 0)
    names = {name for _, name in host.imports}
    if place is StackPointer.TASK_CONTEXT:
        assert contexts == [STACK_TOP, STACK_TOP - 16, STACK_TOP]
        assert "__stack_pointer" not in names
    else:
        assert host.stack_pointer.value(host.store) == STACK_TOP
        assert "[context-get-0]" not in names


def test_post_return_finds_its_context_wherever_the_stack_pointer_is() -> None:
    """A task hook may give each entry a stack of its own."""

    def on_export(context: Context, which: int) -> None:
        context.stack.append(b"result")

    host = Host(library("world w { export f: func() -> string; }"), None, on_export)
    result = host.call("f")
    host.stack_pointer.set_value(host.store, 0x4000)
    host.call("cabi_post_f", result)
    assert host.contexts == {}
    assert host.stack_pointer.value(host.store) == 0x4000

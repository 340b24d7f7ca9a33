"""Level 1: which built-in of which type a function pointer of the `wit_t` is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.binary.core_module import core_interface
from harness.binary.table_functions import imports_in_table
from harness.cli.group import commands
from harness.frontend.front_end import WitText, surround
from harness.judge.built_ins import CoreNames, first_mismatch
from harness.judge.same_world import told_world
from harness.plan.roles import Role
from harness.toolchains import ours
from harness.toolchains.protocol import BuildResult, Built, GenerateOptions, Library, LinkOptions
from harness.toolchains.reference_binary import find
from harness.toolchains.wasm_tools import WasmTools
from harness.trace.names import read_dump
from harness.world import types as t
from harness.world.world import World
from tests.generator.link.stubs import stub_interpreter

WIT = """package a:b;
interface x {
  resource r { m: func(s: stream<u8>); }
  record rec { r: r, n: u8 }
  record same { r: r, n: u8 }
  record other { r: r, m: u8 }
  type named = stream<u8>;
  f: func(a: stream<u8>, b: list<option<stream<future<rec>>>>) -> stream<u32>;
  g: func(a: result<stream, stream<same>>, b: stream<other>, c: stream<tuple<r, u8>>, d: named) -> future;
}
world w { import x; export x; import h: func(a: stream<u8>); export h: func(a: stream<u16>); }
"""


def world(wit: str = WIT) -> World:
    return surround(WitText(wit, "w.wit"), "w").parts[Role.SUBJECT].world


def canonical(found: t.Stream | t.Future | t.Resource) -> str:
    word = "" if isinstance(found, t.Resource) else type(found).__name__.lower() + " "
    return word + found.canonical


@pytest.mark.parametrize(
    ("module", "name", "meaning"),
    [
        ("a:b/x", "[stream-new-0]f", "new stream stream<u8>"),
        ("a:b/x", "[async-lower][future-read-1]f", "read future future<a:b/x#rec>"),
        ("a:b/x", "[stream-cancel-write-2]f", "cancel_write stream stream<future<a:b/x#rec>>"),
        ("a:b/x", "[async-lower][stream-write-3]f", "write stream stream<u32>"),
        ("a:b/x", "[stream-drop-readable-unit]g", "drop_readable stream stream"),
        ("a:b/x", "[stream-drop-writable-0]g", "drop_writable stream stream"),
        ("a:b/x", "[stream-new-1]g", "new stream stream<a:b/x#same>"),
        ("a:b/x", "[stream-new-4]g", "new stream a:b/x#named"),
        ("a:b/x", "[future-new-5]g", "new future future"),
        ("a:b/x", "[stream-new-0][method]r.m", "new stream stream<u8>"),
        ("$root", "[stream-new-0]h", "new stream stream<u8>"),
        ("[export]$root", "[stream-new-0]h", "new stream stream<u16>"),
        ("a:b/x", "[resource-drop]r", "drop a:b/x#r"),
        ("[export]a:b/x", "[resource-new]r", "new [export]a:b/x#r"),
        ("a:b/x", "[stream-new-1]f", None),  # of a future
        ("a:b/x", "[stream-new-4]f", None),
        ("a:b/x", "[stream-new-0]nothing", None),
        ("a:b/y", "[stream-new-0]f", None),
        ("a:b/x", "f", None),
    ],
)
def test_what_a_core_import_means(module: str, name: str, meaning: str | None) -> None:
    found = CoreNames(world()).built_in(module, name)
    assert (f"{found.name} {canonical(found.of)}" if found is not None else None) == meaning


def payload(side: str, function: str, index: int) -> t.Type | None:
    module = "[export]a:b/x" if side == "export" else "a:b/x"
    found = CoreNames(world()).built_in(module, f"[stream-new-{index}]{function}")
    assert found is not None and isinstance(found.of, t.Stream)
    return found.of.type


SAME, OTHER, TUPLE = 1, 2, 3


@pytest.mark.parametrize(
    ("one", "other", "mismatch"),
    [
        (("import", "f", 0), ("export", "f", 0), None),  # numbers have no side
        (("import", "g", SAME), ("import", "g", SAME), None),
        (("export", "g", SAME), ("import", "g", SAME), ("own<[export]a:b/x#r>", "own<a:b/x#r>")),
        (("import", "g", SAME), ("import", "g", OTHER), ("a:b/x#same", "a:b/x#other")),  # another label
        (("import", "g", SAME), ("import", "g", TUPLE), ("a:b/x#same", "tuple<own<a:b/x#r>, u8>")),
        (("import", "f", 2), ("export", "f", 2), ("own<a:b/x#r>", "own<[export]a:b/x#r>")),  # within a future
        (("import", "f", 0), ("import", "f", 3), ("u8", "u32")),
    ],
)
def test_types_are_compared_by_structure_and_resources(
    one: tuple[str, str, int], other: tuple[str, str, int], mismatch: tuple[str, str] | None
) -> None:
    assert first_mismatch(payload(*one), payload(*other)) == mismatch


def test_records_of_one_structure_are_one_type() -> None:
    """Their names are for people: CanonicalABI.md compares types by structure."""
    future = payload("import", "f", 2)
    assert isinstance(future, t.Future)
    assert first_mismatch(future.type, payload("import", "g", SAME)) is None


def test_types_of_any_depth_are_compared() -> None:
    deep: list[t.Type] = [t.Prim.U8, t.Prim.U8]
    for _ in range(20_000):
        deep = [t.List(each) for each in deep]
    assert first_mismatch(*deep) is None


def built(result: BuildResult) -> bytes:
    assert isinstance(result, Built), result
    return result.data


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> WasmTools:
    return WasmTools(find(), tmp_path_factory.mktemp("reference"))


@pytest.mark.parametrize("generator", ["ours", "reference"])
@pytest.mark.parametrize("linker", ["ours", "reference"])
def test_the_imports_in_the_table(generator: str, linker: str, reference: WasmTools) -> None:
    """With each generator and linker: every built-in that a library imports has its own place and a meaning."""
    tools: dict[str, ours.OurToolchain | WasmTools] = {"ours": ours.OurToolchain(), "reference": reference}
    library = built(tools[generator].generate(WIT, "w", GenerateOptions()).result())
    libraries = [Library("i.so", stub_interpreter(library)), Library("w.so", library)]
    component = built(tools[linker].link(libraries, LinkOptions()).result())
    found = imports_in_table(component, library)
    built_ins = {key for key in core_interface(library).imports if "[stream-" in key[1] or "[resource-" in key[1]}
    assert {key for key in found.values() if "[future-" not in key[1]} == built_ins
    assert len(found) == len(set(found.values()))
    names = CoreNames(world())
    assert all(names.built_in(*key) is not None for key in found.values())
    assert imports_in_table(component, library.replace(b"stream-new-0", b"stream-new-9")) == {}


DUMP = """wit version 3
wit import 0 - h 11 0 0 1 27:0 255:0 0 0
wit export 0 - h 0 1 27:1 255:0
wit stream 0 - - 0:0 21 22 23 24 25 26 27 40 41 1 1
wit stream 1 - - 1:0 31 32 33 34 35 36 37 42 43 2 2
"""
NAMES = ("new", "read", "write", "cancel-read", "cancel-write", "drop-readable", "drop-writable")
PLACES = {
    first + at: (module, f"[stream-{name}-0]h")
    for first, module in ((21, "$root"), (31, "[export]$root"))
    for at, name in enumerate(NAMES)
}


@pytest.mark.parametrize(
    ("moved", "wrong"),
    [
        ({}, []),
        ({21: 31}, [("new", "the built-in for u8", "that for u16 (core import [export]$root [stream-new-0]h)")]),
        ({22: 23}, [("read", "the built-in `read`", "core import $root [stream-write-0]h")]),
        ({22: 32}, [("read", "the built-in for u8", "that for u16 (core import [export]$root [stream-read-0]h)")]),
    ],
)
def test_a_built_in_of_another_type(moved: dict[int, int], wrong: list[tuple[str, str, str]]) -> None:
    """`moved`: at a place stands what should stand at another."""
    small = world("package a:b; world w { import h: func(a: stream<u8>); export h: func(a: stream<u16>); }")
    places = PLACES | {at: PLACES[other] for at, other in moved.items()}
    found = told_world(read_dump(DUMP.splitlines()), small, Role.SUBJECT, places)
    assert [(each.path, each.expected, each.actual) for each in found] == [
        (f"stream stream<u8>, {name}", expected, actual) for name, expected, actual in wrong
    ]


@pytest.mark.parametrize(
    ("words", "items", "path", "expected"),
    [
        (
            ("--no-reference", "--toolchain", "mutant:streams-in-another-order"),
            "f: func(a: stream<u8>) -> stream<u32>;",
            "stream stream<u8>, new",
            "the built-in for u8",
        ),
        (
            (),  # the reference has this fault
            "resource r; record rec { r: r } f: func() -> stream<rec>;",
            "stream stream<a:b/x#rec>, new",  # one name on both sides
            "the built-in for own<[export]a:b/x#r>",
        ),
    ],
)
def test_wrong_generators(words: tuple[str, ...], items: str, path: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(f"package a:b; interface x {{ {items} }} world w {{ import x; export x; }}")
    options = ["--calls", "4", "-j", "1", "--json", "-", "--artifacts", str(tmp_path / "a"), *words]
    ran = CliRunner().invoke(commands, ["check", str(tmp_path / "w.wit"), *options])
    assert ran.exit_code == (1 if words else 0), ran.output
    found = json.loads(ran.stdout)["cases"][0]
    assert (1, path, expected) in [
        (each.get("level"), each.get("path"), each.get("expected"))
        for opinion in found["opinions"]
        for each in opinion["findings"]
    ]

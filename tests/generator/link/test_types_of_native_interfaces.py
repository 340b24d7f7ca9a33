"""Interfaces of which the interpreter has code of its own, and whose types generated bindings use."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import wasmtime
import wasmtime.component
from wasmtime.component import ResourceAny, ResourceHost, ResourceType

from generator.dylib.generate import generate
from generator.dylib.world.exclusions import Exclusions
from generator.dylib.world.options import DylibOptions
from generator.link import link, read_library
from generator.resolved.model import InterfaceItem
from generator.sources.load import load_text, select_world
from generator.wasm.encode import encode_bytes, encode_name
from generator.wit.binary.decode import decode_component
from tests.generator.componentize.modules import world_section
from tests.generator.link.naming_interpreter import naming_interpreter
from tests.generator.wit.test_reference import EXECUTABLE

WIT = """
package a:b;
interface outer { resource conn { constructor(x: u32); value: func() -> u32; } level: func() -> u32; }
interface asks { ask: func() -> u32; }
interface taker { use outer.{conn}; take: func(c: own<conn>) -> u32; }
interface values { record pair { x: u32, y: u32 } sum: func(p: pair) -> u32; }
interface plain { use values.{pair}; f: func(p: pair) -> u32; }
world native-import { import outer; export asks; }
world resources { include native-import; export taker; }
world native-export { export values; }
world exports { include native-export; export plain; }
world both-native { import values; export values; }
world both { include both-native; export plain; }
"""
OUTER = """
(import "a:b/outer" "[constructor]conn" (func $new (param i32) (result i32)))
(import "a:b/outer" "[method]conn.value" (func $value (param i32) (result i32)))
(import "a:b/outer" "level" (func $level (result i32)))
"""
ASK = """
(func (export "a:b/asks#ask") (result i32)
  (i32.add (call $value (global.get $pushed)) (i32.add (call $level) (call $value (call $new (i32.const 500))))))
(func (export "wit_dylib_push_own") (param i32 i32 i32) (global.set $pushed (local.get 2)))
"""
SUM = '(func (export "a:b/values#sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))'
RECORDS = """
(func (export "wit_dylib_push_record") (param i32 i32)) (func (export "wit_dylib_pop_record") (param i32 i32))
"""
OUTER_SUM = '(import "a:b/values" "sum" (func $sum (param i32 i32) (result i32)))'
SUM_PLUS_OUTER_SUM = """
(func (export "a:b/values#sum") (param i32 i32) (result i32)
  (i32.add (i32.const 1000) (call $sum (local.get 0) (local.get 1))))
"""
LEVEL = 9000
KIND = 1


def interpreter(world: str, imports: str, functions: str) -> bytes:
    section = world_section(WIT, world)
    return naming_interpreter(imports, functions) + b"\0" + encode_bytes(encode_name(section.name) + section.data)


def generated(world: str, *exclusions: str) -> bytes:
    resolve, package = load_text(WIT)
    options = DylibOptions(exclusions=Exclusions.parse(exclusions, []))
    return generate(resolve, select_world(resolve, package, world), options)


def members(component: bytes) -> dict[str, set[str]]:
    """The interfaces of the component's world with their types and functions."""
    resolve, id = decode_component(component)
    found = {}
    for side, items in (("import", resolve.worlds[id].imports), ("export", resolve.worlds[id].exports)):
        for key, item in items.items():
            assert isinstance(item, InterfaceItem)
            interface = resolve.interfaces[item.id]
            found[f"{side} {resolve.world_key_name(key)}"] = {*interface.types, *interface.functions}
    return found


class Running:
    """A component between hosts: a `conn` is its number, and `sum` multiplies."""

    def __init__(self, component: bytes) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        linker = wasmtime.component.Linker(engine)
        with linker.root() as root:
            with root.add_instance("a:b/outer") as outer:
                outer.add_resource("conn", ResourceType.host(KIND), lambda store, rep: None)
                outer.add_func("[constructor]conn", lambda store, x: ResourceHost.own(x, KIND))
                outer.add_func("[method]conn.value", lambda store, conn: self._number(conn))
                outer.add_func("level", lambda store: LEVEL)
            with root.add_instance("a:b/values") as values:
                values.add_func("sum", lambda store, pair: pair.x * pair.y)
        self.instance = linker.instantiate(self.store, wasmtime.component.Component(engine, component))

    def _number(self, conn: ResourceAny) -> int:
        return conn.to_host(self.store).rep

    def call(self, interface: str, name: str, argument: object = None) -> object:
        outer = self.instance.get_export_index(self.store, interface)
        assert outer is not None
        index = self.instance.get_export_index(self.store, name, outer)
        assert index is not None
        function = self.instance.get_func(self.store, index)
        assert function is not None
        return function(self.store) if argument is None else function(self.store, argument)


def pair(x: int, y: int) -> wasmtime.component.Record:
    record = wasmtime.component.Record()
    record.x, record.y = x, y  # type: ignore[attr-defined]
    return record


OUTER_MEMBERS = {"conn", "[constructor]conn", "[method]conn.value", "level"}


def check_resources(component: bytes) -> None:
    assert members(component) == {
        "import a:b/outer": OUTER_MEMBERS,
        "export a:b/asks": {"ask"},
        "export a:b/taker": {"conn", "take"},
    }
    running = Running(component)
    assert running.call("a:b/taker", "take", ResourceHost.own(41, KIND)) == ord("t")
    assert running.call("a:b/asks", "ask") == 41 + LEVEL + 500


def check_values(component: bytes) -> None:
    assert members(component) == {"export a:b/values": {"pair", "sum"}, "export a:b/plain": {"pair", "f"}}
    running = Running(component)
    assert running.call("a:b/values", "sum", pair(3, 4)) == 7
    assert running.call("a:b/plain", "f", pair(3, 4)) == ord("f")


def check_both(component: bytes) -> None:
    assert members(component) == {
        "import a:b/values": {"pair", "sum"},
        "export a:b/values": {"pair", "sum"},
        "export a:b/plain": {"pair", "f"},
    }
    running = Running(component)
    assert running.call("a:b/values", "sum", pair(3, 4)) == 1012
    assert running.call("a:b/plain", "f", pair(3, 4)) == ord("f")


CASES = {
    "an imported resource": (
        generated("resources", "import:a:b/outer,export:a:b/asks"),
        interpreter("native-import", OUTER, ASK),
        check_resources,
    ),
    "values of an export": (
        generated("exports", "a:b/values"),
        interpreter("native-export", "", SUM + RECORDS),
        check_values,
    ),
    "values of an interface on both sides": (
        generated("both", "a:b/values"),
        interpreter("both-native", OUTER_SUM, SUM_PLUS_OUTER_SUM + RECORDS),
        check_both,
    ),
    "values of an export whose import is generated": (
        generated("both", "export:a:b/values"),
        interpreter("native-export", "", SUM_PLUS_OUTER_SUM.replace("call $sum", "i32.mul") + RECORDS),
        check_both,
    ),
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_both_have_the_types(name: str, reverse: bool) -> None:
    world, native, check = CASES[name]
    libraries = [read_library("world.so", world), read_library("interpreter.so", native)]
    check(link(libraries[::-1] if reverse else libraries))


@pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")
def test_the_reference_unites_the_types_too(tmp_path: Path) -> None:
    assert EXECUTABLE is not None
    world, native, check = CASES["an imported resource"]
    (tmp_path / "world.so").write_bytes(world)
    (tmp_path / "interpreter.so").write_bytes(native)
    command = [EXECUTABLE, "component", "link", "world.so", "interpreter.so", "-o", "out.wasm"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    check((tmp_path / "out.wasm").read_bytes())

"""An interpreter that imports and exports interfaces natively, beside generated bindings that exclude them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import wasmtime
import wasmtime.component

from generator.cli import main
from generator.dylib.generate import generate
from generator.dylib.world.exclusions import Exclusions
from generator.dylib.world.options import DylibOptions
from generator.link import link, read_library
from generator.sources.load import load_text, select_world
from generator.wasm.encode import encode_bytes, encode_name
from generator.wit.binary.decode import decode_component
from tests.generator.componentize.modules import world_section
from tests.generator.link.naming_interpreter import naming_interpreter
from tests.generator.wit.test_reference import EXECUTABLE

WIT = """
package a:b@0.2.1;
interface log { write: func(x: u32); }
interface handler { handle: func(x: u32) -> u32; }
interface plain { f: func() -> u32; g: func() -> u32; }
interface asked { ask: func() -> u32; }
world native { import log; export handler; }
world w { include native; export plain; }
world only-asks { include native; import asked; }
"""
WRITE = '(import "a:b/log@0.2.1" "write" (func $write (param i32)))'
HANDLE = """
(func (export "a:b/handler@0.2.1#handle") (param i32) (result i32)
  (call $write (local.get 0))
  (i32.add (local.get 0) (i32.const 1)))
"""
TABLE = '(import "env" "__indirect_function_table" (table 0 funcref))'
_FUNCTIONS_AT = 8
"""The offset of `import_funcs` in a wit_t (wit_dylib.h)."""
_IMPL_AT = 8
"""The offset of the synchronous implementation in an element of `import_funcs`."""
ASK_AND_HANDLE = f"""
(func (export "a:b/handler@0.2.1#handle") (param i32) (result i32)
  (call_indirect (param i32) (i32.const 0)
    (i32.load offset={_IMPL_AT} (i32.load offset={_FUNCTIONS_AT} (global.get $wit))))
  (call $write (global.get $pushed))
  (i32.add (local.get 0) (global.get $pushed)))
"""
ENGINE = wasmtime.Engine()
HANDLED = 41


def interpreter(functions: str) -> bytes:
    """The naming interpreter with functions of its own, and with the world of these."""
    section = world_section(WIT, "native")
    binary = naming_interpreter(WRITE + TABLE, functions)
    return binary + b"\0" + encode_bytes(encode_name(section.name) + section.data)


def generated(world: str, *exclusions: str) -> bytes:
    resolve, package = load_text(WIT)
    options = DylibOptions(exclusions=Exclusions.parse(exclusions, []))
    return generate(resolve, select_world(resolve, package, world), options)


class Running:
    """A component, with what it logs; `ask` answers 30."""

    def __init__(self, binary: bytes) -> None:
        self.logged: list[int] = []
        self.store = wasmtime.Store(ENGINE)
        linker = wasmtime.component.Linker(ENGINE)
        with linker.root() as root:
            with root.add_instance("a:b/log@0.2.1") as log:
                log.add_func("write", lambda store, x: self.logged.append(x))
            with root.add_instance("a:b/asked@0.2.1") as asked:
                asked.add_func("ask", lambda store: 30)
        self.instance = linker.instantiate(self.store, wasmtime.component.Component(ENGINE, binary))

    def call(self, interface: str, name: str, *arguments: int) -> object:
        outer = self.instance.get_export_index(self.store, interface)
        assert outer is not None
        index = self.instance.get_export_index(self.store, name, outer)
        assert index is not None
        function = self.instance.get_func(self.store, index)
        assert function is not None
        return function(self.store, *arguments)


def world_of(component: bytes) -> tuple[list[str], list[str]]:
    resolve, id = decode_component(component)
    world = resolve.worlds[id]
    imports, exports = ([resolve.world_key_name(key) for key in side] for side in (world.imports, world.exports))
    return imports, sorted(exports)


FILTERS = [["import:a:b/log,export:a:b/handler"], ["a:b/log@0.2.0", "a:b/handler@0.2.7"]]


def check(component: bytes) -> None:
    assert world_of(component) == (["a:b/log@0.2.1"], ["a:b/handler@0.2.1", "a:b/plain@0.2.1"])
    running = Running(component)
    assert running.call("a:b/handler@0.2.1", "handle", HANDLED) == HANDLED + 1
    assert running.logged == [HANDLED]
    answers = [running.call("a:b/plain@0.2.1", name) for name in ("f", "g")]
    assert answers == [ord("f"), ord("g")]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("filters", FILTERS)
def test_native_functions_beside_generated_ones(filters: list[str], reverse: bool) -> None:
    libraries = [
        read_library("world.so", generated("w", *filters)),
        read_library("interpreter.so", interpreter(HANDLE)),
    ]
    check(link(libraries[::-1] if reverse else libraries))


@pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")
def test_the_reference_links_them_too(tmp_path: Path) -> None:
    assert EXECUTABLE is not None
    (tmp_path / "world.so").write_bytes(generated("w", *FILTERS[0]))
    (tmp_path / "interpreter.so").write_bytes(interpreter(HANDLE))
    command = [EXECUTABLE, "component", "link", "world.so", "interpreter.so", "-o", "out.wasm"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    check((tmp_path / "out.wasm").read_bytes())


def test_by_the_command_from_wit_to_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.wit").write_text(WIT)
    Path("interpreter.so").write_bytes(interpreter(HANDLE))
    assert main(["wit-dylib", "w.wit", "-w", "w", "--exclude-world", "native", "-o", "world.so"]) == 0
    assert main(["component", "link", "world.so", "interpreter.so", "-o", "out.wasm"]) == 0
    check(Path("out.wasm").read_bytes())


def test_without_the_filter_the_generated_function_comes_first() -> None:
    """The handler is then a generated one, which answers its name."""
    component = link([read_library("world.so", generated("w")), read_library("interpreter.so", interpreter(HANDLE))])
    running = Running(component)
    assert running.call("a:b/handler@0.2.1", "handle", HANDLED) == ord("h")
    assert running.logged == []


@pytest.mark.parametrize("reverse", [False, True])
def test_generated_imports_live_with_their_interpreter(reverse: bool) -> None:
    """All exports are native, so nothing but the interpreter needs the generated library."""
    libraries = [
        read_library("world.so", generated("only-asks", *FILTERS[0])),
        read_library("interpreter.so", interpreter(ASK_AND_HANDLE)),
    ]
    warnings: list[str] = []
    component = link(libraries[::-1] if reverse else libraries, warn=warnings.append)
    assert warnings == []
    imports, exports = world_of(component)
    assert (sorted(imports), exports) == (["a:b/asked@0.2.1", "a:b/log@0.2.1"], ["a:b/handler@0.2.1"])
    running = Running(component)
    assert running.call("a:b/handler@0.2.1", "handle", 7) == 37
    assert running.logged == [30]

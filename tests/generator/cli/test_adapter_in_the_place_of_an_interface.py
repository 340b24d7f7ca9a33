"""An adapter with the name of an interface that a module or a library imports: the component imports it no more."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime
import wasmtime.component

from generator.cli import main
from generator.wit.binary.decode import decode_component

WIT = """
package a:b@1.0.0;
interface env { level: func() -> u32; }
world w { import env; export run: func() -> u32; }
world nothing { }
"""
BODY = """
(import "a:b/env@1.0.0" "level" (func $level (result i32)))
(func (export "run") (result i32) (i32.add (call $level) (i32.const 1))))
"""
ADAPTER = '(module (func (export "level") (result i32) i32.const 8))'


@pytest.mark.parametrize(("command", "head"), [("new", "(module"), ("link", "(module (@dylink.0)")])
def test_it_defines_the_functions(command: str, head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.wit").write_text(WIT)
    for world, name, text in (("w", "main.wasm", head + BODY), ("nothing", "old.wasm", ADAPTER)):
        Path(name).write_bytes(wasmtime.wat2wasm(text))
        assert main(["component", "embed", "a.wit", name, "-w", world, "-o", name]) == 0
    adapt = ["--adapt", "a:b/env@1.0.0=old.wasm"]
    assert main(["component", command, "main.wasm", *adapt, "-o", "out.wasm"]) == 0
    binary = Path("out.wasm").read_bytes()
    resolve, id = decode_component(binary)
    assert not resolve.worlds[id].imports
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    component = wasmtime.component.Component(engine, binary)
    instance = wasmtime.component.Linker(engine).instantiate(store, component)
    run = instance.get_func(store, "run")
    assert run is not None
    assert run(store) == 9

"""Dummy modules with the asynchronous ABI: imports and exports, and that they become components."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.canonical.flatten import AsyncAbi
from generator.cli import main
from generator.dummy.asynchronous import async_dummy_module
from generator.sources.load import load_text, select_world
from generator.wasm.decode import DecodedModule
from tests.generator.wit.test_reference import EXECUTABLE

WIT = """
package a:b;
interface i {
  resource r { constructor(x: u32); m: func(s: string) -> string; st: static async func(); }
  f: func(x: list<u8>) -> string;
  g: async func(s: stream<u8>) -> future<string>;
  h: func() -> future;
  k: async func(a: list<stream<tuple<string, stream>>>, b: u64, c: u64) -> tuple<u32, string>;
}
world w {
  import i; export i;
  import top: func(a: u32, b: string) -> u32; import later: async func();
  export low: async func(a: u32) -> string; export plain: func();
}
"""
FLAGS = {AsyncAbi.CALLBACK: "--async-callback", AsyncAbi.STACKFUL: "--async-stackful"}


def dummy(abi: AsyncAbi) -> DecodedModule:
    resolve, package = load_text(WIT)
    return DecodedModule(async_dummy_module(resolve, select_world(resolve, package, "w"), abi))


def interface(module: DecodedModule) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    imports = {(item.module, item.name): str(module.import_func_type(item)) for item in module.imports}
    return imports, {item.name: str(module.export_func_type(item.name)) for item in module.exports}


LIFTED = {
    AsyncAbi.CALLBACK: {"[async-lift]low", "[callback][async-lift]low"},
    AsyncAbi.STACKFUL: {"[async-lift-stackful]low"},
}


@pytest.mark.parametrize("abi", FLAGS)
def test_names(abi: AsyncAbi) -> None:
    imports, exports = interface(dummy(abi))
    assert {name for name in exports if name.endswith("low")} == LIFTED[abi]
    assert {"plain", "cabi_post_plain", "a:b/i#f", "a:b/i#[dtor]r"} <= exports.keys()
    assert {("$root", "top"), ("$root", "[async-lower]later"), ("a:b/i", "[async-lower][stream-read-0]g")} <= set(
        imports
    )
    assert ("[export]$root", "[task-return]low") in imports
    assert ("$root", "later") not in imports


@pytest.mark.parametrize("flag", FLAGS.values())
def test_it_becomes_a_component(flag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.wit").write_text(WIT)
    assert main(["component", "embed", "a.wit", "--dummy-names", "legacy", flag, "-o", "dummy.wasm"]) == 0
    assert main(["component", "new", "dummy.wasm", "-o", "out.wasm"]) == 0
    if EXECUTABLE is not None:
        subprocess.run([EXECUTABLE, "validate", "--features", "all", "out.wasm"], check=True, timeout=60)


@pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")
@pytest.mark.parametrize("abi", FLAGS)
def test_as_the_reference(abi: AsyncAbi, tmp_path: Path) -> None:
    """But for the destructor, to which the reference gives a prefix (it is called synchronously all the same), and for
    the built-ins of an imported synchronous function, which it leaves out."""
    assert EXECUTABLE is not None
    (tmp_path / "a.wit").write_text(WIT)
    command = [EXECUTABLE, "component", "embed", "a.wit", "--dummy-names", "legacy", FLAGS[abi], "-o", "dummy.wasm"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    imports, exports = interface(DecodedModule((tmp_path / "dummy.wasm").read_bytes()))
    theirs = {name.partition("]")[2] if "[dtor]" in name else name: type for name, type in exports.items()}
    our_imports, our_exports = interface(dummy(abi))
    added = {name for name in our_imports if name not in imports}
    assert added and all(module == "a:b/i" and name.endswith("-0]h") for module, name in added)
    assert {name: type for name, type in our_imports.items() if name not in added} == imports
    assert our_exports == theirs

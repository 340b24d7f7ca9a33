"""The commands with an interpreter that is not ours: options, libraries, adapters, random worlds."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from harness.binary.sections import name, section
from harness.frontend.front_end import WitText, world_section
from interpreters.build import build_echo
from interpreters.echo import echo
from tests.harness.command import harness_here
from tests.harness.guests import BOTH, CALL, CASE, CASES, WORLD, needs_zig


def test_check_with_echo(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(
        "package a:b; world w { export f: func(a: list<s8>) -> list<s8>; export g: func(); }"
    )
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "-v", "--calls", "6", cwd=tmp_path)
    assert done.code == 0, done.said
    assert "6 calls of 2 functions ran in 4 cells" in done.said


def test_a_library_beside_the_interpreter(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(CASE.format(world=BOTH, steps=CALL.format(2)))
    (tmp_path / "x.so").write_bytes(echo().read_bytes().replace(b"wit_dylib_pop_u8", b"wit_dylib_pop_u7"))
    words = ["--interpreter", "x.so", "--library", f"libc.so={echo()}", "--no-reference"]
    done = harness_here("run", "x.toml", *words, "--strict", cwd=tmp_path)
    assert done.code == 0, done.said  # the library has the function that the interpreter lacks


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--interpreter", "none.so"], "none.so: cannot be read: No such file or directory"),
        (["--with-async"], "--with-async is for an interpreter: name it with --interpreter FILE"),
        (["--abi-version", "2"], "--abi-version is for an interpreter: name it with --interpreter FILE"),
        (["--interpreter", str(echo()), "--library", "libc.so"], "--library libc.so: expected NAME=FILE"),
    ],
)
def test_used_wrongly(tmp_path: Path, words: list[str], why: str) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export g: func(); }")
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert (done.code, why in done.said) == (2, True), done.said


def test_what_has_no_interpreter_is_skipped(tmp_path: Path) -> None:
    table = next(path for path in sorted(CASES.rglob("*.toml")) if "[[refusal]]" in path.read_text())
    program = next(path for path in sorted(CASES.rglob("*.toml")) if "[[library]]" in path.read_text())
    done = harness_here("run", str(table), str(program), "--interpreter", str(echo()), cwd=tmp_path)
    assert done.code == 0
    assert "2 skip" in done.said


FRONT = """
(module (@dylink.0 (mem-info (memory 8 3)) (needed "libecho.so"))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "wit_dylib_initialise" (func $initialize (param i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (func (export "wit_dylib_initialize") (param i32)
    (if (call $random (global.get $base) (i32.const 8)) (then unreachable))
    (call $initialize (local.get 0))))
"""
ADAPTER = """
(module
  (import "env" "memory" (memory 0))
  (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
  (func (export "random_get") (param i32 i32) (result i32)
    (i64.store (local.get 0) (call $random))
    (call $drop (call $stdout))
    (i32.const 0)))
"""
IMPORTED = """package test:adapter;
package wasi:random@0.2.0 { interface random { get-random-u64: func() -> u64; } }
package wasi:io@0.2.0 {
  interface error { resource error; }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource output-stream { check-write: func() -> result<u64, stream-error>; }
  }
}
package wasi:cli@0.2.0 {
  interface stdout { use wasi:io/streams@0.2.0.{output-stream}; get-stdout: func() -> output-stream; }
}
world adapter { import wasi:random/random@0.2.0; import wasi:cli/stdout@0.2.0; }
"""


def test_an_interpreter_that_needs_wasi(tmp_path: Path) -> None:
    """Its adapter's imports come from the engine; its functions from another library."""
    (tmp_path / "front.so").write_bytes(wasmtime.wat2wasm(FRONT))
    (tmp_path / "echo.so").write_bytes(echo().read_bytes().replace(b"wit_dylib_initialize", b"wit_dylib_initialise"))
    _, world = world_section(WitText(IMPORTED, "adapter.wit"))
    adapter = bytes(wasmtime.wat2wasm(ADAPTER)) + section(0, name("component-type:adapter") + world)
    (tmp_path / "adapter.wasm").write_bytes(adapter)
    (tmp_path / "w.wit").write_text(WORLD)
    given = ["--library", "libecho.so=echo.so", "--adapt", "wasi_snapshot_preview1=adapter.wasm"]
    words = ["--interpreter", "front.so", *given, "--calls", "10", "-v"]
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert done.code == 0, done.said
    assert "ran in 4 cells" in done.said
    assert "initialize" in done.said.partition("functions of the interpreter")[2]
    (tmp_path / "w.wit").write_text(IMPORTED.replace("import wasi:cli/stdout@0.2.0; ", ""))
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    assert "the world imports wasi:random/random@0.2.0, which the interpreter with its adapters may call" in done.said


@needs_zig
def test_fuzzing_finds_a_wrong_interpreter(tmp_path: Path) -> None:
    """Its case shows the fault again."""
    (tmp_path / "mine.so").write_bytes(build_echo(3, ["-DMUTANT_EXCHANGED_FIELDS"]))
    words = ["--seed", "1", "--worlds", "4", "--calls", "30", "-j", "1", "--interpreter", "mine.so"]
    done = harness_here("fuzz", *words, cwd=tmp_path)
    assert done.code == 1, done.said
    assert "harness run findings" in done.said
    assert "--interpreter mine.so" in done.said
    (case,) = [path for path in (tmp_path / "findings").glob("*.toml") if "[sample]" in path.read_text()][:1]
    again = harness_here("run", str(case), "--interpreter", "mine.so", cwd=tmp_path)
    assert (again.code, "in the minority: mine.so" in again.said) == (1, True), again.said
    right = harness_here("run", str(case), "--interpreter", str(echo()), cwd=tmp_path)
    assert right.code == 0, right.said


def test_programs_are_no_worlds_for_an_interpreter(tmp_path: Path) -> None:
    done = harness_here("fuzz", "--worlds", "link", "--interpreter", str(echo()), cwd=tmp_path)
    assert (done.code, "has no interpreter that could be another" in done.said) == (2, True)

"""Hostile components: each is refused with a reason, or initialised, in bounded time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from random import Random

import pytest

from benchmarks.hostile.damage import damaged
from generator.preinit import initialize as stages
from generator.preinit import snapshot
from generator.preinit.errors import PreinitError
from generator.preinit.initialize import initialize
from generator.preinit.instrument import Instrumented
from generator.preinit.rewrite import MOST_SEGMENTS, runs
from generator.preinit.snapshot import InitOptions, Snapshot
from generator.processes import limited
from tests.generator.preinit.components import component, counter
from tests.generator.preinit.test_faults import PROGRAM
from tests.harness.interrupted import PATIENCE, command
from tests.harness.processes import ends

ROOT = Path(__file__).resolve().parents[3]
MIB = 1 << 20
ALL = '(func (export "init") {}) (func (export "get") (result i32) (i32.const 0))'
GROW = "(loop (br_if 0 (i32.ne (memory.grow {0} (i32.const 16)) (i32.const -1)))) "
FILL = "(memory.fill {0} (i32.const 0) (i32.const 1) (i32.mul (memory.size {0}) (i32.const 65536))) "


def refusal(core: str, options: InitOptions | None = None) -> str:
    with pytest.raises(PreinitError) as caught:
        initialize(counter(core), options or InitOptions("init", seconds=60))
    return str(caught.value)


linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of processes as Linux has them")


@linux
@pytest.mark.parametrize(
    ("core", "reason"),
    [
        ("(table 1000000000 funcref)" + ALL.format(""), "out of memory"),
        ("(table 10000000 funcref)" * 90 + ALL.format(""), "out of memory"),
        ("(memory 1)" * 20 + ALL.format("".join((GROW + FILL).format(n) for n in range(20))), "larger than 64 MiB"),
        ("(memory 65536)" + ALL.format(""), "exceeds memory limits"),
        ("(memory 1)" * 1100 + ALL.format(""), "more than 1000 components"),
        ("(func $f (call $f))" + ALL.format("(call $f)"), "call stack exhausted"),
    ],
    ids=["a huge table", "many tables", "memories that grow", "a huge memory", "many memories", "recursion"],
)
def test_all_memory_together_is_limited(core: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "MEMORY", 768 * MIB)
    monkeypatch.setattr(snapshot, "STATE", 64 * MIB)
    assert reason in refusal(core, InitOptions("init", seconds=60, memory=32 * MIB))


FLOOD = """
(component
  (import "wasi:io/error@0.2.0" (instance $err (export "error" (type (sub resource)))))
  (alias export $err "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $stream (sub resource)))
    (alias outer 1 $error (type $outer)) (export "error" (type $inner (eq $outer)))
    (type $failure (variant (case "last-operation-failed" (own $inner)) (case "closed")))
    (export "stream-error" (type $named (eq $failure)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $named)))))))
  (alias export $streams "output-stream" (type $out))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $out (type $outer)) (export "output-stream" (type $stream (eq $outer)))
    (export "get-stdout" (func (result (own $stream))))))
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $get (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $memory "memory"))))
  (core module $m
    (import "e" "get" (func $get (result i32))) (import "e" "write" (func $write (param i32 i32 i32 i32)))
    (func (export "init") (local $out i32) (local $n i32)
      (local.set $out (call $get))
      (loop
        (call $write (local.get $out) (i32.const 0) (i32.const 4096) (i32.const 8192))
        (br_if 0 (i32.ne (i32.const {writes}) (local.tee $n (i32.add (local.get $n) (i32.const 1))))))
      {end}))
  (core instance $e (export "get" (func $get)) (export "write" (func $write)))
  (core instance $i (instantiate $m (with "e" (instance $e))))
  (func (export "init") (canon lift (core func $i "init"))))"""


def flood(writes: int, end: str) -> bytes:
    """A component whose `init` writes so many times 4 KiB to its standard output."""
    return component(FLOOD.replace("{writes}", str(writes)).replace("{end}", end))


@linux
def test_a_flood_of_output_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a component prints is shown without its middle; a full output is no failure, and hides none."""
    monkeypatch.setattr(limited, "SHOWN", 10_000)
    _, found = initialize(flood(1000, ""), InitOptions("init"))
    assert "4086000 bytes are left out" in found.printed and len(found.printed) < 10_100
    monkeypatch.setattr(limited, "OUTPUT", 100_000)
    with pytest.raises(PreinitError, match="cannot be run: wasm trap: wasm `unreachable`"):
        initialize(flood(100, "unreachable"), InitOptions("init"))


def test_parts_of_a_memory_take_little_memory() -> None:
    """Zeros that are just enough for another segment, everywhere."""
    contents = (b"\1" + bytes(16)) * (4 * MIB // 17)
    tracemalloc.start()
    try:
        found = runs(contents)
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB, "a part may be as large as the memory"
    finally:
        tracemalloc.stop()
    assert 0 < len(found) <= MOST_SEGMENTS


def zeros(instrumented: Instrumented, options: InitOptions) -> Snapshot:
    return Snapshot({place: bytes(1 << 16) for place in instrumented.memories}, dict.fromkeys(instrumented.globals, 0))


SEED = 12


def outcomes(numbers: range) -> list[str]:
    """`kept` or the reason why not, of damaged components."""
    found = []
    for number in numbers:
        binary = damaged(Random(f"{SEED}:{number}"), PROGRAM, [PROGRAM])
        try:
            initialize(binary, InitOptions("init", seconds=10))
        except PreinitError as error:
            found.append(str(error))
        else:
            found.append("kept")
    return found


def test_damaged_components_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "take_snapshot", zeros)
    found = outcomes(range(500))
    assert len(set(found)) > 20 and 25 < found.count("kept") < 475


def test_damaged_components_with_the_engine() -> None:
    found = outcomes(range(16))
    assert any("cannot be run" in reason for reason in found) and all("Traceback" not in reason for reason in found)


@linux
def test_ctrl_c(tmp_path: Path) -> None:
    """The command says so in a word, and its engine ends with it."""
    (tmp_path / "loop.wasm").write_bytes(counter(ALL.format("(loop (br 0))")))
    words = ["component", "init", "loop.wasm", "--init-func", "init", "-o", "out.wasm"]
    code = "import sys; from generator.cli import main; sys.exit(main())"
    with command(words, code, cwd=tmp_path, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as run:
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        deadline = time.monotonic() + PATIENCE
        while not (found := children.read_text().split()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=PATIENCE)
    assert (run.returncode, said) == (130, "interrupted\n")
    assert ends(int(found[0])) and [file.name for file in tmp_path.iterdir()] == ["loop.wasm"]

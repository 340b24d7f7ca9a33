"""A library whose initialisation also uses WASI, beside the one with state (`harness/composition/initial_state.py`).

Initialisation reads its environment and a clock and writes a line through an adapter for WASI 0.1, and gives everything
back. At the end of a run, the interpreter must count the memory that the adapter took as it did after initialisation
(`interpreters/PROTOCOL.md`, "Initial state"). The environment must be that of the run, which is empty, and another line
must be written: a handle that the adapter kept refers to nothing.

The library stands behind the interpreter, because it calls it. The one with state cannot: its constructor must be the
first.
"""

from __future__ import annotations

from functools import lru_cache

from harness.binary.wat import binary_of
from harness.composition import initial_state
from harness.composition.anchor import exporting

PREVIEW1 = "wasi_snapshot_preview1"
"""The core module of WASI before 0.2."""
LIBRARY = "libwasi.so"
KEPT = "harness_wasi_kept"
"""`initial_state.KEPT`, and the same for WASI."""
ENVIRONMENT = (("HARNESS_INIT", "1"),)
"""The environment of an initialisation."""

RESET = "(call $reset)"
NOTE = "(i32.store (call $at (i32.const 4)) (call $initialized))"
"""Steps of the initialisation: the adapter gives its handles back; the interpreter begins to count."""


@lru_cache(maxsize=1)
def library() -> bytes:
    return exporting(binary_of(_wat((RESET, NOTE))), initial_state.DECLARATION, "wasi")


def _wat(end: tuple[str, ...]) -> str:
    """Its memory: the variables and the allocated bytes of the initialisation, two results of a call, a line. `end`: of
    the initialisation."""
    return f"""
(module (@dylink.0 (mem-info (memory 40 3)) (needed "{initial_state.LIBRARY}"))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "{initial_state.INITIALIZE}" (func $initialize))
  (import "env" "{initial_state.KEPT}" (func $kept))
  (import "env" "boxed_initialized" (func $initialized (result i32)))
  (import "env" "boxed_initial" (func $initial (result i32)))
  (import "{PREVIEW1}" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "{PREVIEW1}" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "{PREVIEW1}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "{PREVIEW1}" "reset_adapter_state" (func $reset))
  (func $harness_lost_wasi unreachable)
  (func $harness_lost_environment unreachable)
  (func $harness_lost_allocations unreachable)
  (func $at (param i32) (result i32) (i32.add (global.get $base) (local.get 0)))
  (func $ok (param $errno i32) (if (local.get $errno) (then (call $harness_lost_wasi))))
  (func $ask (result i32)
    (call $ok (call $environ_sizes_get (call $at (i32.const 8)) (call $at (i32.const 16))))
    (call $ok (call $clock_time_get (i32.const 1) (i64.const 1) (call $at (i32.const 16))))
    (i32.store (call $at (i32.const 24)) (call $at (i32.const 32)))
    (call $ok (call $fd_write (i32.const 1) (call $at (i32.const 24)) (i32.const 1) (call $at (i32.const 16))))
    (i32.load (call $at (i32.const 8))))
  (func $harness_lost_reset (if (call $ask) (then unreachable)))
  (func (export "{initial_state.EXPORT}")
    (call $initialize)
    (i32.store (global.get $base) (call $ask))
    {" ".join(end)})
  (func (export "{KEPT}")
    (call $kept)
    (if (i32.ne (i32.load (global.get $base)) (i32.const {len(ENVIRONMENT)})) (then (call $harness_lost_environment)))
    (if (i32.ne (i32.load (call $at (i32.const 4))) (call $initial)) (then (call $harness_lost_allocations)))
    (call $harness_lost_reset))
  (data (i32.add (global.get $base) (i32.const 28)) "\\01\\00\\00\\00\\n"))
"""

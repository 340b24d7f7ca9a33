"""A library with state of every kind that `component init` must keep, which a subject gets before it is initialised.

The component exports `harness-init`, the function to run during initialisation. It changes a global, clears data, and
makes the memory larger by a page of zeros and a page that ends with data. The constructor counts itself and moves the
stack pointer: the library is the first of a link, so the interpreter already begins with the moved one. The guard
(`harness/composition/guards.py`) then traps unless all of it is still there at the end of a run. The name of the
function that traps says what was lost.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.binary.sections import name
from harness.binary.wat import binary_of
from harness.composition.anchor import exporting

LIBRARY = "libstate.so"
EXPORT = "harness-init"
"""A function of the component: `func()`, for initialisation."""
KEPT = "harness_state_kept"
"""The library's function that traps unless the state is as initialisation left it."""
INITIALIZE = "harness_state_initialize"
"""The library's function that changes the state, where another library exports `EXPORT` (`initial_wasi.py`)."""
DECLARATION = (b"\x01\x40\x00\x01\x00", b"\x04\x00" + name(EXPORT) + b"\x01\x00")
"""`export harness-init: func();`"""

_LOST = {
    "harness_lost_start": "constructors ran again, or not at all",
    "harness_lost_global": "a global does not have the value that initialisation gave it",
    "harness_lost_stack_pointer": "the stack pointer is not where initialisation left it",
    "harness_lost_data": "memory does not contain what initialisation wrote",
    "harness_lost_zeros": "memory that initialisation cleared is not zero",
    "harness_lost_size": "the memory is smaller than after initialisation",
    "harness_lost_wasi": "WASI did not answer",
    "harness_lost_environment": "initialisation did not see its environment",
    "harness_lost_reset": "the adapter kept the environment or handles of the initialisation",
    "harness_lost_allocations": "what initialisation allocated is not what it was at its end",
}
_NAMED = re.compile(rf"\b({'|'.join(_LOST)})\b")

_VALUE = 0x5EED_1234_ABCD_0F1E
_BIG = 4096
"""Bytes of data that initialisation clears: more than any gap that stays inside a segment."""
_PAGE = 1 << 16
_STACK = 64
"""Bytes that the constructor takes from the stack for good."""
_STARTS, _POINTER, _GROWN, _WORD, _CLEARED = 0, 4, 8, 16, 32
"""Places in the library's memory: starts, the stack pointer, the first new page, a value, data to clear."""


def lost(message: str) -> str:
    """What the trap of a guard says about lost state; empty if it is about something else."""
    found = _NAMED.search(message)
    return _LOST[found[1]] if found is not None else ""


@lru_cache(maxsize=2)
def library(called: bool = False) -> bytes:
    """`called`: another library exports the initialisation, and calls this one's as `INITIALIZE`."""
    if called:
        return binary_of(_wat(INITIALIZE))
    return exporting(binary_of(_wat(EXPORT)), DECLARATION, "state")


def _wat(initialize: str) -> str:
    data = "\\a5" * _BIG
    traps = "\n".join(f"  (func ${name} unreachable)" for name in _LOST)
    at = [f"(i32.add (global.get $base) (i32.const {place}))" for place in (_STARTS, _POINTER, _GROWN, _WORD, _CLEARED)]
    starts, pointer, grown, word, cleared = at
    last = f"(i32.add (i32.load {grown}) (i32.const {2 * _PAGE - 8}))"
    return f"""
(module (@dylink.0 (mem-info (memory {_CLEARED + _BIG} 4)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
  (global $own (mut i64) (i64.const 7))
{traps}
  (func (export "__wasm_call_ctors")
    (i32.store {starts} (i32.add (i32.load {starts}) (i32.const 1)))
    (global.set $stack (i32.sub (global.get $stack) (i32.const {_STACK})))
    (i32.store {pointer} (global.get $stack)))
  (func (export "{initialize}")
    (global.set $own (i64.const {_VALUE}))
    (i64.store {word} (i64.const {_VALUE}))
    (memory.fill {cleared} (i32.const 0) (i32.const {_BIG}))
    (i32.store {grown} (i32.shl (memory.grow (i32.const 2)) (i32.const 16)))
    (i64.store {last} (i64.const {_VALUE})))
  (func $zero (param $at i32) (param $size i32) (result i32) (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (loop $next
      (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.const 1))
  (func (export "{KEPT}")
    (if (i32.ne (i32.load {starts}) (i32.const 1)) (then (call $harness_lost_start)))
    (if (i64.ne (global.get $own) (i64.const {_VALUE})) (then (call $harness_lost_global)))
    (if (i32.ne (global.get $stack) (i32.load {pointer})) (then (call $harness_lost_stack_pointer)))
    (if (i64.ne (i64.load {word}) (i64.const {_VALUE})) (then (call $harness_lost_data)))
    (if (i32.eqz (call $zero {cleared} (i32.const {_BIG}))) (then (call $harness_lost_zeros)))
    (if (i32.lt_u (memory.size) (i32.add (i32.shr_u (i32.load {grown}) (i32.const 16)) (i32.const 2)))
      (then (call $harness_lost_size)))
    (if (i64.ne (i64.load {last}) (i64.const {_VALUE})) (then (call $harness_lost_data)))
    (if (i32.eqz (call $zero (i32.load {grown}) (i32.const {2 * _PAGE - 8}))) (then (call $harness_lost_zeros))))
  (data (i32.add (global.get $base) (i32.const {_CLEARED})) "{data}"))
"""

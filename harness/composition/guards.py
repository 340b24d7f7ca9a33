"""Libraries on both sides of a generated library in memory, which detect its writes outside its own memory.

The library before it ends at an odd address, so that a loader gives the generated library exactly the alignment that
its `dylink.0` requests. The library after it has no alignment, so that it begins directly after the last requested byte
of the generated library. Both contain a pattern. The second is also an anchor (`harness/composition/anchor.py`): its
export traps unless both patterns are intact, and unless the state of an initialised component is
(`harness/composition/initial_state.py`).
"""

from __future__ import annotations

from functools import lru_cache

from harness.binary.wat import binary_of
from harness.composition import initial_state, initial_wasi
from harness.composition.anchor import EXPORT, exporting

BEFORE, BEHIND = "libbefore.so", "libbehind.so"

_PATTERN = 0xC5
_ALIGNMENT = 6
"""The alignment of the library before, as a power of two: a library after its odd end gets only its requested
alignment, up to half of this one."""
_SIZE_BEFORE = 65
"""One more than a multiple of that alignment."""
_SIZE_BEHIND = 1024
"""The size in bytes: large enough to compile the library once for all components (`harness/binary/share.py`)."""


@lru_cache(maxsize=1)
def before() -> bytes:
    return binary_of(f"""
(module (@dylink.0 (mem-info (memory {_SIZE_BEFORE} {_ALIGNMENT})))
  {_intact(_SIZE_BEFORE)}
  (export "harness_intact_before" (func $intact)))
""")


@lru_cache(maxsize=4)
def behind(guarded: str, initialized: bool = False, wasi: bool = False) -> bytes:
    """`guarded`: the name of the library between the two. `initialized`: it also asks for the initial state; `wasi`:
    also for what initialisation did with WASI."""
    asked = initial_wasi if wasi else initial_state
    state = f' "{asked.LIBRARY}"' if initialized else ""
    kept = f'(import "env" "{asked.KEPT}" (func $kept))' if initialized else ""
    return exporting(
        binary_of(f"""
(module (@dylink.0 (mem-info (memory {_SIZE_BEHIND} 0)) (needed "{BEFORE}" "{guarded}"{state}))
  (import "env" "harness_intact_before" (func $before (result i32)))
  {kept}
  {_intact(_SIZE_BEHIND)}
  (func (export "{EXPORT}")
    (if (i32.eqz (i32.and (call $before) (call $intact))) (then unreachable))
    {"(call $kept)" if initialized else ""}))
""")
    )


def _intact(size: int) -> str:
    """Memory of `size` bytes that contains the pattern, and a function that checks whether it still does."""
    data = f"\\{_PATTERN:02x}" * size
    return f"""
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (func $intact (result i32) (local $at i32)
    (loop $next
      (if (i32.ne (i32.load8_u (i32.add (global.get $base) (local.get $at))) (i32.const {_PATTERN}))
        (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const {size}))))
    (i32.const 1))
  (data (global.get $base) "{data}")"""

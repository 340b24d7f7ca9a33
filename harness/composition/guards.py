"""Libraries on both sides of a generated one in memory, which show what it writes beside its own.

The one before it ends at an odd address, so that a loader gives the generated library an address that is only as
aligned as its `dylink.0` asks for. The one behind it has no alignment, so that it begins right behind the last byte
that the generated library asks for. Both are filled with a pattern. The second is an anchor as well
(`harness/composition/anchor.py`): its export traps unless both patterns are whole.
"""

from __future__ import annotations

from functools import lru_cache

import wasmtime

from harness.composition.anchor import EXPORT, exporting

BEFORE, BEHIND = "libbefore.so", "libbehind.so"

_PATTERN = 0xC5
_ALIGNMENT = 6
"""As a power of two, of the library before: what follows its odd end is aligned to no more than it asks for, up to
half of that."""
_SIZE_BEFORE = 65
"""One more than a multiple of that alignment."""
_SIZE_BEHIND = 1024
"""In bytes; with it the library is large enough to be compiled once for all components (`harness/binary/share.py`)."""


@lru_cache(maxsize=1)
def before() -> bytes:
    return bytes(
        wasmtime.wat2wasm(f"""
(module (@dylink.0 (mem-info (memory {_SIZE_BEFORE} {_ALIGNMENT})))
  {_intact(_SIZE_BEFORE)}
  (export "harness_intact_before" (func $intact)))
""")
    )


@lru_cache(maxsize=4)
def behind(guarded: str) -> bytes:
    """`guarded`: the name of the library between the two."""
    return exporting(
        bytes(
            wasmtime.wat2wasm(f"""
(module (@dylink.0 (mem-info (memory {_SIZE_BEHIND} 0)) (needed "{BEFORE}" "{guarded}"))
  (import "env" "harness_intact_before" (func $before (result i32)))
  {_intact(_SIZE_BEHIND)}
  (func (export "{EXPORT}")
    (if (i32.eqz (i32.and (call $before) (call $intact))) (then unreachable))))
""")
        )
    )


def _intact(size: int) -> str:
    """Memory of `size` bytes that holds the pattern, and a function that says whether it still does."""
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

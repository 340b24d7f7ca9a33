"""WAT that reads the table of `dlopen` as a libdl does that a user links: libraries and symbols, sorted by their names.

Its layout was learnt from wasm-tools (`crates/wit-component/dl/src/lib.rs`); no specification has it. All numbers are
32-bit: `Libraries { count, libraries }`, `Library { name_length, name, symbol_count, symbols }`,
`Symbol { name_length, name, address }`; both are sorted by the bytes of their names.
"""

from __future__ import annotations

ADDRESS = "__wasm_libdl_libraries"
"""The symbol of the table."""

LIBRARIES = 1000
"""The addend of each library to the result of `$dl_table`; each name that is not above the one before it adds 1."""

FUNCTIONS = f"""
  (func $above (param $left i32) (param $right i32) (result i32) (local $at i32) (local $difference i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (i32.load (local.get $right))) (then (return (i32.const 0))))
      (if (i32.ge_u (local.get $at) (i32.load (local.get $left))) (then (return (i32.const 1))))
      (local.set $difference (i32.sub
        (i32.load8_u (i32.add (i32.load offset=4 (local.get $right)) (local.get $at)))
        (i32.load8_u (i32.add (i32.load offset=4 (local.get $left)) (local.get $at)))))
      (if (local.get $difference) (then (return (i32.gt_s (local.get $difference) (i32.const 0)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    unreachable)
  (func $unsorted (param $count i32) (param $entry i32) (param $size i32) (result i32) (local $found i32)
    (loop $next
      (if (i32.gt_u (local.get $count) (i32.const 1))
        (then
          (local.set $found (i32.add (local.get $found) (i32.eqz
            (call $above (local.get $entry) (i32.add (local.get $entry) (local.get $size))))))
          (local.set $entry (i32.add (local.get $entry) (local.get $size)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next))))
    (local.get $found))
  (func $dl_table (param $table i32) (result i32) (local $count i32) (local $library i32) (local $found i32)
    (local.set $count (i32.load (local.get $table)))
    (local.set $library (i32.load offset=4 (local.get $table)))
    (local.set $found (call $unsorted (local.get $count) (local.get $library) (i32.const 16)))
    (loop $next
      (if (local.get $count)
        (then
          (local.set $found (i32.add (local.get $found) (i32.const {LIBRARIES})))
          (local.set $found (i32.add (local.get $found) (call $unsorted
            (i32.load offset=8 (local.get $library)) (i32.load offset=12 (local.get $library)) (i32.const 12))))
          (local.set $library (i32.add (local.get $library) (i32.const 16)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next))))
    (local.get $found))"""

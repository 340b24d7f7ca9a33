"""An interpreter, in the text format, whose exports answer the first byte of their own names in the wit_t.

It keeps the number that was pushed last; other tests give it functions of its own, which may use that.
"""

from __future__ import annotations

import wasmtime

_EXPORTS_AT = 16
"""The offset of `export_funcs` in a wit_t (wit_dylib.h)."""
_EXPORT_SIZE = 24
_NAME_AT = 4

_HEAD = '(module (@dylink.0 (mem-info (memory 0 0))) (import "env" "memory" (memory 0))'
_BODY = f"""
 (global $wit (mut i32) (i32.const 0)) (global $which (mut i32) (i32.const 0))
 (global $pushed (mut i32) (i32.const 0))
 (func (export "wit_dylib_initialize") (param i32) (global.set $wit (local.get 0)))
 (func (export "wit_dylib_export_start") (param i32) (result i32) i32.const 0)
 (func (export "wit_dylib_export_call") (param i32 i32) (global.set $which (local.get 1)))
 (func (export "wit_dylib_export_finish") (param i32 i32))
 (func (export "wit_dylib_push_u32") (param i32 i32) (global.set $pushed (local.get 1)))
 (func (export "wit_dylib_pop_u32") (param i32) (result i32)
   (i32.load8_u (i32.load offset={_NAME_AT} (i32.add
     (i32.load offset={_EXPORTS_AT} (global.get $wit))
     (i32.mul (global.get $which) (i32.const {_EXPORT_SIZE}))))))
"""


def naming_interpreter(imports: str = "", functions: str = "") -> bytes:
    """The interpreter, with more imports and functions if given."""
    return bytes(wasmtime.wat2wasm(f"{_HEAD} {imports} {_BODY} {functions})"))

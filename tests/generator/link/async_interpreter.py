"""A small interpreter for worlds with async functions, in the text format, and components composed of its programs.

The context of a call is memory of 512 bytes: depth of the stack at 0, the area at 4, the waitable set at 8, the end of
a stream at 12, a buffer at 20; from 32 on the stack, 16 bytes a value. A task keeps its context in slot 0.
"""

from __future__ import annotations

import wasmtime

from generator.wasm.decode import DecodedModule
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.types import FuncIndex

COMMON = """
 (import "env" "memory" (memory 0))
 (import "env" "__indirect_function_table" (table 0 funcref))
 (import "$root" "[context-get-0]" (func $task (result i32)))
 (import "$root" "[context-set-0]" (func $set_task (param i32)))
 (import "$root" "[waitable-set-new]" (func $new_set (result i32)))
 (import "$root" "[waitable-set-drop]" (func $drop_set (param i32)))
 (import "$root" "[waitable-join]" (func $join (param i32 i32)))
 (import "$root" "[subtask-drop]" (func $drop_subtask (param i32)))
 (type $start (func (param i32 i32) (result i32)))
 (type $with_buffer (func (param i32 i32)))
 (type $with_one (func (param i32)))
 (type $new (func (result i64)))
 (type $copy (func (param i32 i32 i32) (result i32)))
 (global $wit (mut i32) (i32.const 0)) (global $heap (mut i32) (i32.const 0))
 (func (export "wit_dylib_initialize") (param i32) (global.set $wit (local.get 0)))
 (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
   (if (i32.eqz (global.get $heap)) (then (global.set $heap (i32.shl (memory.grow (i32.const 4)) (i32.const 16)))))
   (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
   (global.set $heap (i32.add (local.get $at) (local.get 3)))
   (local.get $at))
 (func (export "wit_dylib_dealloc_bytes") (param i32 i32 i32 i32 i32))
 (func $export_start (export "wit_dylib_export_start") (param i32) (result i32)
   (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 512)))
 (func $push (param $cx i32) (result i32)
   (i32.store (local.get $cx) (i32.add (i32.load (local.get $cx)) (i32.const 16)))
   (i32.add (local.get $cx) (i32.add (i32.const 16) (i32.load (local.get $cx)))))
 (func $pop (param $cx i32) (result i32)
   (i32.store (local.get $cx) (i32.sub (i32.load (local.get $cx)) (i32.const 16)))
   (i32.add (local.get $cx) (i32.add (i32.const 32) (i32.load (local.get $cx)))))
 (func (export "wit_dylib_push_string") (param i32 i32 i32) (local $at i32)
   (local.set $at (call $push (local.get 0)))
   (i32.store (local.get $at) (local.get 1)) (i32.store offset=4 (local.get $at) (local.get 2)))
 (func (export "wit_dylib_pop_string") (param i32 i32) (result i32) (local $at i32)
   (local.set $at (call $pop (local.get 0)))
   (i32.store (local.get 1) (i32.load (local.get $at))) (i32.load offset=4 (local.get $at)))
 (func $push_u64 (export "wit_dylib_push_u64") (param i32 i64) (i64.store (call $push (local.get 0)) (local.get 1)))
 (func $pop_u64 (export "wit_dylib_pop_u64") (param i32) (result i64) (i64.load (call $pop (local.get 0))))
 (func $push_stream (export "wit_dylib_push_stream") (param i32 i32 i32)
   (i32.store (call $push (local.get 0)) (local.get 2)))
 (func $pop_stream (export "wit_dylib_pop_stream") (param i32 i32) (result i32)
   (i32.load (call $pop (local.get 0))))
 (func $import (result i32) (i32.load offset=8 (global.get $wit)))
 (func $imports (result i32) (i32.load offset=4 (global.get $wit)))
 (func $export (param $which i32) (result i32)
   (i32.add (i32.load offset=16 (global.get $wit)) (i32.mul (local.get $which) (i32.const 24))))
 (func $stream (result i32) (i32.load offset=120 (global.get $wit)))
 (func $return (param $cx i32) (param $which i32)
   (call_indirect (type $with_one) (local.get $cx) (i32.load offset=8 (call $export (local.get $which)))))
 (func $lift_result (param $cx i32)
   (call_indirect (type $with_buffer) (local.get $cx) (i32.load offset=4 (local.get $cx))
     (i32.load offset=16 (call $import))))
 (func $start (param $cx i32) (result i32)
   (i32.store offset=4 (local.get $cx) (call $realloc (i32.const 0) (i32.const 0)
     (i32.load offset=36 (call $import)) (i32.load offset=32 (call $import))))
   (call_indirect (type $start) (local.get $cx) (i32.load offset=4 (local.get $cx))
     (i32.load offset=12 (call $import))))
 (func $wait (param $cx i32) (param $waitable i32) (result i32)
   (if (i32.eqz (i32.load offset=8 (local.get $cx))) (then (i32.store offset=8 (local.get $cx) (call $new_set))))
   (call $join (local.get $waitable) (i32.load offset=8 (local.get $cx)))
   (i32.or (i32.const 2) (i32.shl (i32.load offset=8 (local.get $cx)) (i32.const 4))))
 (func $end (param $cx i32)
   (if (i32.load offset=8 (local.get $cx)) (then (call $drop_set (i32.load offset=8 (local.get $cx))))))
"""

ECHO = """
 ;; Who imports starts the import with the string and its length, and answers what it answered. Who does not answers
 ;; the string: at once if the number is 0, else after a yield.
 (func $numbers (param $params i32) (result i32) (i32.sub (i32.load (local.get $params)) (i32.const 1)))
 (func $ask (param $cx i32) (param $which i32) (result i32)
   (local $at i32) (local $text i32) (local $length i32) (local $left i32) (local $status i32)
   (local.set $at (call $pop (local.get $cx)))
   (local.set $text (i32.load (local.get $at))) (local.set $length (i32.load offset=4 (local.get $at)))
   (local.set $left (call $numbers (i32.add (call $import) (i32.const 20))))
   (loop $again
     (call $push_u64 (local.get $cx) (i64.extend_i32_u (local.get $length)))
     (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
   (local.set $at (call $push (local.get $cx)))
   (i32.store (local.get $at) (local.get $text)) (i32.store offset=4 (local.get $at) (local.get $length))
   (local.set $status (call $start (local.get $cx)))
   (if (i32.eq (local.get $status) (i32.const 2)) (then
     (call $lift_result (local.get $cx)) (call $return (local.get $cx) (local.get $which)) (return (i32.const 0))))
   (call $wait (local.get $cx) (i32.shr_u (local.get $status) (i32.const 4))))
 (func $answer (param $cx i32) (param $which i32) (result i32) (local $left i32) (local $number i64)
   (local.set $left (call $numbers (i32.add (call $export (local.get $which)) (i32.const 12))))
   (loop $again
     (local.set $number (call $pop_u64 (local.get $cx)))
     (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
   (if (result i32) (i64.eqz (local.get $number))
     (then (call $return (local.get $cx) (local.get $which)) (i32.const 0))
     (else (i32.const 1))))
 (func (export "wit_dylib_export_async_call") (param $cx i32) (param $which i32) (result i32)
   (call $set_task (local.get $cx))
   (if (result i32) (call $imports)
     (then (call $ask (local.get $cx) (local.get $which)))
     (else (call $answer (local.get $cx) (local.get $which)))))
 (func (export "wit_dylib_export_async_callback")
   (param $event i32) (param $waitable i32) (param $state i32) (param $which i32) (result i32)
   (if (i32.eq (local.get $event) (i32.const 1)) (then
     (if (i32.ne (local.get $state) (i32.const 2)) (then (return (call $wait (call $task) (local.get $waitable)))))
     (call $join (local.get $waitable) (i32.const 0)) (call $drop_subtask (local.get $waitable))
     (call $end (call $task))
     (call $lift_result (call $task))))
   (call $return (call $task) (local.get $which))
   (i32.const 0))
"""

STREAMS = """
 ;; Who does not import answers a stream, and writes the string that it was given into it. Who imports gets a stream for
 ;; its string, and answers the string that it reads from there.
 (func $buffer (param $cx i32) (result i32)
   (i32.store offset=20 (local.get $cx) (call $realloc (i32.const 0) (i32.const 0)
     (i32.load offset=52 (call $stream)) (i32.load offset=48 (call $stream))))
   (i32.load offset=20 (local.get $cx)))
 (func $write (param $cx i32) (param $which i32) (result i32) (local $ends i64) (local $writable i32) (local $at i32)
   (local.set $ends (call_indirect (type $new) (i32.load offset=12 (call $stream))))
   (local.set $writable (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
   (call $push_stream (local.get $cx) (i32.const 0) (i32.wrap_i64 (local.get $ends)))
   (call $return (local.get $cx) (local.get $which))
   (local.set $at (call $buffer (local.get $cx)))
   (call_indirect (type $with_buffer) (local.get $cx) (local.get $at) (i32.load offset=44 (call $stream)))
   (i32.store offset=12 (local.get $cx) (local.get $writable))
   (if (i32.ne (i32.const -1) (call_indirect (type $copy)
       (local.get $writable) (local.get $at) (i32.const 1) (i32.load offset=20 (call $stream))))
     (then unreachable))
   (call $wait (local.get $cx) (local.get $writable)))
 (func $read (param $cx i32) (param $which i32) (result i32) (local $at i32) (local $result i32)
   (call $lift_result (local.get $cx))
   (i32.store offset=12 (local.get $cx) (call $pop_stream (local.get $cx) (i32.const 0)))
   (local.set $at (call $buffer (local.get $cx)))
   (local.set $result (call_indirect (type $copy)
     (i32.load offset=12 (local.get $cx)) (local.get $at) (i32.const 1) (i32.load offset=16 (call $stream))))
   (if (i32.eq (local.get $result) (i32.const -1))
     (then (return (call $wait (local.get $cx) (i32.load offset=12 (local.get $cx))))))
   (call $finish (local.get $cx) (local.get $which) (local.get $result)))
 (func $finish (param $cx i32) (param $which i32) (param $result i32) (result i32)
   (if (i32.ne (i32.shr_u (local.get $result) (i32.const 4)) (i32.const 1)) (then unreachable))
   (call_indirect (type $with_buffer) (local.get $cx) (i32.load offset=20 (local.get $cx))
     (i32.load offset=40 (call $stream)))
   (call_indirect (type $with_one) (i32.load offset=12 (local.get $cx)) (i32.load offset=32 (call $stream)))
   (call $end (local.get $cx))
   (call $return (local.get $cx) (local.get $which))
   (i32.const 0))
 (func (export "wit_dylib_export_async_call") (param $cx i32) (param $which i32) (result i32) (local $status i32)
   (call $set_task (local.get $cx))
   (if (i32.eqz (call $imports)) (then (return (call $write (local.get $cx) (local.get $which)))))
   (local.set $status (call $start (local.get $cx)))
   (if (i32.eq (local.get $status) (i32.const 2))
     (then (return (call $read (local.get $cx) (local.get $which)))))
   (if (i32.eq (i32.and (local.get $status) (i32.const 15)) (i32.const 2)) (then unreachable))
   (call $wait (local.get $cx) (i32.shr_u (local.get $status) (i32.const 4))))
 (func (export "wit_dylib_export_async_callback")
   (param $event i32) (param $waitable i32) (param $payload i32) (param $which i32) (result i32)
   (if (i32.eq (local.get $event) (i32.const 1)) (then
     (if (i32.ne (local.get $payload) (i32.const 2)) (then (return (call $wait (call $task) (local.get $waitable)))))
     (call $join (local.get $waitable) (i32.const 0)) (call $drop_subtask (local.get $waitable))
     (return (call $read (call $task) (local.get $which)))))
   (call $join (local.get $waitable) (i32.const 0))
   (if (i32.eq (local.get $event) (i32.const 2))
     (then (return (call $finish (call $task) (local.get $which) (local.get $payload)))))
   (call_indirect (type $with_one) (local.get $waitable) (i32.load offset=36 (call $stream)))
   (call $end (call $task))
   (i32.const 0))
"""

RESOURCES = """
 ;; Who does not import makes resources, whose representation is 42, and adds the representations of a borrowed and of
 ;; an own one after a yield. Who imports makes two, lends one and gives the other away, and answers the sum.
 (type $get (func (param i32) (result i32)))
 (global $dropped (mut i32) (i32.const 0))
 (func (export "wit_dylib_resource_dtor") (param i32 i32)
   (global.set $dropped (i32.add (global.get $dropped) (local.get 1))))
 (func $push_handle (param $cx i32) (param $handle i32) (i32.store (call $push (local.get $cx)) (local.get $handle)))
 (func (export "wit_dylib_push_own") (param i32 i32 i32) (call $push_handle (local.get 0) (local.get 2)))
 (func (export "wit_dylib_push_borrow") (param i32 i32 i32) (call $push_handle (local.get 0) (local.get 2)))
 (func $pop_own (export "wit_dylib_pop_own") (param i32 i32) (result i32) (i32.load (call $pop (local.get 0))))
 (func $pop_borrow (export "wit_dylib_pop_borrow") (param i32 i32) (result i32) (i32.load (call $pop (local.get 0))))
 (func $resource (result i32) (i32.load offset=24 (global.get $wit)))
 (func $drop (param i32) (call_indirect (type $with_one) (local.get 0) (i32.load offset=8 (call $resource))))
 (func $make (param $cx i32) (result i32)
   (if (i32.ne (call $start (local.get $cx)) (i32.const 2)) (then unreachable))
   (call $lift_result (local.get $cx))
   (call $pop_own (local.get $cx) (i32.const 0)))
 (func $second (result i32) (i32.add (call $import) (i32.const 40)))
 (func $ask (param $cx i32) (result i32) (local $status i32)
   (i32.store offset=12 (local.get $cx) (call $make (local.get $cx)))
   (call $push_handle (local.get $cx) (call $make (local.get $cx)))
   (call $push_handle (local.get $cx) (i32.load offset=12 (local.get $cx)))
   (local.set $status (call_indirect (type $start) (local.get $cx) (i32.load offset=4 (local.get $cx))
     (i32.load offset=12 (call $second))))
   (call $wait (local.get $cx) (i32.shr_u (local.get $status) (i32.const 4))))
 (func (export "wit_dylib_export_async_call") (param $cx i32) (param $which i32) (result i32)
   (call $set_task (local.get $cx))
   (if (call $imports) (then (return (call $ask (local.get $cx)))))
   (if (local.get $which) (then (return (i32.const 1))))
   (call $push_handle (local.get $cx)
     (call_indirect (type $get) (i32.const 42) (i32.load offset=12 (call $resource))))
   (call $return (local.get $cx) (local.get $which))
   (i32.const 0))
 (func $sum (param $cx i32) (local $own i32) (local $rep i32)
   (local.set $own (call $pop_own (local.get $cx) (i32.const 0)))
   (local.set $rep (call_indirect (type $get) (local.get $own) (i32.load offset=16 (call $resource))))
   (call $drop (local.get $own))
   (if (i32.ne (global.get $dropped) (i32.const 42)) (then unreachable))
   (call $push_u64 (local.get $cx) (i64.extend_i32_u
     (i32.add (local.get $rep) (call $pop_borrow (local.get $cx) (i32.const 0))))))
 (func (export "wit_dylib_export_async_callback")
   (param $event i32) (param $waitable i32) (param $state i32) (param $which i32) (result i32)
   (if (i32.eqz (local.get $event))
     (then (call $sum (call $task)))
     (else
       (if (i32.ne (local.get $state) (i32.const 2)) (then unreachable))
       (call $join (local.get $waitable) (i32.const 0)) (call $drop_subtask (local.get $waitable))
       (call $end (call $task))
       (call_indirect (type $with_buffer) (call $task) (i32.load offset=4 (call $task))
         (i32.load offset=16 (call $second)))
       (call $drop (i32.load offset=12 (call $task)))))
   (call $return (call $task) (local.get $which))
   (i32.const 0))
"""


def interpreter(library: bytes, program: str, imports: str = "") -> bytes:
    """The program with more imports, and for what else the library asks of an interpreter, functions that trap."""
    decoded = DecodedModule(library)
    text = imports + COMMON + program
    stubs = []
    for item in decoded.imports:
        if item.module == "env" and isinstance(item.desc, FuncIndex) and f'(export "{item.name}")' not in text:
            type = decoded.import_func_type(item)
            words = [f"(param {param.name.lower()})" for param in type.params]
            words += [f"(result {result.name.lower()})" for result in type.results]
            stubs.append(f'(func (export "{item.name}") {" ".join(words)} unreachable)')
    return bytes(wasmtime.wat2wasm(f"(module (@dylink.0 (mem-info (memory 0 0))) {text} {' '.join(stubs)})"))


_COMPONENT_SECTION = 4


def composed(text: str, components: list[bytes]) -> bytes:
    """A component in the text format whose first nested components are empty and stand for `components`."""
    outer = bytes(wasmtime.wat2wasm(text))
    left = list(components)
    out, at = bytearray(outer[:8]), 8
    while at < len(outer):
        section, size, shift = outer[at], 0, 0
        at += 1
        while True:
            byte = outer[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        body = outer[at : at + size]
        at += size
        if section == _COMPONENT_SECTION and left:
            body = left.pop(0)
        out += bytes([section]) + encode_unsigned(len(body)) + body
    assert not left
    return bytes(out)

"""A component that asks for its script and traces it: what `boxed` is to the harness, without its work."""

from __future__ import annotations

import wasmtime

MEMORY = """
 (module $mem (memory (export "m") 4)
  (global $top (mut i32) (i32.const 1024))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
   (local $p i32)
   (local.set $p (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
   (global.set $top (i32.add (local.get $p) (local.get 3)))
   (local.get $p)))
"""

INTERPRETER = """
 (module
  (import "env" "memory" (memory 1))
  (import "env" "script" (func $script (param i32)))
  (import "env" "trace" (func $trace (param i32 i32)))
  (import "env" "work" (func $work))
  (func $fail_script_trap unreachable)
  (func (export "run")
   (call $script (i32.const 16))
   (call $trace (i32.load (i32.const 16)) (i32.load (i32.const 20)))
   (if (i32.eq (i32.load8_u (i32.load (i32.const 16))) (i32.const 33)) (then (call $fail_script_trap)))
   (if (i32.eq (i32.load8_u (i32.load (i32.const 16))) (i32.const 63)) (then (loop (br 0))))
   (call $work))
  (func (export "finish") (call $trace (i32.const 24) (i32.const 8)))
  (data (i32.const 24) "balance\\n"))
"""


def interpreter() -> bytes:
    return bytes(wasmtime.wat2wasm(INTERPRETER))


def component(
    work_import: str | None = None, work_export: str | None = None, guard: str | None = None, version: str = "0.1.0"
) -> bytes:
    """`run` traces the script (a trap when it starts with `!`, a loop without end with `?`), then calls `work` of the
    imported instance. `version`: of the harness's interfaces. `guard`: the instructions of what tells whether memory
    beside the library is whole."""
    imported = (
        f'(import "{work_import}" (instance $w (export "work" (func)))) (alias export $w "work" (func $wf))'
        if work_import
        else ""
    )
    lowered = (
        "(core func $work (canon lower (func $wf)))"
        if work_import
        else '(core module $n (func (export "f"))) (core instance $n (instantiate $n)) '
        '(alias core export $n "f" (core func $work))'
    )
    exported = (
        f'(func $x (canon lift (core func $i "run"))) (instance $e (export "work" (func $x))) '
        f'(export "{work_export}" (instance $e))'
        if work_export
        else ""
    )
    guarded = (
        f'(core module $g (func (export "f") {guard})) (core instance $gi (instantiate $g)) '
        '(func $gf (canon lift (core func $gi "f"))) (export "harness-anchor" (func $gf))'
        if guard is not None
        else ""
    )
    text = f"""
(component
 (import "harness:boxed/host@{version}" (instance $h
   (export "script" (func (result string))) (export "trace" (func (param "lines" string)))))
 {imported}
 (core {MEMORY.strip()[1:]}
 (core instance $mem (instantiate $mem))
 (alias export $h "script" (func $sf)) (alias export $h "trace" (func $tf))
 (core func $script (canon lower (func $sf) (memory (core memory $mem "m")) (realloc (core func $mem "realloc"))))
 (core func $trace (canon lower (func $tf) (memory (core memory $mem "m"))))
 {lowered}
 (core instance $env (export "memory" (memory $mem "m")) (export "script" (func $script)) (export "trace" (func $trace))
   (export "work" (func $work)))
 (core {INTERPRETER.strip()[1:].replace("module", "module $int", 1)}
 (core instance $i (instantiate $int (with "env" (instance $env))))
 {exported}
 {guarded}
 (func $run (canon lift (core func $i "run")))
 (func $finish (canon lift (core func $i "finish")))
 (instance $c (export "run" (func $run)) (export "finish" (func $finish)))
 (export "harness:boxed/control@{version}" (instance $c)))"""
    return bytes(wasmtime.wat2wasm(text))

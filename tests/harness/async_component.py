"""A component with every asynchronous built-in that traps are about, and a function whose body a test gives."""

from __future__ import annotations

_CALLEE = """(component $Callee
  (type $S (stream ELEMENT)) (type $F (future ELEMENT))
  (core func $return (canon task.return))
  (core module $M
    (import "" "return" (func $return)) (global $turns (mut i32) (i32.const 0))
    (func (export "yields") (result i32) (i32.const 1))
    (func (export "goes-on") (param i32 i32 i32) (result i32)
      (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
      (if (i32.lt_u (global.get $turns) (i32.const 3)) (then (return (i32.const 1))))
      (call $return) (i32.const 0))
    (func (export "takes") (param i32)))
  (core instance $m (instantiate $M (with "" (instance (export "return" (func $return))))))
  (func (export "slow") async (canon lift (core func $m "yields") async (callback (core func $m "goes-on"))))
  (func (export "stream") (param "end" $S) (canon lift (core func $m "takes")))
  (func (export "future") (param "end" $F) (canon lift (core func $m "takes"))))"""

_BUILT_INS = {
    "return": ("task.return", ""),
    "return-other": ("task.return (result u32)", "(param i32)"),
    "cancel": ("task.cancel", ""),
    "set": ("waitable-set.new", "(result i32)"),
    "wait": ("waitable-set.wait (memory $memory)", "(param i32 i32) (result i32)"),
    "drop-set": ("waitable-set.drop", "(param i32)"),
    "join": ("waitable.join", "(param i32 i32)"),
    "cancel-subtask": ("subtask.cancel", "(param i32) (result i32)"),
    "drop-subtask": ("subtask.drop", "(param i32)"),
    "inc": ("backpressure.inc", ""),
    "dec": ("backpressure.dec", ""),
    "stream": ("stream.new $S", "(result i64)"),
    "read": ("stream.read $S async OPTIONS", "(param i32 i32 i32) (result i32)"),
    "read-now": ("stream.read $S OPTIONS", "(param i32 i32 i32) (result i32)"),
    "write": ("stream.write $S async OPTIONS", "(param i32 i32 i32) (result i32)"),
    "stop-read": ("stream.cancel-read $S", "(param i32) (result i32)"),
    "stop-write": ("stream.cancel-write $S", "(param i32) (result i32)"),
    "drop-r": ("stream.drop-readable $S", "(param i32)"),
    "drop-w": ("stream.drop-writable $S", "(param i32)"),
    "future": ("future.new $F", "(result i64)"),
    "read-f": ("future.read $F async OPTIONS", "(param i32 i32) (result i32)"),
    "write-f": ("future.write $F async OPTIONS", "(param i32 i32) (result i32)"),
    "drop-rf": ("future.drop-readable $F", "(param i32)"),
    "drop-wf": ("future.drop-writable $F", "(param i32)"),
    "other-read-f": ("future.read $G async OPTIONS", "(param i32 i32) (result i32)"),
}
_LOWERED = {
    "slow": ("async", "(result i32)"),
    "slow-now": ("", ""),
    "give": ("", "(param i32)"),
    "give-f": ("", "(param i32)"),
}
_CALLED = {"slow": "slow", "slow-now": "slow", "give": "stream", "give-f": "future"}


def component(body: str, now: str = "", element: str = "u8") -> str:
    """`run`, an asynchronous export whose code is `body`; `now`, a synchronous one with the code `now`.

    Built-ins have their names in `_BUILT_INS`; streams and futures carry `element`. Handles count from 1, a readable
    end comes before its writable end. `slow` returns after three turns.
    """
    names = [*_BUILT_INS, *_LOWERED]
    types = {name: type for name, (_, type) in (_BUILT_INS | _LOWERED).items()}
    options = "(memory $memory) (realloc $realloc)"
    defined = "\n".join(
        f"(core func ${name} (canon {canon.replace('OPTIONS', options)}))" for name, (canon, _) in _BUILT_INS.items()
    )
    lowered = "\n".join(
        f"(core func ${name} (canon lower (func $callee {_CALLED[name]!r}) {how} (memory $memory)))".replace("'", '"')
        for name, (how, _) in _LOWERED.items()
    )
    imports = "\n".join(f'(import "" "{name}" (func ${name} {types[name]}))' for name in names)
    exports = " ".join(f'(export "{name}" (func ${name}))' for name in names)
    return f"""(component {_CALLEE.replace("ELEMENT", element)}
  (instance $callee (instantiate $Callee))
  (core module $L (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $l (instantiate $L))
  (alias core export $l "memory" (core memory $memory)) (alias core export $l "realloc" (core func $realloc))
  (type $S (stream {element})) (type $F (future {element})) (type $G (future u64))
  {defined} {lowered}
  (core module $M {imports}
    (func (export "run") (result i32) {body})
    (func (export "event") (param $event i32) (param $handle i32) (param $payload i32) (result i32) unreachable)
    (func (export "now") {now}))
  (core instance $m (instantiate $M (with "" (instance {exports}))))
  (func (export "run") async (canon lift (core func $m "run") async (callback (core func $m "event"))))
  (func (export "now") (canon lift (core func $m "now"))))"""


BLOCKING_START = """(component
  (component $Callee
    (core module $M (func (export "f") (result i32) (i32.const 1))
      (func (export "g") (param i32 i32 i32) (result i32) (i32.const 1)))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "g")))))
  (component $Caller
    (import "f" (func $f async)) (core func $g (canon lower (func $f)))
    (core module $M (import "" "f" (func $f)) (start $f))
    (core instance (instantiate $M (with "" (instance (export "f" (func $g)))))))
  (instance $callee (instantiate $Callee))
  (instance (instantiate $Caller (with "f" (func $callee "f")))))"""
"""A core start function that blocks, which an engine must trap."""

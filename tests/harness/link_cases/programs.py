"""A link case that passes, as text, and its verdict."""

from __future__ import annotations

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.judge.verdict import Verdict
from harness.link_cases.examine import examine_link_case
from harness.link_cases.prepare import prepare
from harness.suite.link_case import parse_link_case

HEAD = 'title = "t"\nwhy = "w"\norigin = "own"\n'
WORLD = """
package a:b;
interface notes { note: func(text: string, number: s8); }
world w {
  import log: func(x: u32);
  import notes;
  export run: func(x: s8) -> u32;
  export tell: func();
  export say: func() -> string;
}
"""
LIBRARY = r"""
(module (@dylink.0 (mem-info (memory 16 2)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "$root" "log" (func $log (param i32)))
  (import "a:b/notes" "note" (func $note (param i32 i32 i32)))
  (data (global.get $base) "hello")
  (func (export "__wasm_call_ctors") (call $log (i32.const 7)))
  (func (export "run") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then unreachable))
    (i32.sub (i32.const 0) (local.get 0)))
  (func (export "tell") (call $note (global.get $base) (i32.const 2) (i32.const -3)))
  (func (export "say") (result i32)
    (i32.store offset=8 (global.get $base) (global.get $base))
    (i32.store offset=12 (global.get $base) (i32.const 5))
    (i32.add (global.get $base) (i32.const 8))))
"""
STEPS = """
[[step]]
call = "run"
args = ["-5"]
result = "5"
[[step]]
call = "tell"
logs = ['a:b/notes#note("he", -3)']
[[step]]
call = "run"
args = ["0"]
trap = "unreachable"
[[step]]
call = "say"
result = '"hello"'
"""


def file(
    steps: str = STEPS, wit: str = WORLD, wat: str = LIBRARY, head: str = HEAD + 'starts = ["log(7)"]\n', more: str = ""
) -> str:
    return f"{head}wit = '''{wit}'''\n{more}[[library]]\nname = \"libapp.so\"\nwat = '''{wat}'''\n{steps}"


def verdict(bench: Workbench, text: str) -> Verdict:
    case = parse_link_case(text, "p.toml")
    return examine_link_case(bench, "p", case, prepare(case), Options(artifacts=None))

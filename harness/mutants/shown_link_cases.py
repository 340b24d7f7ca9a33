"""Link cases that each show several mutants."""

from __future__ import annotations

_LIBRARY = """
[[library]]
name = "libapp.so"
world = "w"
wat = '''
(module (@dylink.0 (mem-info (memory 4096 4)) (needed "libother.so"))
  (import "env" "memory" (memory 1))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
  (import "[export]m:hooks/things" "[resource-new]thing" (func $new (param i32) (result i32)))
  (import "[export]m:hooks/things" "[resource-drop]thing" (func $drop (param i32)))
  (import "[export]$root" "[task-return]wait" (func $return))
  (global $next (mut i32) (i32.const 16))
  (func $note (param $letter i32)
    (i32.store8 (i32.add (global.get $base) (global.get $next)) (local.get $letter))
    (global.set $next (i32.add (global.get $next) (i32.const 1))))
  HOOKS
  (func (export "__wasm_apply_data_relocs") (call $note (i32.const 82)))
  (func (export "__wasm_call_ctors") (call $note (i32.const 67)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (call $note (i32.const 114)) (i32.add (global.get $base) (i32.const 2048)))
  (func (export "m:hooks/things#drop-one") (call $note (i32.const 111)) (call $drop (call $new (i32.const 100))))
  (func (export "m:hooks/things#[dtor]thing") (param i32) (call $note (local.get 0)))
  (func (export "stack") (result i32) (call $note (i32.const 115)) (global.get $stack))
  (func (export "[async-lift]wait") (result i32) (call $note (i32.const 97)) (i32.const 1))
  (func (export "[callback][async-lift]wait") (param i32 i32 i32) (result i32)
    (call $note (i32.const 98)) (call $return) (i32.const 0))
  (func (export "notes") (param i32 i32) (result i32)
    (call $note (i32.const 110))
    (i32.store (global.get $base) (i32.add (global.get $base) (i32.const 16)))
    (i32.store (i32.add (global.get $base) (i32.const 4)) (i32.sub (global.get $next) (i32.const 16)))
    (global.get $base))
  (func (export "cabi_post_notes") (param i32) (call $note (i32.const 112))))
'''

[[library]]
name = "libother.so"
wat = '''
(module (@dylink.0)
  OTHERS
  (func (export "__wasm_call_ctors")))
'''
"""

_WIT = """
package m:hooks;
interface things { resource thing; drop-one: func(); }
world w {
  export things; export stack: func() -> u32; export wait: async func(); export notes: func(x: string) -> string;
}
"""

_STEPS = """
[[step]]
call = "stack"
result = "{stack}"

[[step]]
call = "wait"

[[step]]
call = "m:hooks/things#drop-one"

[[step]]
call = "notes"
args = ['"x"']
result = '"{first}"'

[[step]]
call = "notes"
args = ['"x"']
result = '"{first}{second}"'
"""


def _link_case(title: str, hooks: str, others: str, steps: str) -> str:
    library = _LIBRARY.replace("HOOKS", hooks.strip()).replace("OTHERS", others.strip())
    return f"title = \"{title}\"\nwhy = \"Each entry is told.\"\norigin = \"own\"\nwit = '''{_WIT}'''\n{library}{steps}"


_THREAD_LOCAL = """
title = "Thread-local storage"
why = "Each library has its own address."
origin = "own"
wit = '''
package m:tls;
world both { export first: func() -> u32; export second: func() -> u32; }
world first { export first: func() -> u32; }
world second { export second: func() -> u32; }
'''
world = "both"
"""

_WITH_STORAGE = """
[[library]]
name = "lib{name}.so"
world = "{name}"
wat = '''
(module (@dylink.0 (mem-info (memory 16 3)) {needed})
  (import "env" "memory" (memory 1))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__wasm_get_tls_base" (func $get (result i32)))
  (import "env" "__wasm_set_tls_base" (func $set (param i32)))
  (global (export "__wasm_library_tls_info") i32 (i32.const 8))
  (func (export "__wasm_call_ctors") (call $set (global.get $base)) (i32.store (call $get) (i32.const {value})))
  (func (export "{name}") (result i32) (i32.load (call $get))))
'''
"""

_READ_STORAGE = """
[[step]]
call = "first"
result = "11"

[[step]]
call = "second"
result = "22"
"""

_GENERATED = """
[[library]]
name = "lib{world}.so"
world = "{world}"
wat = '''
(module (@dylink.0 {needed})
  {imports}
  (import "env" "wit_dylib_initialize" (func $initialize (param i32)))
  (import "env" "wit_dylib_export_call" (func $call (param i32) (result i32)))
  (func (export "__wasm_call_ctors") (call $initialize (i32.const {number})))
  {exports})
'''
"""

_INTERPRETER = """
[[library]]
name = "libinterpreter.so"
world = "native"
wat = '''
(module (@dylink.0)
  (global $world (mut i32) (i32.const 0))
  (func (export "wit_dylib_initialize") (param i32) (global.set $world (local.get 0)))
  (func $call (export "wit_dylib_export_call") (param i32) (result i32)
    (i32.add (global.get $world) (local.get 0)))
  (func (export "run") (result i32) (call $call (i32.const 1))))
'''
"""

_GENERATED_WORLDS = """
title = "Generated libraries"
why = "Each gives the interpreter its world."
origin = "own"
wit = '''
package m:generated;
world native { export run: func() -> u32; }
world one { export first: func() -> u32; }
world two { export second: func() -> u32; }
world imports { import log: func(x: u32); }
world refused { include native; include one; include two; }
world native-and-imports { include native; include imports; }
'''
"""


def _generated(world: str, number: int, imports: str = "", exports: str = "") -> str:
    return _GENERATED.format(
        world=world, number=number, needed='(needed "libinterpreter.so")', imports=imports, exports=exports
    )


_STACKFUL = """title = "A task hook about an asynchronous export without a callback"
why = "It is entered and left once."
origin = "own"
wit = "package m:hooks; world w { import log: func(x: u32); export run: async func() -> u32; }"

[[library]]
name = "libapp.so"
wat = '''
(module (@dylink.0)
  (import "$root" "log" (func $log (param i32)))
  (import "[export]$root" "[task-return]run" (func $return (param i32)))
  (func (export "__wasm_task_hook") (param i32) (call $log (local.get 0)))
  (func (export "[async-lift-stackful]run") (call $log (i32.const 100)) (call $return (i32.const 7))))
'''

[[step]]
call = "run"
result = "7"
logs = ["log(2)", "log(100)", "log(5)"]
"""

_GIVEN = """
[[library]]
name = "libNAME.so"
world = "NAME"
wat = '''
(module (@dylink.0 (mem-info (memory 32 2)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "$root" "give" (func $give (param i32)))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.add (global.get $base) (i32.const 16)))
  (func (export "NAME") (result i32)
    (call $give (global.get $base)) (i32.sub (i32.load (global.get $base)) (global.get $base))))
'''
"""

_STRINGS_FROM_IMPORTS = """title = "Strings from imports"
why = "Each library allocates what its imports return."
origin = "own"
world = "whole"
wit = '''
package m:given;
world one { import give: func() -> string; export one: func() -> u32; }
world two { import give: func() -> string; export two: func() -> u32; }
world whole { import give: func() -> string; export one: func() -> u32; export two: func() -> u32; }
'''
"""

_GIVEN_STEPS = """
[[step]]
call = "one"
result = "16"
logs = ["give()"]

[[step]]
call = "two"
result = "16"
logs = ["give()"]
"""

LINK_CASES = {
    "strings-from-imports": _STRINGS_FROM_IMPORTS
    + _GIVEN.replace("NAME", "one")
    + _GIVEN.replace("NAME", "two")
    + _GIVEN_STEPS,
    "two-generated": _GENERATED_WORLDS
    + 'world = "refused"\nrefusal = "knows only the last one"\n'
    + _generated("one", 100, exports='(func (export "first") (result i32) (call $call (i32.const 0)))')
    + _generated("two", 200, exports='(func (export "second") (result i32) (call $call (i32.const 0)))')
    + _INTERPRETER,
    "native-exports": _GENERATED_WORLDS
    + 'world = "native-and-imports"\n'
    + _generated("imports", 300, imports='(import "$root" "log" (func $log (param i32)))')
    + _INTERPRETER
    + '[[step]]\ncall = "run"\nresult = "301"\n',
    "thread-local": _THREAD_LOCAL
    + _WITH_STORAGE.format(name="first", value=11, needed='(needed "libsecond.so")')
    + _WITH_STORAGE.format(name="second", value=22, needed="")
    + _READ_STORAGE,
    "hooked": _link_case(
        "A task hook",
        """
  (func (export "__wasm_task_hook") (param $point i32)
    (call $note (i32.add (i32.const 48) (local.get $point)))
    (global.set $stack (i32.add (i32.const 4096) (i32.mul (local.get $point) (i32.const 16)))))
""",
        '(func (export "__wasm_task_hook") (param i32))',
        _STEPS.format(stack=4096, first="R6C70s12a43b50o8d91<r=0n", second="p1<r=0n"),
    ),
    "hooked-stackful": _STACKFUL,
    "initialised": _link_case(
        "Hooks of the earlier generation",
        """
  (func (export "__wasm_init_task") (call $note (i32.const 84)) (global.set $stack (i32.const 8192)))
  (func (export "__wasm_init_async_task") (call $note (i32.const 65)))
""",
        '(func (export "__wasm_init_task"))',
        _STEPS.format(stack=8192, first="RTCTsAabTodrTn", second="prTn"),
    ),
}

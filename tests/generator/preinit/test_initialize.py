"""Pre-initialised components in the engine: they begin where initialisation ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.preinit import snapshot
from generator.preinit.errors import PreinitError
from generator.preinit.initialize import initialize
from generator.preinit.kept_pages import PAGE_SIZE
from generator.preinit.snapshot import InitOptions
from generator.processes.limited import Completed, run
from tests.generator.preinit.components import answers, component, counter

INIT = InitOptions("init")


def initialized(binary: bytes, options: InitOptions = INIT) -> bytes:
    return initialize(binary, options)[0]


GLOBALS = {
    # type: the value that init stores, how `get` answers it
    "i32": ("i32.const -7", "global.get $g", "s32", -7),
    "i64": ("i64.const 0x8000000000000001", "global.get $g", "u64", 0x8000000000000001),
    "f32": ("f32.const -nan:0x200001", "(i32.reinterpret_f32 (global.get $g))", "u32", 0xFFA00001),
    "f64": ("f64.const 0x1.8p+900", "global.get $g", "f64", float.fromhex("0x1.8p+900")),
    "v128": ("v128.const i64x2 5 -6", "(i64x2.extract_lane 1 (global.get $g))", "s64", -6),
}


@pytest.mark.parametrize("type", GLOBALS)
def test_globals_keep_their_bits(type: str) -> None:
    value, get, result, expected = GLOBALS[type]
    core_result = {"s32": "i32", "u32": "i32", "s64": "i64", "u64": "i64", "f64": "f64"}[result]
    zero = "v128.const i64x2 0 0" if type == "v128" else f"{type}.const 0"
    binary = counter(
        f"""
        (global $g (mut {type}) ({zero}))
        (global $constant i32 (i32.const 3))
        (func (export "init") (global.set $g ({value})))
        (func (export "get") (result {core_result}) {get})""",
        results=result,
    )
    assert answers(binary, "get") == [0]
    assert answers(initialized(binary), "get") == [expected]


def test_memory_keeps_contents_size_and_zeros() -> None:
    """Initialisation grows the memory, writes on both sides of a page and clears what a data segment had."""
    binary = counter("""
        (memory 1 4)
        (data (i32.const 100) "\\01\\02\\03\\04")
        (func (export "init")
          (drop (memory.grow (i32.const 1)))
          (i32.store (i32.const 100) (i32.const 0))
          (i32.store (i32.const 65534) (i32.const 0x01020304))
          (i32.store8 (i32.const 131071) (i32.const 9)))
        (func (export "get") (result i32)
          (i32.add
            (i32.mul (memory.size) (i32.const 100000000))
            (i32.add (i32.load (i32.const 100))
              (i32.add (i32.load (i32.const 65534)) (i32.load8_u (i32.const 131071))))))""")
    assert answers(initialized(binary), "get") == [200_000_000 + 0x01020304 + 9]


PLACES = (0, 7, 8, 63, 64, 32_768, 65_472, 65_535)
"""Bytes of a page: at its ends, and at the ends of what is compared with zero at once."""


def test_only_pages_with_something_else_than_zeros_are_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other page has one byte; it may be anywhere."""
    sizes = []

    def watched(command: list[str], content: bytes, *, seconds: int, engine: bool) -> Completed:
        done = run(command, content, seconds=seconds, engine=engine)
        sizes.append(len(done.output))
        return done

    monkeypatch.setattr(snapshot, "run", watched)
    at = [2 * number * PAGE_SIZE + place for number, place in enumerate(PLACES)]
    stores = "".join(f"(i32.store8 (i32.const {address}) (i32.const 1))" for address in at)
    sum_of_all = "".join(f"(i32.add (i32.load8_u (i32.const {address})) " for address in at)
    binary = counter(f"""
        (memory 40)
        (func (export "init") {stores})
        (func (export "get") (result i32) {sum_of_all} (memory.size) {")" * len(at)})""")
    assert answers(initialized(binary), "get") == [40 + len(PLACES)]
    assert 0 <= sizes[0] - len(PLACES) * PAGE_SIZE < PAGE_SIZE


def test_start_functions_do_not_run_again() -> None:
    binary = counter("""
        (global $g (mut i32) (i32.const 0))
        (func $up (global.set $g (i32.add (global.get $g) (i32.const 1))))
        (start $up)
        (func (export "init") (call $up))
        (func (export "get") (result i32) (global.get $g))""")
    assert answers(initialized(binary), "get") == [2]


def test_what_runs_later_goes_on_from_there_and_instances_share_nothing() -> None:
    binary = counter("""
        (global $g (mut i32) (i32.const 0))
        (func (export "init") (global.set $g (i32.add (global.get $g) (i32.const 1))))
        (func (export "get") (result i32) (global.get $g))""")
    made = initialized(binary)
    assert answers(made, "init", "init", "get")[-1] == 3
    assert answers(made, "get") == [1]


def test_again() -> None:
    """A pre-initialised component can be initialised again."""
    binary = counter("""
        (memory 1)
        (func (export "init") (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 5))))
        (func (export "get") (result i32) (i32.load (i32.const 8)))""")
    assert answers(initialized(initialized(binary)), "get") == [10]


def test_segments_that_code_names_keep_their_numbers() -> None:
    """An active segment before a passive one, which `get` copies."""
    binary = counter("""
        (memory 1)
        (data $active (i32.const 0) "\\07\\07\\07\\07")
        (data $passive "\\01\\00\\00\\00")
        (func (export "init") (i32.store (i32.const 0) (i32.const 40)))
        (func (export "get") (result i32)
          (memory.init $passive (i32.const 4) (i32.const 0) (i32.const 4))
          (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 4))))""")
    assert answers(initialized(binary), "get") == [41]


def test_several_modules_and_memories() -> None:
    """The second module writes into the first one's memory by an active segment, a start function and `init`; it has
    two memories of its own."""
    binary = component("""
(component
  (core module $a (memory (export "m") 1) (global (export "g") (mut i32) (i32.const 1)))
  (core instance $a (instantiate $a))
  (core module $b
    (import "a" "m" (memory $theirs 1))
    (import "a" "g" (global $g (mut i32)))
    (memory $one 1) (memory $two 1)
    (data (memory $theirs) (i32.const 0) "\\01\\00\\00\\00")
    (data (memory $two) (i32.const 8) "\\02\\00\\00\\00")
    (func $start (i32.store $theirs (i32.const 4) (i32.const 3)))
    (start $start)
    (func (export "init")
      (i32.store $theirs (i32.const 0) (i32.const 100))
      (i32.store $one (i32.const 0) (i32.const 1000))
      (i32.store $two (i32.const 0) (i32.const 10000))
      (global.set $g (i32.const 100000)))
    (func (export "get") (result i32)
      (i32.add (i32.add (i32.add (i32.load $theirs (i32.const 0)) (i32.load $theirs (i32.const 4)))
          (i32.add (i32.load $one (i32.const 0)) (i32.load $two (i32.const 0))))
        (i32.add (i32.load $two (i32.const 8)) (global.get $g)))))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (func (export "init") (canon lift (core func $b "init")))
  (func (export "get") (result u32) (canon lift (core func $b "get"))))""")
    assert answers(binary, "get") == [1 + 3 + 2 + 1]
    assert answers(initialized(binary), "get") == [100 + 3 + 1000 + 10000 + 2 + 100000]


def test_only_modules_with_state_change() -> None:
    binary = component("""
(component
  (core module $plain (func (export "f") (result i32) (i32.const 5)))
  (core instance $plain (instantiate $plain))
  (core module $m (global $g (mut i32) (i32.const 0)) (func (export "init") (global.set $g (i32.const 1))))
  (core instance $i (instantiate $m))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "five") (result u32) (canon lift (core func $plain "f")))
  (@producers (processed-by "x" "1")))""")
    made = initialized(binary)
    changed = binary.replace(b"\x7f\x01\x41\x00\x0b", b"\x7f\x01\x41\x01\x0b")
    assert made == changed != binary


def test_an_interface_function_and_the_environment(tmp_path: Path) -> None:
    binary = component("""
(component
  (import "wasi:cli/environment@0.2.0" (instance $env
    (export "get-environment" (func (result (list (tuple string string)))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $end (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32)
      (local.set 4 (i32.and (i32.add (global.get $end) (i32.const 7)) (i32.const -8)))
      (global.set $end (i32.add (local.get 4) (local.get 3)))
      (local.get 4)))
  (core instance $memory (instantiate $memory))
  (core func $get (canon lower (func $env "get-environment")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $m
    (import "e" "get" (func $get (param i32)))
    (import "e" "memory" (memory 1))
    (func (export "init") (call $get (i32.const 0)))
    (func (export "get") (result i32) (i32.load (i32.const 4))))
  (core instance $e (export "get" (func $get)) (export "memory" (memory $memory "memory")))
  (core instance $i (instantiate $m (with "e" (instance $e))))
  (func $init (canon lift (core func $i "init")))
  (instance $x (export "init" (func $init)))
  (export "a:b/x" (instance $x))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))""")
    options = InitOptions("a:b/x#init", (("A", "1"), ("B", "2")), ((str(tmp_path), "/"),))
    assert answers(initialized(binary, options), "get") == [2]


TRAPS = {
    "(unreachable)": "wasm trap: wasm `unreachable` instruction executed",
    "(i32.store (i32.const -1) (i32.const 0))": "out of bounds memory access",
    "(drop (memory.grow (i32.const 65535))) (i32.store (i32.const 65536) (i32.const 0))": "out of bounds memory access",
    "(loop (br 0))": "did not end within 2 seconds",
}


@pytest.mark.parametrize("body", TRAPS)
def test_an_initialisation_that_fails(body: str) -> None:
    binary = counter(f"""(memory 1) (func (export "init") {body}) (func (export "get") (result i32) (i32.const 0))""")
    with pytest.raises(PreinitError, match="`init` cannot be run: ") as caught:
        initialize(binary, InitOptions("init", seconds=2 if "loop" in body else 60))
    assert TRAPS[body] in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "the component exports no function nothing"),
        ("a:b/x#init", "the component exports no interface a:b/x"),
        ("get", "it has parameters or a result"),
    ],
)
def test_functions_that_cannot_be_run(name: str, message: str) -> None:
    binary = counter("""(func (export "init")) (func (export "get") (result i32) (i32.const 0))""")
    with pytest.raises(PreinitError, match=message):
        initialize(binary, InitOptions(name))


def test_an_import_that_nobody_implements_traps_only_when_it_is_called() -> None:
    text = """
(component
  (import "f" (func $f))
  (import "a:b/c" (instance $c (export "r" (type $r (sub resource))) (export "g" (func (param "x" (own $r))))))
  (core func $f (canon lower (func $f)))
  (core module $m
    (import "e" "f" (func $f)) (global $g (mut i32) (i32.const 0))
    (func (export "init") (global.set $g (i32.const 1)))
    (func (export "calls") (call $f))
    (func (export "get") (result i32) (global.get $g)))
  (core instance $i (instantiate $m (with "e" (instance (export "f" (func $f))))))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "calls") (canon lift (core func $i "calls")))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))"""
    assert answers(initialized(component(text)), "get") == [1]
    with pytest.raises(
        PreinitError, match="`calls` cannot be run: it calls the import f, which is not there during initialisation"
    ):
        initialize(component(text), InitOptions("calls"))


MAPS = """
(component
  (import "a:b/c" (instance $c (type $of (map u8 string)) (export "m" (type $m (eq $of)))
    (export "g" (func (param "x" $m) (result $m)))))
  (alias export $c "m" (type $m))
  (import "n" (type (eq $m)))
  (core module $m
    (global $g (mut i32) (i32.const 0))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16))
    (func (export "init") (global.set $g (i32.const 1)))
    (func (export "takes") (param i32 i32))
    (func (export "gives") (result i32) (i32.const 0))
    (func (export "get") (result i32) (global.get $g)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (type $map (map u8 string))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "takes") (param "x" $map)
    (canon lift (core func $i "takes") (memory $memory) (realloc $realloc)))
  (func (export "gives") (result $map) (canon lift (core func $i "gives") (memory $memory)))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))"""


def test_imports_with_types_that_the_package_wasmtime_does_not_know() -> None:
    """Of an interface and of the component itself; nobody has to implement a type."""
    made, _ = initialize(component(MAPS), InitOptions("init"))
    assert b"\x7f\x01\x41\x01\x0b" in made


@pytest.mark.parametrize("name", ["takes", "gives"])
def test_functions_with_such_types_cannot_be_run(name: str) -> None:
    with pytest.raises(PreinitError, match="it has parameters or a result"):
        initialize(component(MAPS), InitOptions(name))


HTTP = """
(component
  (import "wasi:io/streams@0.2.0" (instance $streams (export "input-stream" (type (sub resource)))))
  (alias export $streams "input-stream" (type $stream))
  (import "wasi:http/types@0.2.0" (instance
    (export "incoming-body" (type $body (sub resource)))
    (export "[method]incoming-body.stream" (func (param "self" (borrow $body)) (result (result (own $stream)))))))
  {further}
  (core module $m
    (global $g (mut i32) (i32.const 0))
    (func (export "init") (global.set $g (i32.const 1))))
  (core instance $i (instantiate $m))
  (func (export "init") (canon lift (core func $i "init"))))"""


def test_http_without_the_network() -> None:
    """Its types use resources of WASI that the engine implements."""
    made, _ = initialize(component(HTTP.replace("{further}", "")), InitOptions("init"))
    assert b"\x7f\x01\x41\x01\x0b" in made
    outgoing = HTTP.replace("{further}", '(import "wasi:http/outgoing-handler@0.2.0" (instance))')
    with pytest.raises(PreinitError, match=r"it imports wasi:http/outgoing-handler@0\.2\.0, which would give its init"):
        initialize(component(outgoing), InitOptions("init"))


ASYNCHRONOUS = """
(component
  (import {import})
  (core func $f (canon lower (func $f)))
  (core module $m (import "e" "f" (func $f)) (global $g (mut i32) (i32.const 0))
    (func (export "init") (global.set $g (i32.const 6)) (if (i32.const {calls}) (then (call $f))))
    (func (export "get") (result i32) (global.get $g)))
  (core instance $i (instantiate $m (with "e" (instance (export "f" (func $f))))))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))"""


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ('(import "f" (func $f async))', "f"),
        ('(import "a:b/c" (instance $c (export "f" (func async)))) (alias export $c "f" (func $f))', "a:b/c#f"),
    ],
)
def test_an_asynchronous_import_that_nobody_implements(imported: str, name: str) -> None:
    text = ASYNCHRONOUS.replace("(import {import})", imported)
    made = initialized(component(text.replace("{calls}", "0")))
    assert b"\x7f\x01\x41\x06\x0b" in made
    with pytest.raises(PreinitError, match=f"it calls the import {name}, which is not there during initialisation"):
        initialized(component(text.replace("{calls}", "1")))


def test_wasi_and_an_asynchronous_import_together_are_refused() -> None:
    imported = """
        (import "wasi:random/random@0.2.0" (instance (export "get-random-u64" (func (result u64)))))
        (import "a:b/c" (instance $c (export "f" (func async)))) (alias export $c "f" (func $f))"""
    text = ASYNCHRONOUS.replace("(import {import})", imported).replace("{calls}", "0")
    with pytest.raises(PreinitError) as caught:
        initialized(component(text))
    assert str(caught.value).endswith("WASI and an asynchronous function, which is not supported together: a:b/c#f")


OFF = {
    # what a component has: the feature
    "(type $t (list u8 4))": "fixed-length lists",
    "(type $t (component (type (list u8 4))))": "fixed-length lists",
    "(core func $e (canon error-context.drop))": "error-context",
    "(core func $e (canon thread.index))": "threading",
    "(core module $n (type $f (func)) (type $c (cont $f)))": "stack switching",
    "(core module $n (memory 1) (func (memory.discard (i32.const 0) (i32.const 0))))": "memory control",
}


@pytest.mark.parametrize("item", OFF)
def test_a_feature_that_cannot_be_turned_on_is_named(item: str) -> None:
    """Before anything runs: `init` would not end."""
    binary = component(f"""
(component {item}
  (core module $m (global $g (mut i32) (i32.const 0)) (func (export "init") (loop (br 0))))
  (core instance $i (instantiate $m))
  (func (export "init") (canon lift (core func $i "init"))))""")
    with pytest.raises(PreinitError) as caught:
        initialize(binary, InitOptions("init", seconds=60))
    said = str(caught.value)
    assert f"`init` cannot be run: it needs the feature {OFF[item]}, which `component init` cannot turn on" in said
    assert "offset" not in said


ON = {
    # what `init` does: with which definitions of the module
    "(drop (i64.add128 (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1))) drop": "",
    "(return_call $f)": "(func $f)",
    "(drop (i32.atomic.load (i32.const 0)))": "(memory 1)",
    "(block $b (try_table (catch_all $b) (throw $t)))": "(tag $t)",
    "(drop (struct.new_default $s))": "(type $s (struct (field i32)))",
    "(call_ref $t (ref.func $f))": "(type $t (func)) (func $f) (elem declare func $f)",
    "(drop (f32x4.relaxed_min (v128.const i64x2 0 0) (v128.const i64x2 0 0)))": "",
}


@pytest.mark.parametrize("body", ON)
def test_features_of_core_modules_that_are_on(body: str) -> None:
    binary = counter(f"""
        {ON[body]} (global $g (mut i32) (i32.const 0))
        (func (export "init") (global.set $g (i32.const 4)) {body})
        (func (export "get") (result i32) (global.get $g))""")
    assert b"\x7f\x01\x41\x04\x0b" in initialized(binary)


def test_a_fault_of_the_engines_process_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_CHILD", "raise TypeError('missing')")
    with pytest.raises(RuntimeError, match=r"(?s)fault of its own: .*TypeError: missing"):
        initialized(counter("""(func (export "init")) (func (export "get") (result i32) (i32.const 0))"""))


def test_features_that_the_engine_has_by_request_only() -> None:
    """A map, here in a type that nothing else uses."""
    binary = component("""
(component
  (type $t (map string u32))
  (core module $m (global $g (mut i32) (i32.const 0))
    (func (export "init") (global.set $g (i32.const 4))) (func (export "get") (result i32) (global.get $g)))
  (core instance $i (instantiate $m))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "get") (result u32) (canon lift (core func $i "get"))))""")
    made = initialized(binary)
    assert made == binary.replace(b"\x7f\x01\x41\x00\x0b", b"\x7f\x01\x41\x04\x0b") != binary


def test_a_start_function_that_calls_such_an_import() -> None:
    binary = component("""
(component
  (import "a:b/c" (instance $c (export "f" (func))))
  (core func $f (canon lower (func $c "f")))
  (core module $m (import "e" "f" (func $f)) (start $f) (func (export "init")))
  (core instance $i (instantiate $m (with "e" (instance (export "f" (func $f))))))
  (func (export "init") (canon lift (core func $i "init"))))""")
    with pytest.raises(PreinitError, match="it calls the import a:b/c#f, which is not there"):
        initialize(binary, INIT)

"""`component init` of a program with WASI 0.1 through Wasmtime's adapter: its environment, preopens, files, clocks and
output during initialisation, and afterwards in stores with another environment and another folder.

The program notes what it sees when it is initialised, and looks again later. `component init` and `wasmtime wizer` must
keep what it noted; what it sees later must come from the new store, and never through a handle of the old one.
"""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import wasmtime
from wasmtime.component import Component, Linker

from generator.preinit import initialize as stages
from generator.preinit import rewrite
from generator.preinit.data_segments import DataSegments
from generator.preinit.initialize import initialize
from generator.preinit.instrument import Instrumented
from generator.preinit.sections import Part, with_sections
from generator.preinit.snapshot import InitOptions, Snapshot, take_snapshot
from harness.binary.wat import with_world
from harness.frontend.front_end import WitText, Worlds
from harness.toolchains.ours import OurToolchain
from harness.toolchains.protocol import Built, Library, LinkOptions
from harness.toolchains.reference_binary import find
from harness.toolchains.wasm_tools import WasmTools
from tests.interpreters.lua.wasmtime_command import wasmtime as wasmtime_command

PREVIEW1 = "wasi_snapshot_preview1"
WIT = """package a:b;
world w {
  export init: func();
  export noted: func() -> string;
  export now: func() -> string;
  export started: func() -> u32;
}
"""
RESET = "(call $reset)"
PROGRAM = """
(module (@dylink.0 (mem-info (memory 8192 4)))
  (import "env" "memory" (memory 0))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
  (import "PREVIEW1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "PREVIEW1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "PREVIEW1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "PREVIEW1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "PREVIEW1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "PREVIEW1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "PREVIEW1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "PREVIEW1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "PREVIEW1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "PREVIEW1" "reset_adapter_state" (func $reset))
  (global $own (mut i32) (i32.const 0))
  (func $at (param i32) (result i32) (i32.add (global.get $base) (local.get 0)))
  (func $ok (param $errno i32) (if (local.get $errno) (then unreachable)))
  (func $see (param $to i32) (result i32)
    (call $ok (call $environ_sizes_get (call $at (i32.const 32)) (call $at (i32.const 36))))
    (call $ok (call $environ_get (call $at (i32.const 128)) (local.get $to)))
    (local.set $to (i32.add (local.get $to) (i32.load (call $at (i32.const 36)))))
    (call $ok (call $clock_time_get (i32.const 0) (i64.const 1) (call $at (i32.const 48))))
    (call $ok (call $clock_time_get (i32.const 1) (i64.const 1) (call $at (i32.const 48))))
    (call $ok (call $fd_prestat_get (i32.const 3) (call $at (i32.const 32))))
    (call $ok (call $fd_prestat_dir_name (i32.const 3) (local.get $to) (i32.load (call $at (i32.const 36)))))
    (local.set $to (i32.add (local.get $to) (i32.load (call $at (i32.const 36)))))
    (call $ok (call $path_open (i32.const 3) (i32.const 0) (call $at (i32.const 4096)) (i32.const 4)
      (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (call $at (i32.const 32))))
    (i32.store (call $at (i32.const 40)) (local.get $to))
    (i32.store (call $at (i32.const 44)) (i32.const 64))
    (call $ok (call $fd_read (i32.load (call $at (i32.const 32)))
      (call $at (i32.const 40)) (i32.const 1) (call $at (i32.const 36))))
    (call $ok (call $fd_close (i32.load (call $at (i32.const 32)))))
    (i32.store (call $at (i32.const 40)) (call $at (i32.const 4112)))
    (i32.store (call $at (i32.const 44)) (i32.const 8))
    (call $ok (call $fd_write (i32.const 1) (call $at (i32.const 40)) (i32.const 1) (call $at (i32.const 48))))
    (i32.add (local.get $to) (i32.load (call $at (i32.const 36)))))
  (func $text (param $at i32) (param $length i32) (result i32)
    (i32.store (call $at (i32.const 16)) (local.get $at))
    (i32.store (call $at (i32.const 20)) (local.get $length))
    (call $at (i32.const 16)))
  (func (export "__wasm_call_ctors")
    (i32.store (call $at (i32.const 0)) (i32.add (i32.load (call $at (i32.const 0))) (i32.const 1))))
  (func (export "init")
    (i32.store (call $at (i32.const 0)) (i32.add (i32.load (call $at (i32.const 0))) (i32.const 10)))
    (global.set $stack (i32.sub (global.get $stack) (i32.const 4096)))
    (drop (memory.grow (i32.const 2)))
    (memory.fill (call $at (i32.const 4200)) (i32.const 0) (i32.const 100))
    (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 1000))
    (global.set $own (i32.sub
      (call $see (call $at (i32.const 1024))) (call $at (i32.const 1024))))
    RESET)
  (func (export "noted") (result i32) (call $text (call $at (i32.const 1024)) (global.get $own)))
  (func (export "now") (result i32)
    (call $text (call $at (i32.const 2048))
      (i32.sub (call $see (call $at (i32.const 2048))) (call $at (i32.const 2048)))))
  (func (export "started") (result i32)
    (i32.add (i32.add (i32.load (call $at (i32.const 0))) (i32.load8_u (call $at (i32.const 4250))))
      (i32.add (i32.and (global.get $stack) (i32.const 0xf000)) (i32.shl (memory.size) (i32.const 20)))))
  (data (i32.add (global.get $base) (i32.const 4096)) "data")
  (data (i32.add (global.get $base) (i32.const 4112)) "printed\\n")
  (data (i32.add (global.get $base) (i32.const 4200)) "FILLED"))
""".replace("PREVIEW1", PREVIEW1).replace("FILLED", "\\64" * 100)


@dataclass(frozen=True)
class Surroundings:
    """What a store gives the program: a variable, a folder and the contents of a file there."""

    name: str
    parent: Path

    @property
    def folder(self) -> Path:
        folder = self.parent / self.name
        folder.mkdir(exist_ok=True)
        (folder / "data").write_text(f"in {self.name}")
        return folder

    @property
    def seen(self) -> str:
        return f"WHO={self.name}\0/{self.name}in {self.name}"

    def init_options(self) -> InitOptions:
        return InitOptions("init", (("WHO", self.name),), ((str(self.folder), f"/{self.name}"),))

    def store(self, engine: wasmtime.Engine) -> wasmtime.Store:
        wasi = wasmtime.WasiConfig()
        wasi.env = [("WHO", self.name)]
        wasi.preopen_dir(str(self.folder), f"/{self.name}")
        store = wasmtime.Store(engine)
        store.set_wasi(wasi)
        return store


@functools.cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"
    return wasmtime.Engine(config)


@functools.lru_cache(maxsize=8)
def _compiled(component: bytes) -> Component:
    return Component(_engine(), component)


CALLS = ("noted", "now", "started", "now")


def answers(component: bytes, around: Surroundings, *calls: str) -> list[object] | str:
    """The results of calls in one new store; a trap is the word `trap`."""
    engine = _engine()
    linker = Linker(engine)
    linker.add_wasip2()
    store = around.store(engine)
    found: list[object] = []
    try:
        instance = linker.instantiate(store, _compiled(component))
        for name in calls:
            function = instance.get_func(store, name)
            assert function is not None, name
            found.append(function(store))
            function.post_return(store)
    except wasmtime.WasmtimeError:
        return "trap"
    return found


@pytest.fixture(scope="module")
def link(adapter: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], bytes]:
    """The program by a linker; what `init` does at its end, in the place of `RESET`."""
    folder = tmp_path_factory.mktemp("linked")
    tools: dict[str, OurToolchain | WasmTools] = {"ours": OurToolchain(), "reference": WasmTools(find(), folder)}
    _, section = Worlds(WitText(WIT, "w.wit")).section("w")

    @functools.cache
    def linked(linker: str, end: str) -> bytes:
        program = Library("libprogram.so", with_world(PROGRAM.replace("RESET", end), section))
        libraries = [program, Library(PREVIEW1, adapter.read_bytes(), adapter=True)]
        made = tools[linker].link(libraries, LinkOptions()).result()
        assert isinstance(made, Built), made
        return made.data

    return linked


@pytest.fixture
def old(tmp_path: Path) -> Surroundings:
    return Surroundings("old", tmp_path)


@pytest.fixture
def new(tmp_path: Path) -> Surroundings:
    return Surroundings("new", tmp_path)


def by_ours(component: bytes, around: Surroundings) -> bytes:
    made, snapshot = initialize(component, around.init_options())
    assert snapshot.printed == "printed\n"
    return made


def by_wizer(component: bytes, around: Surroundings) -> bytes:
    folder = around.parent
    (folder / "app.wasm").write_bytes(component)
    words = ["wizer", "--init-func", "init", "--keep-init-func=true", "app.wasm", "-o", "ready.wasm"]
    given = ["--env", f"WHO={around.name}", "--dir", f"{around.folder}::/{around.name}"]
    command = [str(wasmtime_command(folder)), *words[:1], "-Scli=y", *given, *words[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / "ready.wasm").read_bytes()


TOOLS = {"ours": by_ours, "wizer": by_wizer}


def wrong(component: bytes, ready: bytes, old: Surroundings, new: Surroundings) -> dict[str, object]:
    """In which surroundings `ready`, initialised in `old`, behaves in another way than `component` after its own
    initialisation; in `new`, it has noted what there was in `old`."""
    found: dict[str, object] = {}
    for around in (old, new):
        own = answers(component, around, "init", *CALLS)
        assert isinstance(own, list), own
        assert own[1:3] == [around.seen, around.seen]
        expected = [old.seen, *own[2:]]
        actual = answers(ready, around, *CALLS)
        if actual != expected:
            found[around.name] = actual
    return found


@pytest.mark.parametrize("linker", ["ours", "reference"])
@pytest.mark.parametrize("tool", TOOLS)
def test_it_behaves_as_after_its_own_initialisation(
    link: Callable[[str, str], bytes], old: Surroundings, new: Surroundings, linker: str, tool: str
) -> None:
    component = link(linker, RESET)
    ready = TOOLS[tool](component, old)
    assert wrong(component, ready, old, new) == {}
    assert wrong(component, ready, old, new) == {}, "nothing is left of a store"


@pytest.mark.parametrize("linker", ["ours", "reference"])
@pytest.mark.parametrize("tool", TOOLS)
def test_state_of_the_adapter_that_is_not_reset_is_seen(
    link: Callable[[str, str], bytes], old: Surroundings, new: Surroundings, linker: str, tool: str
) -> None:
    """Handles and copies that are older than the snapshot."""
    ready = TOOLS[tool](link(linker, ""), old)
    found = wrong(link(linker, RESET), ready, old, new)
    assert set(found) == {"old", "new"}


def _forget_globals(found: Snapshot) -> Snapshot:
    return replace(found, globals={})


def _skip_a_page_of_zeros(found: Snapshot) -> Snapshot:
    (place,) = found.memories
    contents = found.memories[place]
    starts = range(0, len(contents), 1 << 16)
    pages = [contents[start : start + (1 << 16)] for start in starts]
    first = next(number for number, page in enumerate(pages) if not any(page))
    return replace(found, memories={place: b"".join(pages[:first] + pages[first + 1 :])})


@pytest.mark.parametrize("fault", [_forget_globals, _skip_a_page_of_zeros])
def test_lost_state_is_seen(
    link: Callable[[str, str], bytes],
    old: Surroundings,
    new: Surroundings,
    fault: Callable[[Snapshot], Snapshot],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def taken(instrumented: Instrumented, options: InitOptions) -> Snapshot:
        return fault(take_snapshot(instrumented, options))

    monkeypatch.setattr(stages, "take_snapshot", taken)
    component = link("ours", RESET)
    assert set(wrong(component, by_ours(component, old), old, new)) == {"old", "new"}


def test_data_that_is_written_twice_is_seen(
    link: Callable[[str, str], bytes], old: Surroundings, new: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DataSegments, "done", lambda self: [segment.raw for segment in self.segments])
    component = link("ours", RESET)
    assert set(wrong(component, by_ours(component, old), old, new)) == {"old", "new"}


def test_an_initialisation_that_runs_again_is_seen(
    link: Callable[[str, str], bytes], old: Surroundings, new: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_start(module: bytes, sections: dict[int, list[Part]]) -> list[Part]:
        return with_sections(module, {id: parts for id, parts in sections.items() if id != rewrite.START})

    monkeypatch.setattr(rewrite, "with_sections", with_start)
    component = link("ours", RESET)
    assert set(wrong(component, by_ours(component, old), old, new)) == {"old", "new"}

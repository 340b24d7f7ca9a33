"""Thread-local storage of libraries: whose address is where, beside what else the linker reserves memory for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime

from generator.component.canon import Builtin, BuiltinOp
from generator.component.read import read_component
from generator.componentize.encoder import componentize
from generator.componentize.plan import CoreExport
from generator.link import Library, LinkOptions, plan_link, read_library
from generator.validate.check import check_component
from generator.wasm.encode import encode_custom
from generator.wasm.types import ValType
from tests.generator.componentize.modules import world_section
from tests.generator.link.running import Running

STORAGE = '(global (export "__wasm_library_tls_info") i32 (i32.const 4))'
IMPORT_INFO = '(import "GOT.mem" "__wasm_program_tls_info" (global $info (mut i32)))'
READ_INFO = """(func (export "info") (param i32) (result i32) (i32.load (i32.add (global.get $info) (local.get 0))))"""
THREAD = '(import "$root" "[thread-new-indirect-v0]" (func (param i32 i32) (result i32)))'
NAMES = ["a.so", "b.so"]


def library(name: str, *parts: str, needed: str = "", openable: bool = False) -> Library:
    """Its functions `get` and `set` are those that the linker gives it."""
    text = f"""(module (@dylink.0 (mem-info (memory 8 2)) {needed}) (import "env" "memory" (memory 1))
      (import "env" "__wasm_get_tls_base" (func $get (result i32)))
      (import "env" "__wasm_set_tls_base" (func $set (param i32)))
      {" ".join(parts)} (func (export "get") (result i32) (call $get))
      (func (export "set") (param i32) (call $set (local.get 0))) (func (export "_start")))"""
    binary = bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section("package a:b; world w {}"))
    return read_library(name, binary, dl_openable=openable)


@pytest.mark.parametrize(
    "options",
    [LinkOptions(), LinkOptions(stack_size=1000), LinkOptions(built_in_libdl=True)],
    ids=["", "stack", "libdl"],
)
@pytest.mark.parametrize("openable", [False, True])
def test_each_has_its_own_address(options: LinkOptions, openable: bool) -> None:
    plan = plan_link(
        [library(NAMES[0], STORAGE), library(NAMES[1], IMPORT_INFO, STORAGE, READ_INFO, openable=openable)], options
    )
    running = Running(plan)
    before = running.memory.read(running.store)
    for number, name in enumerate(NAMES):
        assert running.call(name, "get") == 0
        running.call(name, "set", 0x1111 * (number + 1))
    assert [running.call(name, "get") for name in NAMES] == [0x1111, 0x2222]
    count, infos, addresses = (running.call(NAMES[1], "info", offset) for offset in (0, 4, 8))
    assert count == 2
    after = running.memory.read(running.store)
    changed = [place for place in range(len(after)) if after[place] != before[place]]
    assert set(changed) <= set(range(addresses, addresses + 8)), "nothing else lies there"
    described = [int.from_bytes(after[infos + 4 * number : infos + 4 * number + 4], "little") for number in range(2)]
    bases = [plan_base(running, name) for name in NAMES]
    assert described == [base + 4 for base in bases]


def plan_base(running: Running, library: str) -> int:
    found = running.export(CoreExport("link:main", f"memory_base:{library}"))
    assert isinstance(found, wasmtime.Global)
    value = found.value(running.store)
    assert isinstance(value, int)
    return value


def test_a_library_without_storage_has_no_address() -> None:
    running = Running(plan_link([library(NAMES[0], STORAGE), library(NAMES[1])], LinkOptions()))
    running.call(NAMES[0], "set", 5)
    for name, arguments in (("get", ()), ("set", (1,))):
        with pytest.raises(wasmtime.Trap):
            running.call(NAMES[1], name, *arguments)
    assert running.call(NAMES[0], "get") == 5


@pytest.mark.parametrize("context", [0, 4096])
def test_with_threads_the_context_says_where(context: int) -> None:
    """Until it is set, the first thread's addresses serve."""
    plan = plan_link(
        [library(NAMES[0], THREAD, STORAGE), library(NAMES[1], IMPORT_INFO, STORAGE, READ_INFO)], LinkOptions()
    )
    outside: dict[tuple[str, str], Callable[..., object]] = {
        ("$root", "[context-get-1]"): lambda: context,
        ("$root", "[thread-new-indirect-v0]"): lambda function, argument: 0,
    }
    running = Running(plan, outside)
    for number, name in enumerate(NAMES):
        running.call(name, "set", number + 7)
    assert [running.call(name, "get") for name in NAMES] == [7, 8]
    array = context or running.call(NAMES[1], "info", 8)
    memory = running.memory.read(running.store)
    assert memory[array : array + 8] == bytes([7, 0, 0, 0, 8, 0, 0, 0])


def test_the_component_of_a_program_with_threads() -> None:
    component = componentize(plan_link([library(NAMES[0], THREAD, STORAGE)], LinkOptions()))
    check_component(component)
    built_ins = [item for item in read_component(component).definitions if isinstance(item, Builtin)]
    assert [(item.op, *item.immediates) for item in built_ins] == [
        (BuiltinOp.CONTEXT_GET, ValType.I32, 1),
        (BuiltinOp.THREAD_NEW_INDIRECT, 0, 0),
    ]

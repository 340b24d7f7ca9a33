"""The interpreter as a core module of its own: what depends on memory, globals and constructors rather than on WIT."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime
from wasmtime import Func, FuncType, Global, GlobalType, Limits, MemoryType, Store, TableType, Val, ValType

from interpreters import boxed

PAGE = 65536
STACK_TOP = 4 * PAGE
I32 = ValType.i32()


class Core:
    """An instance with a memory, a table and a stack pointer made here, in place of a linker's."""

    def __init__(self, library: bytes, script: str, constructors: bool = True, pages: int | None = None) -> None:
        engine = wasmtime.Engine()
        self.store = Store(engine)
        module = wasmtime.Module(engine, library)
        self.memory = wasmtime.Memory(self.store, MemoryType(Limits(8, pages)))
        self.table = table = wasmtime.Table(self.store, TableType(ValType.funcref(), Limits(64, None)), None)
        self.stack_pointer = Global(self.store, GlobalType(I32, True), Val.i32(STACK_TOP))
        self.trace = ""
        self._script = script.encode()
        linker = wasmtime.Linker(engine)
        host = "harness:boxed/host@0.1.0"
        linker.define(self.store, host, "script", Func(self.store, FuncType([I32], []), self._give_script))
        linker.define(self.store, host, "trace", Func(self.store, FuncType([I32, I32], []), self._take_trace))
        linker.define(self.store, "env", "memory", self.memory)
        linker.define(self.store, "env", "__indirect_function_table", table)
        linker.define(self.store, "env", "__stack_pointer", self.stack_pointer)
        for name, value in (("__memory_base", STACK_TOP), ("__table_base", 1)):
            linker.define(self.store, "env", name, Global(self.store, GlobalType(I32, False), Val.i32(value)))
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        if constructors:
            self.call("__wasm_call_ctors")

    def call(self, name: str, *args: int) -> int:
        function = self.exports[name]
        assert isinstance(function, Func), name
        result = function(self.store, *args)
        assert result is None or isinstance(result, int)
        return result or 0

    def give_import(self, impl: Callable[[int], None]) -> None:
        """Initialize with a wit_t of one import, `nothing: func()`."""
        at, name = 8192, 8192 + 512
        self.table.set(self.store, 40, Func(self.store, FuncType([I32], []), impl))
        func = [0, name, 40, 0, 0, 0, 0, 0xFFFFFFFF, 0, 0]
        wit = [3, 1, at + 256] + [0] * 30
        for where, words in ((at, wit), (at + 256, func)):
            self.memory.write(self.store, b"".join(word.to_bytes(4, "little") for word in words), where)
        self.memory.write(self.store, b"nothing\0", name)
        self.call("wit_dylib_initialize", at)

    def finish(self) -> str:
        """The last line of the trace after `finish`."""
        self.call("harness:boxed/control@0.1.0#finish")
        return self.trace.splitlines()[-1]

    def _give_script(self, result: int) -> None:
        at = self.call("cabi_realloc", 0, 0, 1, len(self._script))
        self.memory.write(self.store, self._script, at)
        self.memory.write(self.store, at.to_bytes(4, "little") + len(self._script).to_bytes(4, "little"), result)

    def _take_trace(self, at: int, size: int) -> None:
        self.trace += self.memory.read(self.store, at, at + size).decode("ascii")


@pytest.fixture(params=["committed", "sanitized"])
def library(request: pytest.FixtureRequest) -> bytes:
    if request.param == "committed":
        return boxed().read_bytes()
    found = request.getfixturevalue("sanitized")
    assert isinstance(found, bytes)
    return found


@pytest.mark.parametrize("change", [0, -16, 16])
def test_the_stack_pointer_is_compared_with_the_start(library: bytes, change: int) -> None:
    core = Core(library, "boxed1 frame run end")
    core.call("harness:boxed/control@0.1.0#run")
    core.stack_pointer.set_value(core.store, Val.i32(STACK_TOP + change))
    assert core.finish() == f"balance 0 0 0 {change} 0"


def test_without_constructors_the_first_entry_is_the_start(library: bytes) -> None:
    core = Core(library, "boxed1 frame run end", constructors=False)
    core.stack_pointer.set_value(core.store, Val.i32(STACK_TOP - 32))
    core.call("harness:boxed/control@0.1.0#run")
    core.stack_pointer.set_value(core.store, Val.i32(STACK_TOP - 48))
    assert core.finish() == "balance 0 0 0 -16 0"


def test_memory_that_others_grow_is_left_alone(library: bytes) -> None:
    core = Core(library, "boxed1")
    foreign = []
    blocks = []
    for step in range(6):
        for size in (1, 100, 5000, 70_000):
            at = core.call("cabi_realloc", 0, 0, 8, size)
            assert at % 8 == 0
            blocks.append((at, size, bytes([step * 16 + size % 16]) * size))
            core.memory.write(core.store, blocks[-1][2], at)
        foreign.append(core.memory.grow(core.store, 1) * PAGE)
        core.memory.write(core.store, b"\xaa" * PAGE, foreign[-1])
    for at in foreign:
        assert core.memory.read(core.store, at, at + PAGE) == b"\xaa" * PAGE
    for at, size, content in blocks:
        assert core.memory.read(core.store, at, at + size) == content
    total = sum(size for _, size, _ in blocks)
    assert core.finish() == f"balance {total} {len(blocks)} 0 0 0"


def test_realloc_keeps_the_content(library: bytes) -> None:
    core = Core(library, "boxed1")
    at = core.call("cabi_realloc", 0, 0, 1, 10)
    core.memory.write(core.store, b"0123456789", at)
    at = core.call("cabi_realloc", at, 10, 1, 1000)
    assert core.memory.read(core.store, at, at + 10) == b"0123456789"
    at = core.call("cabi_realloc", at, 1000, 1, 3)
    assert core.memory.read(core.store, at, at + 3) == b"012"
    assert core.finish() == "balance 3 1 0 0 0"


def test_freed_memory_is_used_again(library: bytes) -> None:
    core = Core(library, "boxed1")
    begun = 0
    for _ in range(200):
        for size in (40, 30_000):
            at = core.call("cabi_realloc", 0, 0, 4, size)
            core.call("cabi_realloc", at, size, 4, 0)
            begun = begun or core.memory.size(core.store)
    assert core.memory.size(core.store) < begun + 3
    assert core.finish() == "balance 0 0 0 0 0"


ALIGNMENTS = (1, 2, 4, 8)
LOW = 1 << 24


@pytest.mark.parametrize("align", ALIGNMENTS)
def test_addresses_are_aligned_to_no_more_than_was_asked_for(library: bytes, align: int) -> None:
    core = Core(library, "boxed1")
    for size in (*range(1, 70), 1000, 100_000):
        assert core.call("cabi_realloc", 0, 0, align, size) % (2 * align) == align
    assert core.call("cabi_realloc", 0, 0, align, 0) == align
    assert core.call("cabi_realloc", 0, 0, 16, 5) % 16 == 0


def test_the_heap_does_not_fit_into_24_bits(library: bytes) -> None:
    core = Core(library, "boxed1")
    assert core.call("cabi_realloc", 0, 0, 1, 1) >= LOW


def test_where_memory_is_scarce_the_heap_lies_lower(library: bytes) -> None:
    core = Core(library, "boxed1", pages=64)
    at = core.call("cabi_realloc", 0, 0, 1, 1)
    assert 8 * PAGE <= at < 64 * PAGE
    assert core.finish() == "balance 1 1 0 0 0"


def test_memory_is_not_empty_before_it_is_written_nor_after_it_was_freed(library: bytes) -> None:
    core = Core(library, "boxed1")
    at = core.call("cabi_realloc", 0, 0, 1, 30)
    assert core.memory.read(core.store, at, at + 30) == b"\xa5" * 30
    core.memory.write(core.store, b"0" * 30, at)
    core.call("cabi_realloc", at, 30, 1, 0)
    assert core.memory.read(core.store, at, at + 30) == b"\xdd" * 30


def test_what_lies_below_the_stack_pointer_does_not_stay(library: bytes) -> None:
    core = Core(library, "boxed1")
    core.call("cabi_realloc", 0, 0, 1, 1)
    for _ in range(2):
        core.memory.write(core.store, b"kept" * 32, STACK_TOP - 128)
        core.call("cabi_realloc", 0, 0, 1, 1)
        assert b"kept" not in core.memory.read(core.store, STACK_TOP - 128, STACK_TOP)


@pytest.mark.parametrize(
    ("offset", "cause"),
    [(-1, "fail_guard"), (5, "fail_guard"), (20, "fail_guard"), (-LOW, "fail_guard"), (4 - LOW, "fail_guard")],
)
def test_bytes_around_an_allocation_are_watched(library: bytes, offset: int, cause: str) -> None:
    core = Core(library, "boxed1")
    at = core.call("cabi_realloc", 0, 0, 1, 5)
    core.memory.write(core.store, b"!", at + offset)
    with pytest.raises(wasmtime.Trap) as caught:
        core.finish()
    frames = caught.value.frames
    assert frames is not None
    assert frames[0].func_name == cause


@pytest.mark.parametrize(
    ("offset", "seen"), [(-16, False), (-1, False), (0, True), (15, True), (64, True), (127, True)]
)
def test_a_callee_leaves_the_frame_of_its_caller_alone(library: bytes, offset: int, seen: bool) -> None:
    core = Core(library, "boxed1 frame run call - nothing - 0 end")

    def impl(_cx: int) -> None:
        at = core.stack_pointer.value(core.store)
        assert isinstance(at, int)
        core.memory.write(core.store, b"!", at + offset)

    core.give_import(impl)
    trapped = False
    try:
        core.call("harness:boxed/control@0.1.0#run")
    except wasmtime.Trap as trap:
        frames = trap.frames
        trapped = frames is not None and frames[0].func_name == "fail_guard"
    assert trapped is seen


@pytest.mark.parametrize(
    ("function", "args", "cause"),
    [
        ("wit_dylib_push_u8", (0, 1), "fail_context"),
        ("wit_dylib_pop_u8", (12345,), "fail_context"),
        ("wit_dylib_export_start", (0,), "fail_no_wit"),
        ("wit_dylib_resource_dtor", (0, 0), "fail_no_wit"),
        ("wit_dylib_initialize", (PAGE,), "fail_abi_version"),
        ("cabi_realloc", (PAGE + 64, 4, 4, 8), "fail_realloc"),
        ("cabi_realloc", (0xFFFFFFF0 - (1 << 32), 4, 4, 8), "fail_realloc"),
        ("cabi_realloc", (0, 0, 1, 0x7FFFFFFF), "fail_memory"),
        ("wit_dylib_export_async_call", (0, 0), "fail_async"),
    ],
)
def test_traps_name_their_cause(library: bytes, function: str, args: tuple[int, ...], cause: str) -> None:
    core = Core(library, "boxed1 eager")
    with pytest.raises(wasmtime.Trap) as caught:
        core.call(function, *args)
    frames = caught.value.frames
    assert frames is not None
    assert frames[0].func_name == cause

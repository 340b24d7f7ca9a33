"""`dlopen` and its kin, in running programs."""

from __future__ import annotations

import pytest

from generator.link.libdl import NAME
from generator.link.library import Library, read_library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.types import FuncType
from tests.generator.link.libraries import GETTER, I32, UNARY, LibraryBuilder, dylink
from tests.generator.link.running import Running
from tests.generator.link.test_addresses import function_pointer_user

BINARY = FuncType((I32, I32), (I32,))
RTLD_NOW = 2


def application() -> Library:
    """Imports what libdl defines, so that it is linked."""
    builder = LibraryBuilder()
    for name, type in {"dlopen": BINARY, "dlsym": BINARY, "dlclose": UNARY, "dlerror": GETTER}.items():
        builder.env(name, type)
    builder.root()
    return builder.library("app")


def plugin(name: str, functions: dict[str, int], data: dict[str, int]) -> Library:
    builder = LibraryBuilder(dylink(memory=(64, 4)))
    builder.env_global("__memory_base")
    builder.getter("base", 0)
    for symbol, value in functions.items():
        builder.constant(symbol, value)
    for symbol, offset in data.items():
        builder.data(symbol, offset)
    return read_library(name, builder.encode(), dl_openable=True)


class Program(Running):
    def __init__(self, *libraries: Library) -> None:
        super().__init__(plan_link([*libraries, application()], LinkOptions(built_in_libdl=True)))
        self.scratch = self.memory.grow(self.store, 1) * 65536

    def text(self, text: str) -> int:
        """The address of a terminated copy; the next one overwrites it."""
        self.memory.write(self.store, text.encode() + b"\0", self.scratch)
        return self.scratch

    def open(self, name: str, flags: int = RTLD_NOW) -> int:
        return self.call(NAME, "dlopen", self.text(name), flags)

    def symbol(self, handle: int, name: str) -> int:
        return self.call(NAME, "dlsym", handle, self.text(name))

    def error(self) -> str | None:
        address = self.call(NAME, "dlerror")
        if address == 0:
            return None
        return bytes(self.memory.read(self.store, address, address + 100)).partition(b"\0")[0].decode()


LIBRARIES = {
    "b.so": ({"f": 1, "long-name": 2}, {"d": 8}),
    "a.so": ({"f": 3}, {}),
    "b": ({}, {"x": 0, "xy": 4}),
    "é.so": ({"ß": 7}, {}),
}


def test_every_symbol_of_every_library_is_found() -> None:
    caller = function_pointer_user("caller", "f")
    program = Program(*[plugin(name, *symbols) for name, symbols in LIBRARIES.items()], caller)
    handles = {name: program.open(name) for name in LIBRARIES}
    assert len({*handles.values(), 0}) == len(LIBRARIES) + 1
    for name, (functions, data) in LIBRARIES.items():
        for symbol, value in functions.items():
            address = program.symbol(handles[name], symbol)
            assert program.call("caller", "indirect", address) == value
        for symbol, offset in data.items():
            assert program.symbol(handles[name], symbol) == program.call(name, "base") + offset
    assert program.symbol(handles["b.so"], "f") == program.call("caller", "address")
    assert program.error() is None


@pytest.mark.parametrize("name", ["", "c.so", "b.s", "b.so ", "a", "b.soo"])
def test_unknown_libraries(name: str) -> None:
    program = Program(plugin("b.so", {}, {}), plugin("a.so", {}, {}))
    assert program.open(name) == 0
    assert program.error() == "dlopen: library not found"
    assert program.error() is None


def test_the_program_itself_cannot_be_opened() -> None:
    program = Program(plugin("b.so", {}, {}))
    assert program.call(NAME, "dlopen", 0, RTLD_NOW) == 0
    assert program.error() == "dlopen: library not found"


@pytest.mark.parametrize(("flags", "accepted"), [(0, True), (1, True), (2 | 256, True), (4, False), (1 << 31, False)])
def test_flags(flags: int, accepted: bool) -> None:
    program = Program(plugin("b.so", {}, {}))
    assert (program.open("b.so", flags - (1 << 32) if flags >> 31 else flags) != 0) == accepted
    assert program.error() == (None if accepted else "dlopen: flags not supported")


@pytest.mark.parametrize("change", [1, 4, 16 * 2, -16, 1 << 20])
def test_what_is_no_handle(change: int) -> None:
    program = Program(plugin("a", {"f": 1}, {}), plugin("b", {"f": 1}, {}))
    handle = program.open("a") + change
    assert program.symbol(handle, "f") == 0
    assert program.error() == "invalid library handle"
    assert program.call(NAME, "dlclose", handle) == -1
    assert program.error() == "invalid library handle"


def test_closing_changes_nothing() -> None:
    program = Program(plugin("a", {"f": 1}, {}))
    handle = program.open("a")
    assert program.call(NAME, "dlclose", handle) == 0
    assert program.symbol(handle, "f") != 0
    assert program.symbol(handle, "g") == 0
    assert program.error() == "symbol not found"


def test_no_library_may_be_opened() -> None:
    assert Program().open("a") == 0


def test_libdl_is_dropped_where_nobody_calls_it() -> None:
    plan = plan_link([plugin("a", {}, {})], LinkOptions(built_in_libdl=True))
    assert [module.name for module in plan.modules] == ["link:main", "a", "link:init"]

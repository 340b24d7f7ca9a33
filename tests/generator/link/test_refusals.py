"""Inputs that cannot be linked, and the messages about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.link.errors import LinkError
from generator.link.layout import PAGE_SIZE
from generator.link.library import Library, read_library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, TableType, ValType
from tests.generator.link.libraries import GETTER, I32, THUNK, UNARY, LibraryBuilder, dylink


def plain() -> LibraryBuilder:
    return LibraryBuilder()


def importing(write: Callable[[LibraryBuilder], object], section: bytes | None = None) -> LibraryBuilder:
    builder = LibraryBuilder(section)
    write(builder)
    return builder


def exporting(name: str, type: FuncType = THUNK) -> LibraryBuilder:
    def write(code: Code) -> None:
        for _ in type.results:
            code.i32_const(0)

    builder = LibraryBuilder()
    builder.define(name, type, write)
    return builder


I64_GLOBAL = GlobalType(ValType.I64)
LIBRARIES: list[tuple[LibraryBuilder | bytes, str]] = [
    (b"", r"does not begin with `\\0asm`"),
    (b"\0asm\x0d\0\x01\0", r"a component \(offset 0x4\)"),
    (ModuleBuilder().encode(), "not a dynamic library: it has no `dylink.0` section"),
    (importing(lambda b: b.memory(), b"\x01"), "unexpected end"),
    (importing(lambda b: b.memory(), b"\x09\0"), "unknown subsection 9 (dylink.0 section, offset 0x0)"),
    (importing(lambda b: b.memory(), dylink(memory=(0, 40))), "alignment 2^40"),
    (importing(lambda b: b.memory(), b"\x01\x05\0\0\0\0\0"), "1 bytes too many"),
    (exporting("__wasm_call_ctors", GETTER), "`__wasm_call_ctors` is exported with parameters or results"),
    (importing(lambda b: b.env_global("__tls_base", mutable=True)), "thread-local storage by that name"),
    (importing(lambda b: b.env_global("__heap_base")), "import of global `__heap_base` from `env`"),
    (importing(lambda b: b.env_global("__memory_base", mutable=True)), "its type must be `i32`"),
    (importing(lambda b: b.env_global("__stack_pointer")), "its type must be `mut i32`"),
    (importing(lambda b: b.import_global("GOT.mem", "x", I64_GLOBAL)), "an address is a global of type `mut i32`"),
    (importing(lambda b: b.import_global("other", "x", I64_GLOBAL)), "only functions can be imported from outside"),
    (importing(lambda b: b.memory(Limits(1, is_64=True))), "memory of 32 bits"),
    (importing(lambda b: b.memory(Limits(1, 2, shared=True))), "unshared memory"),
    (importing(lambda b: b.memory(Limits(1, page_size_log2=0))), "pages of 64 KiB"),
    (importing(lambda b: b.table(Limits(1, is_64=True))), "32-bit indices"),
    (importing(lambda b: b.import_table("env", "t", TableType(Limits(1)))), "the linker provides no such item"),
    (importing(lambda b: b.import_memory("env", "m", MemoryType(Limits(1)))), "the linker provides no such item"),
    (importing(lambda b: (b.env("f", THUNK), b.env("f", GETTER))), "`f` is imported twice, with different types"),
]


@pytest.mark.parametrize(("builder", "message"), LIBRARIES)
def test_a_library_is_refused_by_name(builder: LibraryBuilder | bytes, message: str) -> None:
    binary = builder if isinstance(builder, bytes) else builder.encode()
    with pytest.raises(LinkError) as caught:
        read_library("lib.so", binary)
    assert str(caught.value).startswith("library `lib.so`: ")
    assert message.replace("\\", "") in str(caught.value).replace("\\", "")


def test_two_initializers_are_refused() -> None:
    builder = exporting("__wasm_call_ctors")
    builder.define("_initialize", THUNK, lambda code: None)
    with pytest.raises(LinkError, match="both `__wasm_call_ctors` and `_initialize`"):
        builder.library("a")


def test_an_exported_memory_is_refused() -> None:
    builder = LibraryBuilder()
    builder.export("memory", ExternKind.MEMORY, builder.add_memory(MemoryType(Limits(1))))
    with pytest.raises(LinkError, match="a memory is exported"):
        builder.library("a")


def test_every_cut_binary_is_refused_without_a_traceback() -> None:
    builder = LibraryBuilder(dylink(memory=(16, 4), table=(2, 0), needed=["x"], weak=["f"], tls=["v"]))
    builder.memory()
    builder.table()
    builder.env("f", UNARY)
    builder.data_address("d")
    builder.function_address("g")
    builder.constant("h", 1)
    builder.data("v", 8)
    binary = builder.encode()
    read_library("whole", binary)
    for end in range(len(binary)):
        try:
            read_library("cut", binary[:end])
        except LinkError:
            continue
        # A cut between two sections leaves a module that only says less.
        assert end in _section_ends(binary)


def _section_ends(binary: bytes) -> set[int]:
    ends = {8}
    position = 8
    while position < len(binary):
        position += 2 + binary[position + 1]  # all sections here are shorter than 128 bytes
        ends.add(position)
    return ends


def refusal(libraries: list[Library], options: LinkOptions | None = None) -> str:
    with pytest.raises(LinkError) as caught:
        plan_link(libraries, options or LinkOptions())
    return str(caught.value)


def test_missing_symbols_are_all_listed_with_their_types() -> None:
    first = importing(lambda b: (b.env("f", UNARY), b.data_address("d"), b.function_address("p")))
    second = importing(lambda b: (b.env("f", UNARY), b.import_tag("env", "t", [I32])))
    weak = importing(lambda b: b.env("w", THUNK), dylink(weak=["w"]))
    libraries = [first.library("first"), second.library("second"), weak.library("weak")]
    assert refusal(libraries) == (
        "unresolved symbols:\n"
        "  `first` needs `f`: a function [i32] -> [i32]\n"
        "  `first` needs `p`: a function (its address, any type)\n"
        "  `first` needs `d`: data (its address)\n"
        "  `second` needs `f`: a function [i32] -> [i32]\n"
        "  `second` needs `t`: a tag [i32] -> []"
    )


def test_an_interpreter_that_lacks_functions_may_be_too_old() -> None:
    world = importing(lambda b: (b.env("wit_dylib_push_map", UNARY), b.env("f", UNARY)))
    interpreter = exporting("wit_dylib_push_list", UNARY)
    message = refusal([world.library("world"), interpreter.library("interpreter")])
    assert message.splitlines()[1] == "  `world` needs `wit_dylib_push_map`: a function [i32] -> [i32]"
    assert message.splitlines()[-1].startswith(
        "  hint: no interpreter is among the libraries, or one of an older version"
    )
    assert "--abi-version 2" in message


def test_stubs_stand_for_functions_only() -> None:
    builder = importing(lambda b: (b.env("f", UNARY), b.data_address("d"), b.function_address("p")))
    message = refusal([builder.library("a")], LinkOptions(stub_missing_functions=True))
    assert message == "unresolved symbols:\n  `a` needs `d`: data (its address)"


@pytest.mark.parametrize("weak", [(), ("f", "d")])
def test_a_wrong_type_is_named_with_both_types(weak: tuple[str, ...]) -> None:
    user = importing(lambda b: (b.env("f", UNARY), b.data_address("d")), dylink(weak=weak))
    owner = exporting("f", GETTER)
    owner.define("d", THUNK, lambda code: None)
    assert refusal([user.library("user"), owner.library("owner")]) == (
        "unresolved symbols:\n"
        "  `user` needs `f`: a function [i32] -> [i32], but `owner` exports a function [] -> [i32]\n"
        "  `user` needs `d`: data (its address), but `owner` exports a function [] -> []"
    )


def test_missing_libraries_are_all_listed() -> None:
    a, b = LibraryBuilder(dylink(needed=["b", "c"])), LibraryBuilder(dylink(needed=["d"]))
    message = refusal([a.library("a"), b.library("b")])
    assert message.splitlines()[1:] == ["  `a` needs `c`", "  `b` needs `d`"]


def test_equal_names_are_refused() -> None:
    assert "2 libraries have the name `a`" in refusal([plain().library("a"), plain().library("a")])


def test_names_of_the_linker_are_refused() -> None:
    assert "the linker's own" in refusal([plain().library("link:main")])


def test_thread_local_data_of_another_library_is_refused() -> None:
    owner = LibraryBuilder(dylink(tls=["v"]))
    owner.data("v", 0)
    user = importing(lambda b: b.data_address("v"))
    assert "thread-local in `owner`" in refusal([user.library("user"), owner.library("owner")])


def test_a_tag_does_not_cross_a_circle() -> None:
    owner, user = LibraryBuilder(dylink(needed=["user"])), LibraryBuilder()
    owner.export("e", ExternKind.TAG, owner.add_tag([I32]))
    user.import_tag("env", "e", [I32])
    owner.root()
    assert "cannot cross a circle" in refusal([user.library("user"), owner.library("owner")])


@pytest.mark.parametrize(
    ("builder", "stack_size", "message"),
    [
        (
            importing(lambda b: b.memory(Limits(1, 16))),
            16 * PAGE_SIZE + 1,
            "a memory of at most 16 pages; the program needs 17",
        ),
        (importing(lambda b: b.table(Limits(0, 3)), dylink(table=(3, 0))), 16, "a table of at most 3 elements"),
        (plain(), 1 << 32, "needs a memory of 65536 pages; at most 65535 are possible"),
    ],
)
def test_what_does_not_fit_is_refused(builder: LibraryBuilder, stack_size: int, message: str) -> None:
    builder.data_address("__heap_base")
    builder.define("_start", THUNK, lambda code: None)
    assert message in refusal([builder.library("a")], LinkOptions(stack_size=stack_size))

"""Values that are more than bytes: handles; and values that no interpreter should give."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from tests.generator.dylib.host import TABLE_BASE, Host
from tests.generator.dylib.interpreter import Context
from tests.generator.dylib.libraries import library

RESOURCE = """
interface i { resource r { constructor(a: u8); m: func(o: borrow<r>) -> list<r>; } }
world w { import i; export i; }
"""


def test_exported_resource() -> None:
    seen: list[Any] = []

    def on_export(context: Context, which: int) -> None:
        assert host.wit is not None
        seen.append((host.wit.arrays["exports"][which][1], context.stack.copy()))
        context.stack.clear()
        context.stack.append(41 if len(seen) == 1 else [5, 6])

    host = Host(library(RESOURCE), None, on_export)
    assert host.call("a:b/i#[constructor]r", 3) == 41
    host.call("cabi_post_a:b/i#[constructor]r", 41)
    result = host.call("a:b/i#[method]r.m", 100, 200)
    assert seen == [("[constructor]r", [3]), ("[method]r.m", [100, 200])]
    assert host.read(result, 8)[4:] == b"\x02\0\0\0"
    host.call("cabi_post_a:b/i#[method]r.m", result)
    assert (host.blocks, host.contexts) == ({}, {})


def test_destructor_names_the_resource() -> None:
    host = Host(library(RESOURCE))
    host.call("a:b/i#[dtor]r", 77)
    assert host.destroyed == [(1, 77)]


def test_resource_built_ins_are_in_the_table() -> None:
    calls: list[Any] = []

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        calls.append((module, name, core))
        return 9

    host = Host(library(RESOURCE), import_call)
    assert host.wit is not None
    imported, exported = host.wit.arrays["resource"]
    assert imported[3:] == (0, 0)
    assert min(imported[2], *exported[2:]) >= TABLE_BASE
    for pointer, argument in ((imported[2], 1), (exported[2], 2), (exported[3], 3), (exported[4], 4)):
        host.call_pointer(pointer, argument)
    assert calls == [
        ("a:b/i", "[resource-drop]r", (1,)),
        ("[export]a:b/i", "[resource-drop]r", (2,)),
        ("[export]a:b/i", "[resource-new]r", (3,)),
        ("[export]a:b/i", "[resource-rep]r", (4,)),
    ]


def test_error_context() -> None:
    calls: list[Any] = []

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        calls.append((module, name, core))
        return 8

    wit = "world w { import f: func(e: error-context) -> error-context; }"
    host = Host(library(wit), import_call)
    assert host.events == ["error_context_initialize", "initialize"]
    assert host.call_import(0, [7]) == 8
    for pointer, arguments in zip(host.error_context, [(1, 2), (3, 4), (5,)], strict=True):
        host.call_pointer(pointer, *arguments)
    assert calls == [
        ("$root", "f", (7,)),
        ("$root", "[error-context-new-utf8]", (1, 2)),
        ("$root", "[error-context-debug-message-utf8]", (3, 4)),
        ("$root", "[error-context-drop]", (5,)),
    ]


def test_streams_and_futures() -> None:
    wit = """
    interface i { record p { a: s8, b: string } f: func(s: stream<p>, n: future) -> future<stream<p>>; }
    world w { import i; export g: func(s: stream<u8>); }
    """
    calls: list[Any] = []

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        calls.append((module, name, core))
        return 5

    host = Host(library(wit), import_call)
    assert host.wit is not None
    assert host.call_import(0, [1, 2]) == 5
    stream, of_bytes = host.wit.arrays["stream"]
    assert (stream[-2:], of_bytes[-2:]) == ((12, 4), (1, 1))
    unit, _ = host.wit.arrays["future"]
    assert unit[-4:] == (0, 0, 0, 1)
    host.call_pointer(stream[5], 1, 2, 3)
    host.call_pointer(of_bytes[8], 4)
    assert calls[1:] == [
        ("a:b/i", "[async-lower][stream-write-0]f", (1, 2, 3)),
        ("[export]$root", "[stream-drop-readable-0]g", (4,)),
    ]
    cx = host.new_context()
    host.contexts[cx].stack.append((-1, b"abc"))
    host.call_pointer(stream[11], cx, 0x90000)
    assert host.read(0x90000, 1) == b"\xff" and host.read(0x90008, 4) == b"\x03\0\0\0"


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("list<e>", [256]),
        ("list<v>", [(256, None)]),
        ("list<option<u8>>", [(258, 1)]),
        ("list<big>", [65536]),
    ],
)
def test_discriminant_out_of_range_in_memory_traps(type: str, value: Any) -> None:
    """Cut to the size in memory it would be a good one."""
    big = ", ".join(f"l{n}" for n in range(300))
    wit = f"interface i {{ enum e {{ a, b }} variant v {{ c(u8), d, x }} enum big {{ {big} }} f: func(a: {type}); }}"
    host = Host(library(wit + " world w { import i; }"), lambda *_: None)
    with pytest.raises(wasmtime.Trap, match="invalid discriminant"):
        host.call_import(0, [value])


@pytest.mark.parametrize(("type", "value", "flat"), [
    ("e", 256, (256,)), ("v", (7, None), (7, 0)), ("option<u8>", (2, 9), (2, 0)),
])  # fmt: skip
def test_discriminant_out_of_range_goes_out_flat(type: str, value: Any, flat: tuple[int, ...]) -> None:
    """The component that lifts it traps."""
    seen: list[Any] = []
    wit = f"interface i {{ enum e {{ a, b }} variant v {{ c(u8), d, x }} f: func(a: {type}); }} world w {{ import i; }}"
    host = Host(library(wit), lambda module, name, core: seen.append(core))
    host.call_import(0, [value])
    assert seen == [flat]


def test_list_longer_than_the_address_space_traps() -> None:
    host = Host(library("world w { import f: func(a: list<list<u64, 64>>); }"), lambda *_: None)

    class Endless(list[Any]):
        def __len__(self) -> int:
            return 1 << 24

    with pytest.raises(wasmtime.Trap, match="allocate list"):
        host.call_import(0, [Endless()])

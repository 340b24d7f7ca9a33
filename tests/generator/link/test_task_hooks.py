"""Task hooks of linked libraries: whose counts, when it is called, where its calls stand."""

from __future__ import annotations

import re

import pytest
import wasmtime
from wasmtime.component import Component, Linker

from generator.component.component import CoreModule
from generator.component.read import read_component
from generator.componentize.encoder import ComponentizeOptions
from generator.link import Library, LinkOptions, link, plan_link, read_library
from generator.link.errors import LinkError
from generator.wasm.encode import encode_custom
from tests.generator.componentize.modules import world_section

ENGINE = wasmtime.Engine()
BY_TABLE = ComponentizeOptions()
WIT = "package a:b; world w { import log: func(x: u32); export run: func(); } world v { import log: func(x: u32); }"
RUN, RELOC, CTOR = 1, 2, 3
"""The numbers that libraries log when their functions run; each library adds its own hundred."""


def library(number: int, *parts: str, world: str | None = None, needed: str = "") -> Library:
    """Its relocations and its constructor log, beside what `parts` do: `log N` stands for a call."""
    text = f"""(module (@dylink.0 {needed}) (import "$root" "log" (func $log (param i32)))
    {function("__wasm_apply_data_relocs", number + RELOC)} {function("__wasm_call_ctors", number + CTOR)}
    {" ".join(parts)})"""
    binary = bytes(wasmtime.wat2wasm(text))
    if world is not None:
        binary += encode_custom(world_section(WIT, world))
    return read_library(f"lib{number // 100}.so", binary)


def function(name: str, number: int) -> str:
    return f'(func (export "{name}") (call $log (i32.const {number})))'


def hook(number: int) -> str:
    """Logs the point, beside `number`."""
    return f'(func (export "__wasm_task_hook") (param i32) (call $log (i32.add (i32.const {number}) (local.get 0))))'


def inits(number: int) -> str:
    return function("__wasm_init_task", number) + function("__wasm_init_async_task", number + 1)


def log_of(libraries: list[Library], options: ComponentizeOptions = BY_TABLE) -> list[int]:
    """The log of the start and of a call of `run`."""
    logged: list[int] = []
    store, linker = wasmtime.Store(ENGINE), Linker(ENGINE)
    with linker.root() as root:
        root.add_func("log", lambda _store, number: logged.append(number))
    instance = linker.instantiate(store, Component(ENGINE, link(libraries, LinkOptions(), options)))
    run = instance.get_func(store, "run")
    assert run is not None
    run(store)
    run.post_return(store)
    return logged


def root(*parts: str, needed: str = "") -> Library:
    return library(100, function("run", 100 + RUN), *parts, world="w", needed=needed)


NEEDS_SECOND = '(needed "lib2.so")'


@pytest.mark.parametrize(
    ("libraries", "expected"),
    [
        ([root()], [102, 103, 101]),
        ([root(hook(110))], [102, 116, 103, 117, 110, 101, 111]),
        ([root(inits(110))], [102, 110, 103, 110, 101]),
        ([root(function("__wasm_init_task", 110))], [102, 110, 103, 101]),
        ([root(function("__wasm_init_async_task", 110))], [102, 103, 101]),
        ([root(inits(120), hook(110))], [102, 116, 103, 117, 110, 101, 111]),
        (
            [root(needed=NEEDS_SECOND), library(200, hook(210), world="v")],
            [202, 102, 216, 203, 103, 217, 210, 101, 211],
        ),
        (
            [root(hook(110), needed=NEEDS_SECOND), library(200, hook(210), world="v")],
            [202, 102, 116, 203, 103, 117, 110, 101, 111],
        ),
        (
            [root(inits(110), needed=NEEDS_SECOND), library(200, hook(210), world="v")],
            [202, 102, 216, 203, 103, 217, 210, 101, 211],
        ),
        (
            [root(function("__wasm_init_task", 110), needed=NEEDS_SECOND), library(200, inits(210), world="v")],
            [202, 102, 110, 203, 103, 110, 101],
        ),
        ([library(200, hook(210), world="v"), root()], [102, 103, 101]),
    ],
    ids=[
        "none",
        "hook",
        "both inits",
        "one init",
        "the other init",
        "hook and inits",
        "the hook of a library that is needed",
        "two hooks",
        "the hook of one, the inits of another",
        "each init is that of the first",
        "the hook of a library that is dropped",
    ],
)
def test_what_is_called(libraries: list[Library], expected: list[int]) -> None:
    assert log_of(libraries) == expected


@pytest.mark.parametrize("part", [hook(110), inits(110)])
def test_without_constructors_nothing_is_called_at_the_start(part: str) -> None:
    text = f"""(module (@dylink.0) (import "$root" "log" (func $log (param i32)))
    {function("__wasm_apply_data_relocs", 102)} {function("run", 101)} {part})"""
    binary = bytes(wasmtime.wat2wasm(text)) + encode_custom(world_section(WIT, "w"))
    assert log_of([read_library("lib1.so", binary)])[0:3] == [102, 110, 101]


def test_a_hook_that_is_handed_on_is_none() -> None:
    """A library that exports what it imports: the function is that of the other."""
    handing_on = read_library(
        "first.so",
        bytes(
            wasmtime.wat2wasm(
                '(module (@dylink.0 (needed "lib1.so")) (import "env" "__wasm_task_hook" (func $f (param i32)))'
                ' (export "__wasm_task_hook" (func $f)) (func (export "_start")))'
            )
        ),
    )
    assert log_of([handing_on, root(hook(110))]) == [102, 116, 103, 117, 110, 101, 111]


WRONG_HOOK = '(func (export "__wasm_task_hook"))'
WRONG_INIT = '(func (export "__wasm_init_async_task") (param i32))'
OWN_TYPE = '(rec (type $own (func (param i32))) (type (func))) (func (export "__wasm_task_hook") (type $own))'


@pytest.mark.parametrize(
    ("parts", "second", "message"),
    [
        ([WRONG_HOOK], [], "library `lib1.so`: `__wasm_task_hook` is exported with the core type () -> ()"),
        ([hook(110)], [WRONG_HOOK], "library `lib2.so`: `__wasm_task_hook` is exported with the core type () -> ()"),
        ([OWN_TYPE], [], "library `lib1.so`: `__wasm_task_hook` is exported with a type that only its module has"),
        ([WRONG_INIT], [], "`__wasm_init_async_task` is exported with the core type (i32) -> (); a task hook has"),
        ([inits(110)], [WRONG_INIT], "library `lib2.so`: `__wasm_init_async_task` is exported with the core type"),
    ],
)
def test_a_hook_of_another_type_is_refused(parts: list[str], second: list[str], message: str) -> None:
    libraries = [root(*parts, needed=NEEDS_SECOND), library(200, *second, world="v")]
    with pytest.raises(LinkError, match=re.escape(message)):
        plan_link(libraries, LinkOptions())


def test_hooks_by_reference() -> None:
    options = ComponentizeOptions(return_call_ref=True)
    assert log_of([root(hook(110))], options) == [102, 116, 103, 117, 110, 101, 111]


def test_the_later_generation_hides_the_earlier_one() -> None:
    libraries = [root(hook(110), needed=NEEDS_SECOND), library(200, WRONG_INIT, world="v")]
    assert log_of(libraries) == [202, 102, 116, 203, 103, 117, 110, 101, 111]


def test_wrappers_have_no_module_of_their_own() -> None:
    """`link:main`, the library, `link:init`, the shim and what fills it."""
    modules = [item for item in read_component(link([root(hook(110))])).definitions if isinstance(item, CoreModule)]
    assert len(modules) == 5

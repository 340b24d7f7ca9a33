"""Task hooks of `component new`: what is called when.

The traces of the later generation are those of wasm-tools 1.262, those of the earlier one those of the encoder 0.254 in
npm's `@bytecodealliance/jco-transpile` 0.12.1, which makes an invalid component where two interfaces have a function of
one name.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.component.canon import Builtin, Lift, Lower
from generator.component.component import CoreModule
from generator.component.read import read_component
from generator.component.types import AliasCoreExport, Sort
from generator.componentize.encoder import componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.single import plan_single
from generator.componentize.task_hooks import POINTS, EntryKind, Point
from tests.generator.componentize.hooked import (
    BOTH_INITS,
    HOOK,
    INIT,
    INIT_ASYNC,
    INITIALIZE,
    Running,
    component,
    module,
    of_text,
)

CALLS: dict[str, tuple[tuple[str, ...], tuple[object, ...]]] = {
    "f": (("a:b/one", "f"), (5,)),
    "s": (("a:b/one", "s"), ("hey",)),
    "F": (("a:b/two", "f"), (6,)),
    "x": (("a:b/two", "[static]r.st"), ()),
    "g": (("g",), ()),
    "q": (("ask",), ()),
    "e": (("early",), ()),
    "a": (("pausing",), ()),
    "z": (("stackful",), ()),
    "t": (("text",), ("hey",)),
}
NO_HOOKS = {
    "f": "f", "s": "rsp", "F": "F", "x": "x", "g": "gr", "q": "qrQ",
    "e": "e", "a": "abb", "z": "z", "t": "rt",
}  # fmt: skip
HOOKED = {
    "f": " 0f 1", "s": " <r = 0sp 1", "F": " 0F 1", "x": " 0x 1", "g": " 0gr 1", "q": " 0q <r =Q 1",
    "e": " 2e 5", "a": " 2a 4 3b 4 3b 5", "z": " 2z 5", "t": " <r = 2t 5",
}  # fmt: skip
INITIALIZED = {
    "f": "Tf", "s": "rTsp", "F": "TF", "x": "Tx", "g": "Tgr", "q": "TqrQ",
    "e": "Ae", "a": "Aabb", "z": "Az", "t": "rAt",
}  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "traces", "dump_starts", "dump_ends"),
    [
        ((), NO_HOOKS, "", ""),
        ((HOOK,), HOOKED, " 0", " 1"),
        ((BOTH_INITS,), INITIALIZED, "T", ""),
        ((INIT,), NO_HOOKS, "", ""),
        ((INIT_ASYNC,), NO_HOOKS, "", ""),
        ((HOOK, BOTH_INITS), HOOKED, " 0", " 1"),
        ((HOOK, INIT), HOOKED, " 0", " 1"),
    ],
    ids=["none", "hook", "both inits", "init alone", "async init alone", "hook and inits", "hook and init"],
)
@pytest.mark.parametrize("return_call_ref", [False, True])
def test_what_is_called_around_each_entry(
    parts: tuple[str, ...], traces: dict[str, str], dump_starts: str, dump_ends: str, return_call_ref: bool
) -> None:
    running = Running(component(*parts, return_call_ref=return_call_ref))
    assert running.noted() == dump_starts
    for letter, (path, arguments) in CALLS.items():
        running.call(*path, arguments=arguments)
        assert (letter, running.noted()) == (letter, dump_ends + traces[letter] + dump_starts)


@pytest.mark.parametrize(
    ("parts", "made", "method", "dropped"),
    [
        ((), "c", "m", "d"),
        ((HOOK,), " 0c 1 0", " 1 0m 1 0", " 1 8d 9 0"),
        ((BOTH_INITS,), "TcT", "TmT", "dT"),
    ],
    ids=["none", "hook", "both inits"],
)
def test_resources(parts: tuple[str, ...], made: str, method: str, dropped: str) -> None:
    running = Running(component(*parts))
    resource = running.call("a:b/two", "[constructor]r")
    assert running.noted() == made
    running.call("a:b/two", "[method]r.m", arguments=(resource,))
    assert running.noted() == method
    running.drop(resource)
    assert running.noted() == dropped


@pytest.mark.parametrize(
    ("parts", "start"),
    [
        ((INITIALIZE,), "i"),
        ((HOOK, INITIALIZE), " 6i 7 0"),
        ((HOOK,), " 0"),
        ((BOTH_INITS, INITIALIZE), "TiT"),
        ((BOTH_INITS,), "T"),
        ((INIT, INITIALIZE), "Ti"),
        ((INIT_ASYNC, INITIALIZE), "i"),
        ((HOOK, BOTH_INITS, INITIALIZE), " 6i 7 0"),
    ],
)
def test_start(parts: tuple[str, ...], start: str) -> None:
    assert Running(component(*parts)).noted() == start


def core_functions(binary: bytes) -> Iterator[str]:
    """The index space of core functions: the name of the export that each is; empty for canonical definitions."""
    for item in read_component(binary).definitions:
        match item:
            case AliasCoreExport(Sort.CORE_FUNC, _, name):
                yield name
            case Lower() | Builtin():
                yield ""


def wrapped(binary: bytes) -> dict[str, list[bool]]:
    """For each kind of core function in lifts, whether each is one of the shim, whose names are numbers."""
    functions = list(core_functions(binary))
    found: dict[str, list[bool]] = {"function": [], "realloc": [], "post-return": [], "callback": []}
    for item in read_component(binary).definitions:
        if isinstance(item, Lift):
            options = item.options
            indices = (item.core_func, options.realloc, options.post_return, options.callback)
            for name, index in zip(found, indices, strict=True):
                if index is not None:
                    found[name].append(functions[index].isdigit())
    return found


def test_who_is_wrapped() -> None:
    hooked, initialized, alone = (wrapped(component(part)) for part in (HOOK, BOTH_INITS, INIT))
    assert {name: len(found) for name, found in hooked.items()} == {
        "function": 13,
        "realloc": 2,
        "post-return": 2,
        "callback": 3,
    }
    assert all(map(all, hooked.values()))
    assert all(initialized.pop("function"))
    assert not any(map(any, [*initialized.values(), *alone.values()]))


@pytest.mark.parametrize("part", ["", HOOK, BOTH_INITS])
def test_wrappers_have_no_module_of_their_own(part: str) -> None:
    """The module itself, the shim, what fills it, what starts."""
    definitions = read_component(component(part, INITIALIZE)).definitions
    assert len([item for item in definitions if isinstance(item, CoreModule)]) == 4


def test_every_point_is_that_of_an_entry() -> None:
    """10 and 11 were those of post-return functions, in one release only."""
    assert sorted(Point) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]
    used = [point for points in POINTS.values() for point in (points.before, points.after, points.paused)]
    assert set(POINTS) == set(EntryKind) and {point for point in used if point is not None} == set(Point)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (['(func (export "__wasm_task_hook"))'], "`__wasm_task_hook` is exported with the core type () -> ()"),
        (
            ['(func (export "__wasm_task_hook") (param i32) (result i32) local.get 0)'],
            "core type (i32) -> (i32); a task hook has (i32) -> ()",
        ),
        (
            ['(func (export "__wasm_init_task") (param i32))'],
            "`__wasm_init_task` is exported with the core type (i32) -> (); a task hook has () -> ()",
        ),
        (
            [INIT, '(func (export "__wasm_init_async_task") (param i64))'],
            "`__wasm_init_async_task` is exported with the core type (i64) -> (); a task hook has () -> ()",
        ),
    ],
)
def test_a_hook_of_another_type_is_refused(parts: list[str], message: str) -> None:
    with pytest.raises(ComponentizeError) as caught:
        plan_single(module(*parts))
    assert str(caught.value).startswith("module `main`: ") and message in str(caught.value)


@pytest.mark.parametrize(
    ("parts", "noted"),
    [
        ((HOOK, '(func (export "__wasm_init_task") (param i32))'), " 0"),
        (('(global (export "__wasm_task_hook") i32 (i32.const 0))',), ""),
    ],
    ids=["the earlier generation beside the later one", "no function"],
)
def test_what_is_no_hook_may_be_anything(parts: tuple[str, ...], noted: str) -> None:
    assert Running(component(*parts)).noted() == noted


STANDARD = """package a:b;
interface host { give: func() -> string; }
interface i { resource r { constructor(); } s: func(x: string) -> string; }
world w { export i; export dump: func() -> string; }
"""
STANDARD_MODULE = f"""(module
 (import "cm32p2|_ex_a:b/i" "r_new" (func $new (param i32) (result i32)))
 (memory (export "cm32p2_memory") 1)
 (global $next (mut i32) (i32.const 2048))
 (func $note (param i32)
   (i32.store8 (global.get $next) (local.get 0)) (global.set $next (i32.add (global.get $next) (i32.const 1))))
 {HOOK}
 (func (export "cm32p2_initialize") (call $note (i32.const 105)))
 (func (export "cm32p2_realloc") (param i32 i32 i32 i32) (result i32) (call $note (i32.const 114)) (i32.const 1024))
 (func (export "cm32p2|a:b/i|s") (param i32 i32) (result i32) (call $note (i32.const 115)) (i32.const 16))
 (func (export "cm32p2|a:b/i|s_post") (param i32) (call $note (i32.const 112)))
 (func (export "cm32p2|a:b/i|[constructor]r") (result i32) (call $note (i32.const 99)) (call $new (i32.const 7)))
 (func (export "cm32p2|a:b/i|r_dtor") (param i32) (call $note (i32.const 100)))
 (func (export "cm32p2||dump") (result i32) (i32.store (i32.const 16) (i32.const 2048))
   (i32.store (i32.const 20) (i32.sub (global.get $next) (i32.const 2048))) (i32.const 16)))"""


def test_names_of_the_standard_scheme() -> None:
    running = Running(componentize(plan_single(of_text(STANDARD_MODULE, STANDARD))))
    running.call("a:b/i", "s", arguments=("x",))
    running.drop(running.call("a:b/i", "[constructor]r"))
    assert running.noted() == " 6i 7 <r = 0sp 1 0c 1 8d 9 0"

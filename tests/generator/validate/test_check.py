"""`--validate` finds parts of a component that do not fit together; each case is a small component."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st
from wasmtime.component import Component

from generator.component.builder import ComponentBuilder
from generator.component.canon import BuiltinOp, CanonOptions
from generator.component.types import FuncType, PrimValType, ResourceType, Sort
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.single import plan_single
from generator.errors import GeneratorError
from generator.validate.check import check_component
from tests.generator.componentize.hooked import BOTH_INITS, HOOK, INITIALIZE, component
from tests.generator.componentize.modules import dummy_module

WORLD = """package a:b;
interface i { resource r { constructor(s: string); } f: func(a: list<string>) -> option<string>; }
world w { import i; export i; import g: func(a: borrow<r>); use i.{r}; }
"""


@pytest.mark.parametrize("return_call_ref", [False, True])
@pytest.mark.parametrize("parts", [(), (HOOK, INITIALIZE), (BOTH_INITS,)])
def test_what_is_written_here_passes(parts: tuple[str, ...], return_call_ref: bool) -> None:
    check_component(component(*parts, return_call_ref=return_call_ref))
    options = ComponentizeOptions(return_call_ref=return_call_ref)
    check_component(componentize(plan_single(dummy_module(WORLD)), options))


MODULE = """(module
  (memory (export "memory") 1 2) (table (export "table") 1 funcref)
  (global (export "constant") i32 (i32.const 0)) (global (export "variable") (mut i32) (i32.const 0))
  (func (export "nothing")) (func (export "one") (param i32)) (func (export "got") (result i32) (i32.const 0))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0)))"""


NULLARY = FuncType(())


class Small(ComponentBuilder):
    """A component with an instance of `MODULE`, number 0."""

    def __init__(self) -> None:
        super().__init__()
        self.module(MODULE)
        self.core_instantiate(0)

    def module(self, text: str) -> int:
        return self.core_module(bytes(wasmtime.wat2wasm(text)))

    def give(self, wanted: str, name: str, sort: Sort) -> None:
        """Instantiate a module that imports `wanted` with an export of the first."""
        module = self.module(f'(module (import "" "x" {wanted}))')
        index = self.alias_core_export(0, name, sort)
        self.core_instantiate(module, [("", self.core_inline_exports([("x", sort, index)]))])

    def func(self, name: str) -> int:
        return self.alias_core_export(0, name, Sort.CORE_FUNC)

    def lifted(self, core: str, options: CanonOptions, type: FuncType = NULLARY) -> None:
        self.lift(self.func(core), self.type(type), options)


Write = Callable[[Small], object]
FITTING: dict[str, Write] = {
    "function": lambda b: b.give("(func (param i32))", "one", Sort.CORE_FUNC),
    "memory": lambda b: b.give("(memory 1)", "memory", Sort.CORE_MEMORY),
    "memory with a maximum": lambda b: b.give("(memory 0 3)", "memory", Sort.CORE_MEMORY),
    "table": lambda b: b.give("(table 1 funcref)", "table", Sort.CORE_TABLE),
    "global": lambda b: b.give("(global (mut i32))", "variable", Sort.CORE_GLOBAL),
    "destructor": lambda b: b.type(ResourceType(b.func("one"))),
    "post-return": lambda b: b.lifted("got", CanonOptions(post_return=b.func("one")), FuncType((), PrimValType.U32)),
}


@pytest.mark.parametrize("name", FITTING)
def test_what_fits(name: str) -> None:
    builder = Small()
    FITTING[name](builder)
    binary = builder.finish()
    check_component(binary)
    Component(wasmtime.Engine(), binary)


def _two_of_one_name(builder: Small) -> None:
    builder.core_inline_exports([("x", Sort.CORE_FUNC, builder.func("one")), ("x", Sort.CORE_FUNC, 0)])


def _two_exports(builder: Small) -> None:
    builder.lifted("nothing", CanonOptions())
    builder.export("name", Sort.FUNC, 0)
    builder.export("NAME", Sort.FUNC, 0)


WRONG: list[tuple[Write, str]] = [
    (lambda b: b.core_instantiate(7), "core module 7 is instantiated; there are 1"),
    (lambda b: b.core_instantiate(b.module('(module (import "a" "x" (func)))')), "imports from `a`, which it does not"),
    (
        lambda b: b.core_instantiate(b.module('(module (import "a" "x" (func)))'), [("a", 0)]),
        "imports `a` `x`, which it does not get",
    ),
    (
        lambda b: b.core_instantiate(b.module('(module (import "a" "x" (func)))'), [("a", 9)]),
        "core instance 9 is used; there are 1",
    ),
    (
        lambda b: b.give("(func (result i32))", "one", Sort.CORE_FUNC),
        "a func () -> (i32), and gets a func (i32) -> ()",
    ),
    (lambda b: b.give("(func)", "memory", Sort.CORE_MEMORY), "a func () -> (), and gets a memory of at least 1"),
    (lambda b: b.give("(memory 2)", "memory", Sort.CORE_MEMORY), "gets a memory of at least 1, at most 2"),
    (lambda b: b.give("(memory 1 1)", "memory", Sort.CORE_MEMORY), "a memory of at least 1, at most 1, and gets"),
    (lambda b: b.give("(table 2 funcref)", "table", Sort.CORE_TABLE), "a table of at least 2, and gets a table"),
    (lambda b: b.give("(table 1 externref)", "table", Sort.CORE_TABLE), "`` `x`, a table of at least 1, and gets"),
    (lambda b: b.give("(global i32)", "variable", Sort.CORE_GLOBAL), "a global i32, and gets a global mut i32"),
    (lambda b: b.give("(global i64)", "constant", Sort.CORE_GLOBAL), "a global i64, and gets a global i32"),
    (lambda b: b.func("missing"), "core instance 0 exports no func `missing`"),
    (lambda b: b.alias_core_export(0, "one", Sort.CORE_MEMORY), "core instance 0 exports no memory `one`"),
    (_two_of_one_name, "an instance has two exports `x`"),
    (lambda b: b.core_inline_exports([("x", Sort.CORE_FUNC, 4)]), "the export `x` is core func 4; there are 0"),
    (lambda b: b.type(ResourceType(b.func("got"))), "the destructor of a resource is a func () -> (i32)"),
    (lambda b: b.lift(5, b.type(FuncType(())), CanonOptions()), "a lifted function is core func 5; there are 0"),
    (lambda b: b.lifted("nothing", CanonOptions(memory=0)), "the option `memory` is core memory 0; there are 0"),
    (
        lambda b: b.lifted("nothing", CanonOptions(realloc=b.func("realloc"))),
        "the option `realloc` stands without `memory`",
    ),
    (
        lambda b: b.lifted(
            "nothing", CanonOptions(memory=b.alias_core_export(0, "memory", Sort.CORE_MEMORY), realloc=b.func("one"))
        ),
        "the option `realloc` is a func (i32) -> (); it has to be a func (i32, i32, i32, i32) -> (i32)",
    ),
    (
        lambda b: b.lifted("nothing", CanonOptions(post_return=b.func("one"))),
        "the option `post-return` is a func (i32) -> (); it has to be a func () -> ()",
    ),
    (
        lambda b: b.lifted("nothing", CanonOptions(post_return=b.func("nothing"), is_async=True)),
        "the option `post-return` stands beside `async`",
    ),
    (
        lambda b: b.lifted("got", CanonOptions(callback=b.func("one"), is_async=True)),
        "the option `callback` is a func (i32) -> (); it has to be",
    ),
    (lambda b: b.builtin(BuiltinOp.WAITABLE_SET_POLL, False, 3), "`waitable-set.poll` is core memory 3"),
    (_two_exports, "two exports have the name `NAME`"),
    (lambda b: b.core_module(b"\0asm\x01\0\0\0\x03\x02\x01\x00"), "core module 1: 1 functions are declared, but there"),
    (lambda b: b.export("f", Sort.FUNC, 3), "func"),
]


@pytest.mark.parametrize(("write", "message"), WRONG)
def test_what_does_not_fit(write: Write, message: str) -> None:
    builder = Small()
    write(builder)
    binary = builder.finish()
    with pytest.raises(GeneratorError) as caught:
        check_component(binary)
    assert message in str(caught.value)
    assert "offset" in str(caught.value)
    with pytest.raises(wasmtime.WasmtimeError):
        Component(wasmtime.Engine(), binary)


def test_a_component_in_a_component() -> None:
    inner, outer = Small(), ComponentBuilder()
    inner.core_instantiate(7)
    outer.component(inner)
    with pytest.raises(GeneratorError, match="core module 7 is instantiated"):
        check_component(outer.finish())


BINARY = component(HOOK, INITIALIZE)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(8, len(BINARY) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_damage(changes: list[tuple[int, int]]) -> None:
    """An error of ours or none, never a traceback of Python."""
    damaged = bytearray(BINARY)
    for place, value in changes:
        damaged[place] = value
    try:
        check_component(bytes(damaged))
    except GeneratorError as error:
        assert str(error)

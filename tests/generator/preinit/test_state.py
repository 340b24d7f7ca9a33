"""State that cannot be kept is refused by name."""

from __future__ import annotations

import pytest

from generator.component.read import read_component
from generator.preinit.errors import PreinitError
from generator.preinit.initialize import initialize
from generator.preinit.snapshot import InitOptions
from generator.preinit.state import stateful_modules
from tests.generator.preinit.components import component

MODULES = {
    "(memory i64 1)": "memory 0 of core module 0 is of 64 bits: not supported",
    "(memory 1 1 shared)": "memory 0 of core module 0 is shared: not supported",
    "(global (mut funcref) (ref.null func))": "global 0 of core module 0 is mutable and contains a reference",
    "(table 1 funcref) (func $grows (drop (table.grow 0 (ref.null func) (i32.const 1))))": (
        "function grows of core module 0 contains table.grow: changes of tables are not kept"
    ),
    "(table 1 funcref) (func) (func (table.set 0 (i32.const 0) (ref.null func)))": (
        "function 1 of core module 0 contains table.set"
    ),
    "(table 2 funcref) (func (table.copy (i32.const 0) (i32.const 1) (i32.const 1)))": "contains table.copy",
    "(table 2 funcref) (elem $e func) (func (table.init $e (i32.const 0) (i32.const 0) (i32.const 0)))": (
        "contains table.init"
    ),
    "(table 2 funcref) (func (table.fill 0 (i32.const 0) (ref.null func) (i32.const 1)))": "contains table.fill",
}


@pytest.mark.parametrize("module", MODULES)
def test_modules(module: str) -> None:
    text = f"(component (core module $m {module}) (core instance (instantiate $m)))"
    with pytest.raises(PreinitError) as caught:
        stateful_modules(read_component(component(text)))
    assert MODULES[module] in str(caught.value)


COMPONENTS = {
    "(core module $m (memory 1)) (core instance (instantiate $m)) (core instance (instantiate $m))": (
        "core module 0 has state and is instantiated 2 times"
    ),
    "(component $c (core module $m (memory 1)) (core instance (instantiate $m))) (instance (instantiate $c))": (
        "a nested component has a core module with state"
    ),
    '(import "m" (core module $m)) (core instance (instantiate $m))': (
        "the component instantiates a core module that it imports or aliases"
    ),
}


@pytest.mark.parametrize("definitions", COMPONENTS)
def test_components(definitions: str) -> None:
    with pytest.raises(PreinitError) as caught:
        stateful_modules(read_component(component(f"(component {definitions})")))
    assert COMPONENTS[definitions] in str(caught.value)


def test_modules_without_state_may_have_many_instances() -> None:
    text = "(component (core module $m (func)) (core instance (instantiate $m)) (core instance (instantiate $m)))"
    assert stateful_modules(read_component(component(text))) == ()


@pytest.mark.parametrize(
    ("binary", "message"),
    [
        (b"", "not a component in binary form"),
        (b"\0asm\1\0\0\0", "not a component in binary form"),
        (b"\0asm\x0d\0\1\0\x01\x05", "malformed component: "),
    ],
)
def test_bad_input(binary: bytes, message: str) -> None:
    with pytest.raises(PreinitError, match=message):
        initialize(binary, InitOptions("init"))

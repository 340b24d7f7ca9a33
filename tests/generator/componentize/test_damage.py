"""Damaged core modules become components or are refused; never a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.componentize.encoder import componentize
from generator.componentize.single import plan_single
from generator.errors import GeneratorError
from generator.wasm.decode import DecodedModule
from tests.generator.componentize.modules import dummy_module

WORLD = (
    "package a:b; interface i { resource r { constructor(s: string); } f: func(s: string) -> list<u8>; }"
    " world w { import i; export i; export g: func() -> string; import h: func(l: list<string>); }"
)
BINARY = dummy_module(WORLD).binary


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(8, len(BINARY) - 1), st.integers(0, 255)), max_size=4), st.integers(8, len(BINARY))
)
def test_mutations(changes: list[tuple[int, int]], end: int) -> None:
    binary = bytearray(BINARY)
    for place, value in changes:
        binary[place] = value
    try:
        component = componentize(plan_single(DecodedModule(bytes(binary if changes else binary[:end]))))
    except GeneratorError as error:
        assert str(error)
    else:
        assert component.startswith(b"\0asm\x0d")

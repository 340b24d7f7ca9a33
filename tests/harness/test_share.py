"""Outputs of tools looked at before they are composed: from the front, and in bounds."""

from __future__ import annotations

import tracemalloc

import pytest
import wasmtime

from harness.binary.sections import COMPONENT_PREAMBLE, MODULE_PREAMBLE, BinaryError, sections
from harness.binary.share import SharedModules, share

SIZE = 8 << 20
FEW = 20_000
"""Sections that are taken in these tests: a list of so many would show in the memory."""
LARGE = 4 * FEW


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (bytes(SIZE), "not a component: wrong first 8 bytes"),
        (b"", "not a component"),
        (b"\0asm", "not a component"),
        (MODULE_PREAMBLE + bytes(SIZE), "not a component"),
        (COMPONENT_PREAMBLE + bytes(SIZE), "a custom section without a name at offset 8"),
        (COMPONENT_PREAMBLE + b"\0\1\0" * LARGE, "more than 20,000 sections"),
        (COMPONENT_PREAMBLE + b"\7\0" * LARGE, "more than 20,000 sections"),
        (COMPONENT_PREAMBLE + b"\1\0" * 10, "not a core module"),
        (COMPONENT_PREAMBLE + b"\1\xff\xff\xff\x7f", "reaches past the end"),
        (COMPONENT_PREAMBLE + b"\1" + b"\xff" * SIZE, "too long"),
        (COMPONENT_PREAMBLE + b"\1", "the bytes end"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_component_is_told_at_little_cost(
    component: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.binary.sections.MAX_SECTIONS", FEW)
    known = SharedModules()
    known.SMALLEST = 0
    tracemalloc.start()
    try:
        with pytest.raises(BinaryError, match=message):
            share(component, known)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_an_empty_component_is_left_as_it_is() -> None:
    found = share(COMPONENT_PREAMBLE, SharedModules())
    assert (found.component, found.modules) == (COMPONENT_PREAMBLE, ())


def test_sections_are_not_copied() -> None:
    data = COMPONENT_PREAMBLE + b"\7\x80\x80\x80\x04" + bytes(8 << 20)
    tracemalloc.start()
    try:
        (part,) = sections(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert part.end - part.body == 8 << 20


def test_huge_components_are_not_remembered() -> None:
    known = SharedModules()
    known.LARGEST = 100
    small, large = COMPONENT_PREAMBLE, COMPONENT_PREAMBLE + b"\0\x7f\1x" + bytes(125)
    assert known.share(small) is known.share(small)
    assert known.share(large) is not known.share(large)


@pytest.mark.parametrize(
    ("module", "several", "shared"),
    [
        ('(module (import "env" "wit_dylib_initialize" (func (param i32))))', True, True),
        ('(module (import "env" "wit_dylib_initialize" (func (param i32))))', False, False),
        ('(module (import "other" "wit_dylib_initialize" (func (param i32))))', False, True),
        ('(module (func (export "wit_dylib_initialize") (param i32)))', False, True),
    ],
)
def test_the_library_of_a_world_is_shared_only_with_other_cells(module: str, several: bool, shared: bool) -> None:
    known = SharedModules()
    known.SMALLEST = 8
    assert (known.find(bytes(wasmtime.wat2wasm(module)), several) is not None) is shared


def test_a_library_that_was_shared_stays_shared() -> None:
    known = SharedModules()
    known.SMALLEST = 8
    library = bytes(wasmtime.wat2wasm('(module (import "env" "wit_dylib_initialize" (func (param i32))))'))
    assert known.find(library, True) is known.find(library, False) is not None

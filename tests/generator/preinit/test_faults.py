"""Faults of pre-initialisation: a component shows each of them, so tests with such components find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.preinit import initialize as stages
from generator.preinit import rewrite
from generator.preinit.data_segments import DataSegments
from generator.preinit.instrument import Instrumented
from generator.preinit.kept_pages import PAGE_SIZE
from generator.preinit.sections import Part, with_sections
from generator.preinit.snapshot import Contents, InitOptions, Snapshot, take_snapshot
from tests.generator.preinit.components import answers, component

# An adapter with a state of its own, and a program with a stack, data that it changes and clears, and a start function.
PROGRAM = component("""
(component
  (core module $adapter
    (global $state (mut i32) (i32.const 0))
    (func (export "enter") (global.set $state (i32.add (global.get $state) (i32.const 1))))
    (func (export "state") (result i32) (global.get $state)))
  (core instance $adapter (instantiate $adapter))
  (core module $program
    (import "adapter" "enter" (func $enter))
    (memory 1)
    (global $stack (mut i32) (i32.const 1024))
    (data (i32.const 8) "\\05\\00\\00\\00\\06\\00\\00\\00")
    (func $start (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1))))
    (start $start)
    (func (export "init")
      (call $enter)
      (drop (memory.grow (i32.const 2)))
      (i32.store (i32.const 8) (i32.const 0))
      (i32.store (i32.const 12) (i32.const 7))
      (i32.store (i32.const 65536) (i32.const 9))
      (global.set $stack (i32.const 512)))
    (func (export "changed") (result i32) (i32.load (i32.const 12)))
    (func (export "cleared") (result i32) (i32.load (i32.const 8)))
    (func (export "started") (result i32) (i32.load (i32.const 16)))
    (func (export "second-page") (result i32) (i32.load (i32.const 65536)))
    (func (export "pages") (result i32) (memory.size))
    (func (export "stack") (result i32) (global.get $stack)))
  (core instance $i (instantiate $program (with "adapter" (instance $adapter))))
  (func (export "init") (canon lift (core func $i "init")))
  (func (export "state") (result u32) (canon lift (core func $adapter "state")))
  (func (export "changed") (result u32) (canon lift (core func $i "changed")))
  (func (export "cleared") (result u32) (canon lift (core func $i "cleared")))
  (func (export "started") (result u32) (canon lift (core func $i "started")))
  (func (export "second-page") (result u32) (canon lift (core func $i "second-page")))
  (func (export "pages") (result u32) (canon lift (core func $i "pages")))
  (func (export "stack") (result u32) (canon lift (core func $i "stack"))))""")

RIGHT = {"state": 1, "changed": 7, "cleared": 0, "started": 1, "second-page": 9, "pages": 3, "stack": 512}


def asked() -> dict[str, object]:
    made, _ = stages.initialize(PROGRAM, InitOptions("init"))
    return dict(zip(RIGHT, answers(made, *RIGHT), strict=True))


def test_the_state_after_initialisation() -> None:
    assert dict(zip(RIGHT, answers(PROGRAM, "init", *RIGHT)[1:], strict=True)) == RIGHT
    assert asked() == RIGHT


def _without_global(module: int) -> Callable[[Snapshot], Snapshot]:
    def fault(found: Snapshot) -> Snapshot:
        return replace(found, globals={place: bits for place, bits in found.globals.items() if place[0] != module})

    return fault


def _without_pages(first: int, last: int) -> Callable[[Snapshot], Snapshot]:
    def fault(found: Snapshot) -> Snapshot:
        def cut(data: Contents) -> Contents:
            return data[: first * PAGE_SIZE] + data[last * PAGE_SIZE :]

        return replace(found, memories={place: cut(data) for place, data in found.memories.items()})

    return fault


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        pytest.param(_without_global(0), {"state": 0}, id="the state of the adapter is forgotten"),
        pytest.param(_without_global(1), {"stack": 1024}, id="the stack pointer is left where it was"),
        pytest.param(_without_pages(2, 3), {"pages": 2}, id="a page of zeros is skipped"),
        pytest.param(_without_pages(1, 2), {"pages": 2, "second-page": 0}, id="a page is skipped"),
    ],
)
def test_a_snapshot_that_lacks_something(
    fault: Callable[[Snapshot], Snapshot], wrong: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(instrumented: Instrumented, options: InitOptions) -> Snapshot:
        return fault(take_snapshot(instrumented, options))

    monkeypatch.setattr(stages, "take_snapshot", taken)
    assert asked() == RIGHT | wrong


def test_data_that_is_written_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What initialisation cleared comes back."""
    monkeypatch.setattr(DataSegments, "done", lambda self: [segment.raw for segment in self.segments])
    assert asked() == RIGHT | {"cleared": 5}


def test_a_start_function_that_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_start(module: bytes, sections: dict[int, list[Part]]) -> list[Part]:
        return with_sections(module, {id: section for id, section in sections.items() if id != rewrite.START})

    monkeypatch.setattr(rewrite, "with_sections", with_start)
    assert asked() == RIGHT | {"started": 2}

"""Cancellation, backpressure and synchronous parts in the interpreter for asynchronous worlds, seen from both ends."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.composed import BUILDS, Build, Compose, Row, World, rows, two

CANCELS = two(
    """package t:p;
    interface api {
      resource thing { constructor(n: u32); wait: async func() -> u32; }
      none: async func();
      text: async func(a: string) -> string;
      owned: async func(a: thing) -> string;
      lent: async func(a: borrow<thing>);
      plain: func(a: u8) -> u8;
      awaits: async func() -> future<u8>;
    }
    world callee { export api; }
    world caller { import api; export alive: func(); }"""
)
FILTERED = World(
    CANCELS.wit,
    CANCELS.parts,
    CANCELS.wires,
    {"a": ("-import:t:p/api#text",), "b": ("-export:t:p/api#none",)},
)
"""Asynchronous types: `a` lowers `text` synchronously, `b` lifts `none` synchronously."""


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("cancels"), ids=lambda row: row.name)
def test_cancels(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    row.check(CANCELS, composed(CANCELS, build).run(kind, row.scripts, row.entries))


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("filtered"), ids=lambda row: row.name)
def test_asynchronous_types_in_synchronous_form(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    row.check(FILTERED, composed(FILTERED, build).run(kind, row.scripts, row.entries))


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("tools", ["ours", "reference"])
@pytest.mark.parametrize("row", rows("sync"), ids=lambda row: row.name)
def test_run_and_finish_lifted_synchronously(composed: Compose, tools: str, kind: EngineKind, row: Row) -> None:
    build = Build(tools, 3, "async-sync")
    row.check(CANCELS, composed(CANCELS, build).run(kind, row.scripts, row.entries))

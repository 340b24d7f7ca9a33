"""Tasks and calls of the interpreter for asynchronous worlds, seen from both ends."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.composed import BUILDS, Build, Compose, Row, rows, two

CALLS = two(
    """package t:p;
    interface api {
      none: async func();
      text: async func(a: u32) -> string;
      wide: async func(a: u64, b: u64, c: u64, d: u64, e: u64) -> tuple<u8, u64>;
      echo: async func(a: list<string>) -> list<string>;
      plain: func(a: u8) -> u8;
    }
    world callee { export api; }
    world caller { import api; export alive: func(); }"""
)


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("calls"), ids=lambda row: row.name)
def test_calls(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    row.check(CALLS, composed(CALLS, build).run(kind, row.scripts, row.entries))

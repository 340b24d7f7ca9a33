"""Traps of the interpreter for asynchronous worlds, and of the engine when scripts ask for them."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.composed import BUILDS, Build, Compose, Row, rows, two

TRAPS = two(
    """package t:p;
    interface api {
      none: async func();
      text: async func(a: string) -> string;
      bytes: async func(a: stream<u8>, b: future<u8>);
      plain: func(a: u8) -> u8;
    }
    world callee { export api; }
    world caller { import api; export alive: func(); }"""
)


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("traps"), ids=lambda row: row.name)
def test_traps(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    row.check(TRAPS, composed(TRAPS, build).run(kind, row.scripts, row.entries))

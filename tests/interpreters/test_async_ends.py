"""Ends of streams and futures in the interpreter for asynchronous worlds, seen from both sides."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.composed import BUILDS, Build, Compose, Row, World, rows, two

INTERFACE = """package t:p;
    interface api {
      resource thing;
      bytes: async func(s: stream<u8>);
      made: async func() -> stream<u8>;
      words: async func(s: stream<string>);
      pairs: async func(s: stream<tuple<u8, u16>>);
      units: async func(s: stream, f: future);
      things: async func(s: stream<thing>);
      nested: async func(s: stream<stream<u8>>);
      later: async func(f: future<string>) -> future<u32>;
      deep: async func(v: option<result<list<future<u8>>, tuple<u8, stream<s8>>>>);
      thing-of: func(n: u32) -> thing;
    }"""
ENDS = two(f"{INTERFACE} world callee {{ export api; }} world caller {{ import api; export alive: func(); }}")
CHAIN = World(
    """package t:p;
    interface api { take: async func(s: stream<u8>); }
    interface last { take: async func(s: stream<u8>); }
    world end { export last; }
    world middle { export api; import last; }
    world caller { import api; export alive: func(); }""",
    {"c": "end", "b": "middle", "a": "caller"},
    (("b", "t:p/last", "c"), ("a", "t:p/api", "b")),
    {},
)


def without_types(trace: tuple[str, ...]) -> tuple[str, ...]:
    """Tools number types differently where both sides have the same anonymous one."""
    return tuple(re.sub(r"((?:push|pop)_(?:stream|future)|(?:stream|future)_\w+) \d+", r"\1 T", line) for line in trace)


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("ends"), ids=lambda row: row.name)
def test_ends(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    row.check(ENDS, composed(ENDS, build).run(kind, row.scripts, row.entries))


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("build", BUILDS, ids=str)
@pytest.mark.parametrize("row", rows("chain"), ids=lambda row: row.name)
def test_ends_that_are_given_away_twice(composed: Compose, build: Build, kind: EngineKind, row: Row) -> None:
    seen = composed(CHAIN, build).run(kind, row.scripts, row.entries)
    nameless = replace(seen, lines=without_types(seen.lines))
    replace(row, expected=without_types(row.expected)).check(CHAIN, nameless)

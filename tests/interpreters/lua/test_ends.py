"""Ends of streams and futures as values in Lua: `outer` passes them through `inner`, which is an echo."""

from __future__ import annotations

import pytest

from interpreters.lua import ECHO
from interpreters.lua.build import LibraryKind
from tests.interpreters.lua.libraries import OLD, PLAIN, Library
from tests.interpreters.lua.running import Compiled, Running, composed

WIT = """package a:b;
interface pass {
  resource thing { constructor(); }
  record pair { small: u8, text: string }
  type bytes = stream<u8>;
  through: func(s: bytes) -> stream<u8>;
  first: func(a: future<string>, b: future<string>) -> future<string>;
  deep: func(v: list<option<tuple<u8, stream<pair>>>>) -> list<option<tuple<u8, stream<pair>>>>;
  nested: func(s: stream<stream<u8>>) -> stream<stream<u8>>;
  things: func(s: stream<list<thing>>) -> stream<list<thing>>;
  units: func(s: stream, f: future) -> stream;
  sink: func(s: stream<u8>, f: future<result<_, string>>);
}
interface other {
  record pair { small: u8 }
  record named { small: u8, words: string }
  pairs: func(s: stream<pair>);
  named-pairs: func(s: stream<named>);
}
world inner { export pass; export other; }
world outer {
  import pass;
  import other;
  import log: func(text: string);
  export run: func(source: string) -> string;
}
"""
OUTER = """
pass, other = wit.imports["a:b/pass"], wit.imports["a:b/other"]
wit.on_error = function(message) wit.imports.log(message) end
function name(value) return (tostring(value):gsub(": .*", "")) end
function wit.exports.run(source) return tostring(assert(load(source))()) end
"""


@pytest.fixture(scope="module", params=[PLAIN, OLD], ids=["version 3", "version 2"])
def kind(request: pytest.FixtureRequest) -> LibraryKind:
    found: LibraryKind = request.param
    return found


@pytest.fixture(scope="module")
def compiled(kind: LibraryKind, lua: Library, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    programs = {"inner": ECHO.read_text(encoding="utf-8"), "outer": OUTER}
    folder = tmp_path_factory.mktemp("ends")
    return Compiled(composed(folder, lua(kind), WIT, programs, flags=["--abi-version", str(kind.abi_version)]))


@pytest.fixture
def running(compiled: Compiled) -> Running:
    return Running(compiled)


READABLE = "readable end of a stream"
VALUES = [
    ("return name(pass.through((wit.stream('u8'))))", READABLE),
    ("rx, tx = wit.stream('u8') rx = pass.through(pass.through(rx)) rx:drop() tx:drop() return name(tx)",
     "writable end of a stream"),
    ("return name(pass.first((wit.future('string')), (wit.future 'string')))", "readable end of a future"),
    ("rx = wit.stream('a:b/pass#pair') v = pass.deep { n = 3, nil, { 7, rx } } return v.n .. v[2][1] .. name(v[2][2])",
     "37" + READABLE),
    ("return name(pass.nested((wit.stream(' stream < u8 > '))))", READABLE),
    ("return name(pass.things((wit.stream 'list<thing>')))", READABLE),
    ("return name(pass.units((wit.stream()), (wit.future())))", READABLE),
    ("pass.sink(wit.stream('u8'), (wit.future 'result<_, string>')) return 'nothing'", "nothing"),
    # a type of wit.functions instead of a text
    ("for _, f in ipairs((wit.functions())) do if f.name == 'nested' then inner = f.result[1].type end end\n"
     "return inner.kind .. ' ' .. name(pass.through((wit.stream(inner))))", "stream " + READABLE),
]  # fmt: skip


@pytest.mark.parametrize(("source", "result"), VALUES)
def test_values(running: Running, source: str, result: str) -> None:
    assert running("run", source) == result


CAUGHT = [
    ("do local rx <close> = wit.stream('u8') kept = rx end return select(2, pcall(kept.drop, kept))",
     "the readable end of a stream was dropped or given away before"),
    ("rx = wit.stream('u8') pass.through(rx) return select(2, pcall(rx.drop, rx))",
     "the readable end of a stream was dropped or given away before"),
    ("rx = wit.stream('u8') wit.drop(rx) return select(2, pcall(wit.drop, rx))",
     "the readable end of a stream was dropped or given away before"),
    ("_, tx = wit.future('string') return select(2, pcall(tx.drop, tx))",
     "a future has to be written before its writable end is dropped"),
    ("return select(2, pcall(wit.stream, 'u16'))", "no function of the world has a stream of u16"),
    ("return select(2, pcall(wit.stream, 'u'))", "no function of the world has a stream of u"),
    ("return select(2, pcall(wit.stream, 'u8>'))", "no function of the world has a stream of u8>"),
    ("return select(2, pcall(wit.future, 'u8'))", "no function of the world has a future of u8"),
    ("return select(2, pcall(wit.stream, 'pair'))",
     "several types are a stream of pair: write interface#name, or pass a type of wit.functions"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "result"), CAUGHT)
def test_errors(running: Running, kind: LibraryKind, source: str, result: str) -> None:
    if not kind.exceptions:
        pytest.skip("a library without exceptions ends at every error")
    assert running("run", source) == result


REFUSED = [
    ("rx = wit.stream('u8') pass.through(rx) pass.through(rx)",
     "the readable end of a stream cannot be given away: it was dropped or given away before"),
    ("pass.through((select(2, wit.stream('u8'))))",
     "expected the readable end of a stream, got the writable end of a stream"),
    ("pass.through((wit.future('string')))", "expected the readable end of a stream, got the readable end of a future"),
    ("pass.through(5)", "expected the readable end of a stream, got number"),
    ("pass.through((wit.stream()))", "expected the readable end of a stream with another payload"),
    ("other.pairs((wit.stream('a:b/pass#pair')))", "expected the readable end of a stream with another payload"),
    ("other.named_pairs((wit.stream('a:b/pass#pair')))", "expected the readable end of a stream with another payload"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "message"), REFUSED)
def test_what_cannot_be_given_away(running: Running, source: str, message: str) -> None:
    assert message in running.trap("run", source)

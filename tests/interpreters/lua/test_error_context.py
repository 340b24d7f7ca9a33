"""Error contexts in Lua."""

from __future__ import annotations

from pathlib import Path

from tests.interpreters.lua.libraries import PLAIN, Library
from tests.interpreters.lua.passing import outcome
from tests.interpreters.lua.running import Compiled, Running, composed

WIT = """package a:b;
interface contexts { pass: func(a: error-context, b: list<error-context>) -> error-context; }
world inner { export contexts; }
world outer { import contexts; import log: func(text: string); export run: func(source: string) -> string; }
"""
INNER = """
wit.exports["a:b/contexts"].pass = function(a, b)
  return wit.error_context(a:message() .. b[1]:message())
end
"""
OUTER = """
wit.on_error = function(message) wit.imports.log(message) end
pass = wit.imports["a:b/contexts"].pass
function wit.exports.run(source) return tostring(assert(load(source))()) end
"""
RUNS = [
    # who gives one away still has it
    ("local a = wit.error_context('one') return pass(a, { a }):message() .. a:message()", "oneoneone"),
    ("local a = wit.error_context('') return #a:message()", "0"),
    ("local a = wit.error_context('x') a:drop() return select(2, pcall(a.message, a))",
     "the error-context was dropped before"),
    ("do local a <close> = wit.error_context('x') b = a end return select(2, pcall(b.drop, b))",
     "the error-context was dropped before"),
    ("for at = 1, 1000 do wit.error_context('x') end collectgarbage() return 'collected'", "collected"),
    ("local a = wit.error_context('x') a:drop() pass(a, {})", "an error-context was dropped before"),
    ("pass('x', {})", "expected an error-context, got string"),
]  # fmt: skip


def test_runs(lua: Library, tmp_path: Path) -> None:
    compiled = Compiled(composed(tmp_path, lua(PLAIN), WIT, {"inner": INNER, "outer": OUTER}))
    for source, result in RUNS:
        assert result in outcome(Running(compiled), source)

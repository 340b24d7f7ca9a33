-- JSON (RFC 8259). Objects are tables with strings as keys, arrays are sequences marked by json.array, null is json.null.

local json = { null = setmetatable({}, { __name = "null" }) }
local Array = { __name = "array" }

-- Marks a sequence as an array, so that an empty one is not taken for an object.
function json.array(sequence) return setmetatable(sequence, Array) end
function json.is_array(value) return getmetatable(value) == Array end

-- ---- Writing --------------------------------------------------------------------------------------------------------

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t" }

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return ESCAPES[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function number(value)
  if value ~= value or value == math.huge or value == -math.huge then error("JSON has no number " .. value, 0) end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  return (("%.17g"):format(value))
end

local encode

local function encode_array(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = encode(item) end
  return "[" .. table.concat(parts, ",") .. "]"
end

-- Names in order, so that equal objects have equal texts.
local function encode_object(value)
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do parts[at] = quoted(name) .. ":" .. encode(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value)
  local type = type(value)
  if value == json.null then return "null" end
  if type == "string" then return quoted(value) end
  if type == "number" then return number(value) end
  if type == "boolean" then return tostring(value) end
  if json.is_array(value) then return encode_array(value) end
  if type == "table" then return encode_object(value) end
  error("JSON has no " .. type, 0)
end
json.encode = encode

-- ---- Reading --------------------------------------------------------------------------------------------------------

local DEEPEST = 100
local Reader = {}
Reader.__index = Reader

function Reader:fail(what) error(("JSON, byte %d: %s"):format(self.at, what), 0) end
function Reader:space() self.at = self.text:find("[^ \t\r\n]", self.at) or #self.text + 1 end
function Reader:take(pattern)
  local found = self.text:match("^" .. pattern, self.at)
  if found then self.at = self.at + #found end
  return found
end
function Reader:expect(text) if not self:take("%" .. text) then self:fail("expected " .. text) end end

local UNESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

function Reader:unit()
  local digits = self:take("%x%x%x%x") or self:fail("expected four hexadecimal digits")
  return tonumber(digits, 16)
end

-- The character behind \u: one unit of UTF-16, or a pair of surrogates.
function Reader:character()
  local first = self:unit()
  if first < 0xd800 or first > 0xdfff then return utf8.char(first) end
  if first > 0xdbff or not self:take("\\u") then self:fail("half of a pair of surrogates") end
  local second = self:unit()
  if second < 0xdc00 or second > 0xdfff then self:fail("half of a pair of surrogates") end
  return utf8.char(0x10000 + (first - 0xd800) * 0x400 + second - 0xdc00)
end

function Reader:string()
  self:expect('"')
  local parts = {}
  while true do
    parts[#parts + 1] = self:take('[^%c"\\]+')
    if self:take('"') then return table.concat(parts) end
    if self:take("\\u") then
      parts[#parts + 1] = self:character()
    elseif self:take("\\") then
      local escape = self:take('[bfnrt"\\/]') or self:fail("unknown escape")
      parts[#parts + 1] = UNESCAPED[escape] or escape
    else
      self:fail("a string without end")
    end
  end
end

function Reader:number()
  local text = self:take("%-?%d+%.?%d*[eE]?[+-]?%d*")
  local digits = text:match("^%-?(%d+)")
  if #digits > 1 and digits:sub(1, 1) == "0" or text:find("%.$") or text:find("%.[eE]") then self:fail("bad number") end
  return tonumber(text) or self:fail("bad number")
end

function Reader:array()
  local found = json.array({})
  self:expect("[")
  self:space()
  if self:take("%]") then return found end
  repeat
    found[#found + 1] = self:value()
  until not self:take(",")
  self:expect("]")
  return found
end

function Reader:object()
  local found = {}
  self:expect("{")
  self:space()
  if self:take("}") then return found end
  repeat
    self:space()
    local name = self:string()
    self:space()
    self:expect(":")
    found[name] = self:value()
  until not self:take(",")
  self:expect("}")
  return found
end

local WORDS = { ["true"] = true, ["false"] = false, null = json.null }

function Reader:value()
  self.depth = self.depth + 1
  if self.depth > DEEPEST then self:fail("nested too deeply") end
  self:space()
  local first, found = self.text:sub(self.at, self.at), nil
  if first == "{" then
    found = self:object()
  elseif first == "[" then
    found = self:array()
  elseif first == '"' then
    found = self:string()
  elseif first:find("[%d-]") and self.text:find("^%-?%d", self.at) then
    found = self:number()
  else
    found = WORDS[self:take("%a+") or ""]
    if found == nil then self:fail("expected a value") end
  end
  self:space()
  self.depth = self.depth - 1
  return found
end

-- The value of a text; an error says the place of what is wrong.
function json.decode(text)
  local reader = setmetatable({ text = text, at = 1, depth = 0 }, Reader)
  local found = reader:value()
  if reader.at <= #text then reader:fail("something behind the value") end
  return found
end

return json

-- A handler of requests over HTTP (wasi:http/incoming-handler) that reads and writes JSON.

local json = require("json")
local types = wit.imports["wasi:http/types@0.2.0"]

local CHUNK = 4096 -- bytes that blocking-write-and-flush takes at most

-- The value of a result, or an error with what went wrong.
local function checked(result, what)
  if result.tag == "ok" then return result.val end
  error(what .. " failed: " .. tostring(result.val and result.val.tag or "no reason"), 0)
end

-- ---- Requests and responses -----------------------------------------------------------------------------------------

local function read_all(request)
  local body <close> = checked(request:consume(), "the request's body")
  local stream <close> = checked(body:stream(), "the body's stream")
  local parts = {}
  while true do
    local read = stream:blocking_read(CHUNK)
    if read.tag == "err" and read.val.tag == "closed" then return table.concat(parts) end
    parts[#parts + 1] = checked(read, "reading the body")
  end
end

local function respond(out, status, value)
  local text = json.encode(value) .. "\n"
  local headers = { { "content-type", "application/json" }, { "content-length", tostring(#text) } }
  local response = types.outgoing_response(checked(types.fields.from_list(headers), "headers"))
  checked(response:set_status_code(status), "the status")
  local body = checked(response:body(), "the response's body")
  types.response_outparam.set(out, { tag = "ok", val = response })
  do
    local stream <close> = checked(body:write(), "the body's stream")
    for at = 1, #text, CHUNK do checked(stream:blocking_write_and_flush(text:sub(at, at + CHUNK - 1)), "writing") end
  end
  checked(types.outgoing_body.finish(body, nil), "finishing the body")
end

-- ---- What it answers ------------------------------------------------------------------------------------------------

local function refuse(status, reason) error({ status = status, reason = reason }) end

local function byte(hex) return string.char(tonumber(hex, 16)) end
local function decoded(text) return (text:gsub("+", " "):gsub("%%(%x%x)", byte)) end

local function parameters(query)
  local found = {}
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do found[decoded(name)] = decoded(value) end
  return found
end

local routes = {}

routes["GET /"] = function()
  local names = json.array({})
  for name in pairs(routes) do names[#names + 1] = name end
  table.sort(names)
  return { routes = names }
end

routes["GET /greet"] = function(query)
  local name = parameters(query).name or refuse(400, "greet whom? /greet?name=NAME")
  if not utf8.len(name) then refuse(400, "the name is not UTF-8") end
  return { greeting = "Hello, " .. name .. "!" }
end

routes["POST /statistics"] = function(_, body)
  if not json.is_array(body) or #body == 0 then refuse(400, "expected an array of numbers") end
  local sum, low, high = 0, math.huge, -math.huge
  for at, value in ipairs(body) do
    if type(value) ~= "number" then refuse(400, ("element %d is no number"):format(at)) end
    sum, low, high = sum + value, math.min(low, value), math.max(high, value)
  end
  return { count = #body, sum = sum, mean = sum / #body, least = low, greatest = high }
end

routes["POST /same"] = function(_, body) return body end

local function answer(request)
  local path, query = (request:path_with_query() or "/"):match("^([^?]*)%??(.*)$")
  local route = request:method().tag:upper() .. " " .. path
  local handler = routes[route] or refuse(404, "there is no " .. route)
  if not route:find("^POST") then return handler(query) end
  local ok, body = pcall(json.decode, read_all(request))
  if not ok then refuse(400, body) end
  return handler(query, body)
end

local handler = wit.exports["wasi:http/incoming-handler@0.2.0"]

function handler.handle(request, out)
  local ok, found = pcall(answer, request)
  wit.drop(request)
  if ok then
    respond(out, 200, found)
  elseif type(found) == "table" then
    respond(out, found.status, { error = found.reason })
  else
    respond(out, 500, { error = found })
  end
end

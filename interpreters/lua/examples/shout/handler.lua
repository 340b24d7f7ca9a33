-- A handler of requests over HTTP (wasi:http 0.3) that answers with the request's body in capitals, while it still comes.

local types = wit.imports["wasi:http/types@0.3.0"]
local handler = wit.exports["wasi:http/handler@0.3.0"]

local function transform(from, to)
  for bytes in from:values() do
    if to:write_all(bytes:upper()) < #bytes then break end -- nobody reads on
  end
  from:drop()
  to:drop()
end

function handler.handle(request)
  local result, to_result = wit.future("result<_, error-code>")
  local body, trailers = table.unpack(types.request.consume_body(request, result))

  local answer, to_answer = wit.stream("u8")
  local no_trailers, to_trailers = wit.future("result<option<fields>, error-code>")
  local headers = types.fields.from_list { { "content-type", "text/plain" } }.val
  local response, sent = table.unpack(types.response.new(headers, answer, no_trailers))

  wit.start(function() -- goes on after the response was returned
    transform(body, to_answer)
    to_trailers:write { tag = "ok" }
    to_result:write { tag = "ok" }
  end)
  return { tag = "ok", val = response }
end

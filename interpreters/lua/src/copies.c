/*
 * Reads and writes of streams and futures. What goes through lies in memory until the operation is over: elements that
 * were lowered, or room for those to be lifted.
 */
#include "copies.h"

#include <stdlib.h>

#include "ends.h"
#include "scalars.h"

#ifdef LUA_ASYNC
#include "builtins.h"
#include "tasks.h"

enum {
  MAX_COUNT = (1 << 28) - 1, /* CanonicalABI.md, `Buffer.MAX_LENGTH` */
  DEFAULT_BYTES = 1 << 16, /* that a read takes if the program does not say how many elements */
};

struct copy {
  struct pending pending;
  struct end *end; /* argument 1 on the stack, while it waits */
  struct channel channel;
  uint8_t *memory;       /* its own, or null */
  const uint8_t *at;     /* the next element to write, or the first one to read */
  size_t count, done;    /* elements: to be copied, and copied so far */
  bool all;              /* a write goes on until all are done */
  uint32_t status;       /* of the last operation: a CopyResult */
  struct call *call;     /* of a write: has what was lowered, or null */
  size_t *kept;          /* for each element, how many values `call` kept before it; or null */
};

static const char *const statuses[] = {"completed", "dropped", "cancelled"};

static bool is_stream(const struct end *end) { return WIT_TYPE_KIND(end->type) == WIT_TYPE_STREAM; }

/* ---- The operation ----------------------------------------------------------------------------------------------- */

static bool ends(uint32_t code) { return code != BLOCKED; }

static uint32_t cancel(const struct pending *pending) {
  const struct copy *copy = (const struct copy *)pending;
  return (copy->end->writable ? copy->channel.cancel_write : copy->channel.cancel_read)(pending->waitable);
}

static uint32_t transfer(const struct copy *copy) {
  const struct end *end = copy->end;
  size_t index = WIT_TYPE_INDEX(end->type), count = copy->count - copy->done;
  if (!is_stream(end)) {
    const wit_future_t *future = &world->futures[index];
    return end->writable ? future->write(end->handle, copy->at) : future->read(end->handle, (void *)copy->at);
  }
  const wit_stream_t *stream = &world->streams[index];
  if (end->writable) return stream->write(end->handle, copy->at, count);
  return stream->read(end->handle, (void *)copy->at, count);
}

/* Takes note of what an operation says; returns whether another one is to follow. */
static bool advance(struct copy *copy, uint32_t code) {
  size_t copied = is_stream(copy->end) ? code >> CODE_BITS : code == COPY_COMPLETED;
  copy->status = is_stream(copy->end) ? code & CODE_MASK : code;
  copy->done += copied;
  if (copy->end->writable) copy->at += copied * copy->channel.size;
  return copy->all && copy->status == COPY_COMPLETED && copy->done < copy->count;
}

static int finish(lua_State *L, struct copy *copy);

static int copied(lua_State *L, int status, lua_KContext context);

static int go_on(lua_State *L, struct copy *copy) {
  for (;;) {
    if (copy->done && is_cancelled()) { /* part of a write is done: it is told, and the error comes later */
      copy->status = COPY_CANCELLED;
      break;
    }
    copy->end->state = END_BUSY;
    copy->end->copy = copy;
    copy->pending = (struct pending){.waitable = copy->end->handle, .ends = ends, .cancel = cancel};
    uint32_t code = transfer(copy);
    if (code == BLOCKED) {
      wait_for(L, &copy->pending, copied);
      code = copy->pending.code;
    }
    if (!advance(copy, code)) break;
  }
  return finish(L, copy);
}

static int copied(lua_State *L, int status, lua_KContext context) {
  (void)status;
  struct copy *copy = (struct copy *)context;
  return advance(copy, copy->pending.code) ? go_on(L, copy) : finish(L, copy);
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

static bool is_scalar(const struct channel *channel) {
  return channel->payload != WIT_NONE && scalar_size(channel->payload);
}

/* Pushes element number `at`. */
static void lift(lua_State *L, const struct copy *copy, size_t at) {
  const struct channel *channel = &copy->channel;
  if (is_scalar(channel)) {
    push_scalar(L, channel->payload, copy->at + at * channel->size);
    return;
  }
  struct call call = {.L = L, .kept = lua_gettop(L) + 1, .name = "read"};
  lua_pushnil(L);
  channel->lift(&call, copy->at + at * channel->size);
  lua_remove(L, call.kept);
}

/* Bytes as a string, other elements as a sequence; their number, if there is no payload. */
static void push_elements(lua_State *L, const struct copy *copy) {
  const struct channel *channel = &copy->channel;
  luaL_checkstack(L, 8, NULL);
  if (channel->payload == WIT_NONE) {
    lua_pushinteger(L, (lua_Integer)copy->done);
  } else if (channel->payload == WIT_TYPE_U8) {
    lua_pushlstring(L, (const char *)copy->at, copy->done);
  } else {
    lua_createtable(L, (int)copy->done, 1);
    for (size_t at = 0; at < copy->done; at++) {
      lift(L, copy, at);
      lua_rawseti(L, -2, (lua_Integer)at + 1);
    }
    if (may_be_nil(channel->payload)) set_length(L, (lua_Integer)copy->done);
  }
}

/* Takes the value on top of the call's stack. */
static void lower(struct copy *copy, size_t at) {
  const struct channel *channel = &copy->channel;
  uint8_t *to = copy->memory + at * channel->size;
  if (is_scalar(channel))
    pop_scalar(copy->call, channel->payload, to);
  else
    channel->lower(copy->call, to);
}

/* Lowers the elements of the table at index 2, or the value there. */
static void lower_all(lua_State *L, struct copy *copy, bool one) {
  struct call *call = copy->call = new_call(NULL, "write");
  call->caller = L;
  need(call, 1);
  copy->kept = malloc((copy->count + 1) * sizeof *copy->kept);
  if (!copy->kept) fail(call, "not enough memory");
  for (size_t at = 0; at < copy->count; at++) {
    copy->kept[at] = count_kept(call);
    if (one)
      lua_pushvalue(L, 2);
    else
      lua_rawgeti(L, 2, (lua_Integer)at + 1);
    lua_xmove(L, call->L, 1);
    lower(copy, at);
  }
}

/* ---- Begin and end ----------------------------------------------------------------------------------------------- */

/* An operation with memory for its elements. */
static struct copy *begin(lua_State *L, struct end *end, size_t count) {
  struct channel channel = channel_of(end->type);
  struct copy *copy = calloc(1, sizeof *copy);
  if (!copy) luaL_error(L, "not enough memory");
  *copy = (struct copy){.end = end, .channel = channel, .count = count};
  if (channel.size) {
    copy->memory = count <= SIZE_MAX / channel.size ? malloc(count * channel.size + 1) : NULL;
    if (!copy->memory) {
      free(copy);
      luaL_error(L, "not enough memory for %I elements", (lua_Integer)count);
    }
  }
  copy->at = copy->memory;
  return copy;
}

/* Memory is freed; what was lowered and not taken is the program's again. */
static void release(struct copy *copy) {
  struct end *end = copy->end;
  end->copy = NULL;
  end->state = END_OPEN;
  if (copy->status == COPY_DROPPED || (!is_stream(end) && copy->status == COPY_COMPLETED)) {
    drop_end(end);
    end->state = END_DONE;
  }
  if (copy->call) {
    if (copy->done < copy->count) restore_kept(copy->call, copy->kept[copy->done]);
    end_call(copy->call);
  }
  free(copy->kept);
  free(copy->memory);
  free(copy);
}

/* Returns what was copied, and the status. */
static int finish(lua_State *L, struct copy *copy) {
  bool stream = is_stream(copy->end), writable = copy->end->writable, nothing = !copy->done;
  uint32_t status = copy->status;
  luaL_checkstack(L, 4, NULL);
  if (writable && stream)
    lua_pushinteger(L, (lua_Integer)copy->done);
  else if (writable)
    lua_pushboolean(L, !nothing);
  else if ((stream && status == COPY_DROPPED && nothing) || (!stream && (nothing || copy->channel.payload == WIT_NONE)))
    lua_pushnil(L);
  else if (stream)
    push_elements(L, copy);
  else
    lift(L, copy, 0);
  release(copy);
  if (status == COPY_CANCELLED && nothing) raise_cancelled(L);
  lua_pushstring(L, statuses[status]);
  return 2;
}

/* ---- Methods ----------------------------------------------------------------------------------------------------- */

static struct end *check_open(lua_State *L, const char *what) {
  struct end *end = check_end(L);
  check_idle(L, end);
  may_wait(L, what);
  return end;
}

/* `rx:read(n)` of a stream: at most n elements, at least one unless n is 0; nil when the writable end is dropped. */
static int read_stream(lua_State *L) {
  struct end *end = check_open(L, "read");
  size_t size = channel_of(end->type).size;
  lua_Integer count = luaL_optinteger(L, 2, size > DEFAULT_BYTES ? 1 : DEFAULT_BYTES / (lua_Integer)(size ? size : 1));
  luaL_argcheck(L, count >= 0 && count <= MAX_COUNT, 2, "expected a number of elements below 2^28");
  lua_settop(L, 1);
  if (end->state != END_DONE) return go_on(L, begin(L, end, (size_t)count));
  lua_pushnil(L);
  lua_pushstring(L, statuses[COPY_DROPPED]);
  return 2;
}

/* `rx:read()` of a future, or `rx:await()`, once. */
static int read_future(lua_State *L) {
  struct end *end = check_open(L, "read");
  lua_settop(L, 1);
  if (end->state == END_DONE) return luaL_error(L, "the value of the future was read before");
  return go_on(L, begin(L, end, 1));
}

static size_t count_elements(lua_State *L, const struct end *end) {
  wit_type_t payload = channel_of(end->type).payload;
  lua_Integer count;
  if (payload == WIT_NONE) {
    count = luaL_checkinteger(L, 2);
  } else if (payload == WIT_TYPE_U8 && lua_type(L, 2) == LUA_TSTRING) {
    count = (lua_Integer)lua_rawlen(L, 2);
  } else {
    luaL_checktype(L, 2, LUA_TTABLE);
    count = (lua_Integer)lua_rawlen(L, 2);
    if (may_be_nil(payload) && lua_getfield(L, 2, "n") == LUA_TNUMBER) count = lua_tointeger(L, -1);
  }
  luaL_argcheck(L, count >= 0 && count <= MAX_COUNT, 2, "expected less than 2^28 elements");
  return (size_t)count;
}

static int write_elements(lua_State *L, bool all) {
  struct end *end = check_open(L, "write");
  lua_settop(L, 2);
  size_t count = count_elements(L, end);
  lua_settop(L, 2);
  if (end->state == END_DONE) {
    lua_pushinteger(L, 0);
    lua_pushstring(L, statuses[COPY_DROPPED]);
    return 2;
  }
  bool whole = lua_type(L, 2) == LUA_TSTRING; /* the string's own memory is written, it stays at index 2 */
  struct copy *copy = begin(L, end, whole ? 0 : count);
  copy->count = count;
  copy->all = all;
  if (whole)
    copy->at = (const uint8_t *)lua_tostring(L, 2);
  else if (copy->channel.payload != WIT_NONE)
    lower_all(L, copy, false);
  return go_on(L, copy);
}

/* `tx:write(values)` of a stream: until some are taken. */
static int write_some(lua_State *L) { return write_elements(L, false); }
/* `tx:write_all(values)`: until all are taken, or the readable end is dropped. */
static int write_all(lua_State *L) { return write_elements(L, true); }

/* `tx:write(value)` of a future, once. */
static int write_future(lua_State *L) {
  struct end *end = check_open(L, "write");
  lua_settop(L, 2);
  if (end->state == END_DONE) return luaL_error(L, "the future was written before, or its readable end is dropped");
  struct copy *copy = begin(L, end, 1);
  if (copy->channel.payload != WIT_NONE) lower_all(L, copy, true);
  return go_on(L, copy);
}

/* `cancel`: ends the read or write that is under way, in another coroutine; returns whether there was one. */
static int cancel_method(lua_State *L) {
  struct end *end = check_end(L);
  bool busy = end->state == END_BUSY && end->copy && !end->copy->pending.over;
  if (busy) cancel_pending(L, &end->copy->pending);
  lua_pushboolean(L, busy);
  return 1;
}

/* What a read of no element returns. */
static int nothing(lua_State *L) {
  const struct end *end = check_end(L);
  const struct copy none = {.channel = channel_of(end->type)};
  push_elements(L, &none);
  return 1;
}

/*
 * `for values in rx:values(n) do`, and `read_all` until the writable end is dropped. If it is cancelled when it has read
 * something, it returns this, and the error comes later.
 */
static const char loops[] =
    "local methods, nothing, later = ...\n"
    "function methods:values(count)\n"
    "  return function() return (self:read(count)) end\n"
    "end\n"
    "function methods:read_all()\n"
    "  local all, parts, length = nothing(self), {}, 0\n"
    "  local status\n"
    "  repeat\n"
    "    local fine, part, how = pcall(self.read, self)\n"
    "    if not fine and (part ~= wit.cancelled or length == 0) then error(part, 0) end\n"
    "    status = fine and how or 'cancelled'\n"
    "    if not fine then\n"
    "      later()\n"
    "    elseif type(part) == 'string' then\n"
    "      parts[#parts + 1], length = part, length + #part\n"
    "    elseif type(part) == 'number' then\n"
    "      all, length = all + part, length + part\n"
    "    elseif part then\n"
    "      local count = part.n or #part\n"
    "      table.move(part, 1, count, length + 1, all)\n"
    "      length = length + count\n"
    "      if part.n then all.n = length end\n"
    "    end\n"
    "  until status ~= 'completed'\n"
    "  return type(all) == 'string' and table.concat(parts) or all, status\n"
    "end\n";

static int later(lua_State *L) {
  (void)L;
  cancel_later();
  return 0;
}

void add_copies(lua_State *L, bool stream, bool writable) {
  if (writable) {
    lua_pushcfunction(L, stream ? write_some : write_future);
    lua_setfield(L, -2, "write");
    if (stream) {
      lua_pushcfunction(L, write_all);
      lua_setfield(L, -2, "write_all");
    }
  } else {
    lua_pushcfunction(L, stream ? read_stream : read_future);
    lua_setfield(L, -2, "read");
    if (!stream) {
      lua_pushcfunction(L, read_future);
      lua_setfield(L, -2, "await");
    } else {
      if (luaL_loadbuffer(L, loops, sizeof loops - 1, "=streams")) lua_error(L);
      lua_pushvalue(L, -2);
      lua_pushcfunction(L, nothing);
      lua_pushcfunction(L, later);
      lua_call(L, 3, 0);
    }
  }
  lua_pushcfunction(L, cancel_method);
  lua_setfield(L, -2, "cancel");
}

#else

static int missing(lua_State *L) { return luaL_error(L, "this library has no asynchronous functions"); }

void add_copies(lua_State *L, bool stream, bool writable) {
  (void)stream;
  lua_pushcfunction(L, missing);
  lua_setfield(L, -2, writable ? "write" : "read");
}
#endif

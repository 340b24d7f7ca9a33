/*
 * Ends of streams and futures: objects that are made by `wit.stream` and `wit.future`, or arrive as values. Only
 * readable ends are values; who gives one away has it no longer.
 */
#include "ends.h"

#include "copies.h"

/* Keys of the metatables in the registry: by stream or future, and by readable or writable. */
static const char classes[2][2];

static bool is_stream(wit_type_t type) { return WIT_TYPE_KIND(type) == WIT_TYPE_STREAM; }

/* wit_stream_t and wit_future_t differ in `read` and `write` only. */
#define CHANNEL(from)                                                                                                \
  (struct channel) {                                                                                                 \
    .new_ = (from)->new_, .cancel_read = (from)->cancel_read, .cancel_write = (from)->cancel_write,                  \
    .drop_readable = (from)->drop_readable, .drop_writable = (from)->drop_writable, .lift = (from)->lift,            \
    .lower = (from)->lower, .size = (from)->abi_payload_size, .align = (from)->abi_payload_align,                    \
    .payload = (from)->ty == WIT_NONE ? WIT_NONE : resolved((from)->ty)                                              \
  }

struct channel channel_of(wit_type_t type) {
  size_t index = WIT_TYPE_INDEX(type);
  return is_stream(type) ? CHANNEL(&world->streams[index]) : CHANNEL(&world->futures[index]);
}

const char *end_words(const struct end *end) {
  static const char *const words[2][2] = {{"readable end of a future", "writable end of a future"},
                                          {"readable end of a stream", "writable end of a stream"}};
  return words[is_stream(end->type)][end->writable];
}

/* ---- Objects ----------------------------------------------------------------------------------------------------- */

struct end *to_end(lua_State *L, int index) {
  struct end *end = lua_touserdata(L, index);
  if (!end || !lua_getmetatable(L, index)) return NULL;
  bool ours = lua_getfield(L, -1, "__end") != LUA_TNIL;
  lua_pop(L, 2);
  return ours ? end : NULL;
}

static void push_end(lua_State *L, wit_type_t type, uint32_t handle, bool writable) {
  struct end *end = lua_newuserdatauv(L, sizeof *end, 0);
  *end = (struct end){.type = type, .handle = handle, .writable = writable};
  lua_rawgetp(L, LUA_REGISTRYINDEX, &classes[is_stream(type)][writable]);
  lua_setmetatable(L, -2);
}

void drop_end(struct end *end) {
  struct channel channel = channel_of(end->type);
  end->state = END_GONE;
  (end->writable ? channel.drop_writable : channel.drop_readable)(end->handle);
}

void restore_end(struct end *end) {
  if (end->state == END_GONE) end->state = END_OPEN;
}

/* Whether the engine lets it be dropped: the writable end of a future has to be written. */
static bool may_drop(const struct end *end) {
  return is_stream(end->type) || !end->writable || end->state == END_DONE;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

void wit_dylib_push_future(void *cx, size_t ty, uint32_t handle) {
  struct call *call = cx;
  need(call, 4);
  push_end(call->L, (wit_type_t)ty << 8 | WIT_TYPE_FUTURE, handle, false);
}

void wit_dylib_push_stream(void *cx, size_t ty, uint32_t handle) {
  struct call *call = cx;
  need(call, 4);
  push_end(call->L, (wit_type_t)ty << 8 | WIT_TYPE_STREAM, handle, false);
}

static uint32_t pop_end(struct call *call, wit_type_t type) {
  static const char *const reasons[] = {
      [END_BUSY] = "a read is under way",
      [END_DONE] = "there is nothing more to read",
      [END_GONE] = "it was dropped or given away before",
  };
  need(call, 4);
  lua_State *L = call->L;
  struct end *end = to_end(L, -1), expected = {.type = type};
  if (!end) fail(call, "expected the %s, got %s", end_words(&expected), luaL_typename(L, -1));
  if (end->writable || is_stream(end->type) != is_stream(type))
    fail(call, "expected the %s, got the %s", end_words(&expected), end_words(end));
  if (!same_type(end->type, type)) fail(call, "expected the %s with another payload", end_words(&expected));
  if (end->state != END_OPEN) fail(call, "the %s cannot be given away: %s", end_words(end), reasons[end->state]);
  keep(call);
  lua_pop(L, 1);
  end->state = END_GONE;
  return end->handle;
}

uint32_t wit_dylib_pop_future(void *cx, size_t ty) { return pop_end(cx, (wit_type_t)ty << 8 | WIT_TYPE_FUTURE); }
uint32_t wit_dylib_pop_stream(void *cx, size_t ty) { return pop_end(cx, (wit_type_t)ty << 8 | WIT_TYPE_STREAM); }

/* ---- New ends ---------------------------------------------------------------------------------------------------- */

/* Whether an argument means the payload of a type: nil for none, a text of WIT, or a type of `wit.functions`. */
static bool means(lua_State *L, int index, wit_type_t type) {
  wit_type_t payload = channel_of(type).payload;
  if (lua_isnoneornil(L, index)) return payload == WIT_NONE;
  if (lua_type(L, index) == LUA_TSTRING) return spelled(lua_tostring(L, index), payload);
  luaL_checktype(L, index, LUA_TTABLE);
  lua_getfield(L, index, "id");
  bool same = lua_isinteger(L, -1) && lua_tointeger(L, -1) == type;
  lua_pop(L, 1);
  return same;
}

/* The type that argument 1 means. */
static wit_type_t chosen(lua_State *L, uint32_t kind, size_t count) {
  wit_type_t found = WIT_NONE;
  const char *text = luaL_tolstring(L, 1, NULL);
  for (size_t at = 0; at < count; at++) {
    wit_type_t type = (wit_type_t)at << 8 | kind;
    if (!channel_of(type).new_ || !means(L, 1, type)) continue; /* a type that no function uses has no functions */
    if (found == WIT_NONE) found = type;
    if (!same_type(found, type))
      luaL_error(L, "several types are a %s of %s: write interface#name, or pass a type of wit.functions",
                 type_word(kind), text);
  }
  if (found == WIT_NONE) luaL_error(L, "no function of the world has a %s of %s", type_word(kind), text);
  return found;
}

static int new_ends(lua_State *L, uint32_t kind, size_t count) {
  lua_settop(L, 1);
  wit_type_t type = chosen(L, kind, count);
  uint64_t both = channel_of(type).new_();
  push_end(L, type, (uint32_t)both, false);
  push_end(L, type, (uint32_t)(both >> 32), true);
  return 2;
}

static int new_stream(lua_State *L) { return new_ends(L, WIT_TYPE_STREAM, world->num_streams); }
static int new_future(lua_State *L) { return new_ends(L, WIT_TYPE_FUTURE, world->num_futures); }

/* ---- The end of an end ------------------------------------------------------------------------------------------- */

struct end *check_end(lua_State *L) {
  struct end *end = to_end(L, 1);
  if (!end) luaL_error(L, "expected an end of a stream or future, got %s", luaL_typename(L, 1));
  if (end->state == END_GONE) luaL_error(L, "the %s was dropped or given away before", end_words(end));
  return end;
}

void check_idle(lua_State *L, const struct end *end) {
  if (end->state == END_BUSY)
    luaL_error(L, "the %s is in use: a %s is under way", end_words(end), end->writable ? "write" : "read");
}

int drop_method(lua_State *L) {
  struct end *end = check_end(L);
  check_idle(L, end);
  if (!may_drop(end)) return luaL_error(L, "a future has to be written before its writable end is dropped");
  if (end->state == END_DONE)
    end->state = END_GONE;
  else
    drop_end(end);
  return 0;
}

/* At the end of a variable with <close>: nothing if the end is gone. */
static int close_end(lua_State *L) {
  const struct end *end = to_end(L, 1);
  return end && end->state != END_GONE ? drop_method(L) : 0;
}

static int collect_end(lua_State *L) {
  const struct end *end = to_end(L, 1);
  if (!end || end->state != END_OPEN || !may_drop(end)) return 0;
  struct channel channel = channel_of(end->type);
  drop_later(end->writable ? channel.drop_writable : channel.drop_readable, end->handle);
  return 0;
}

/* ---- The table `wit` --------------------------------------------------------------------------------------------- */

static void add_class(lua_State *L, bool stream, bool writable) {
  struct end end = {.type = stream ? WIT_TYPE_STREAM : WIT_TYPE_FUTURE, .writable = writable};
  lua_createtable(L, 0, 6);
  lua_pushboolean(L, true);
  lua_setfield(L, -2, "__end");
  lua_pushstring(L, end_words(&end));
  lua_setfield(L, -2, "__name");
  lua_pushcfunction(L, close_end);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, collect_end);
  lua_setfield(L, -2, "__gc");
  lua_createtable(L, 0, 6);
  lua_pushcfunction(L, drop_method);
  lua_setfield(L, -2, "drop");
  add_copies(L, stream, writable);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &classes[stream][writable]);
}

void add_ends(lua_State *L) {
  for (int at = 0; at < 4; at++) add_class(L, at & 2, at & 1);
  lua_pushcfunction(L, new_stream);
  lua_setfield(L, -2, "stream");
  lua_pushcfunction(L, new_future);
  lua_setfield(L, -2, "future");
}

/* Error contexts: objects with a message. Who gives one away still has it, because a value is a copy of the handle. */
#include <stdlib.h>

#include "glue.h"

static wit_error_context_new_fn_t canon_new;
static wit_error_context_debug_message_fn_t canon_debug_message;
static wit_error_context_drop_fn_t canon_drop;

/* A userdata: the handle, 0 when it is dropped. */
struct error_context {
  uint32_t handle;
};

/* Key of the metatable in the registry. */
static const char class;

void wit_dylib_error_context_initialize(wit_error_context_new_fn_t new_fn,
                                        wit_error_context_debug_message_fn_t debug_message_fn,
                                        wit_error_context_drop_fn_t drop_fn) {
  canon_new = new_fn;
  canon_debug_message = debug_message_fn;
  canon_drop = drop_fn;
}

static void push_context(lua_State *L, uint32_t handle) {
  struct error_context *context = lua_newuserdatauv(L, sizeof *context, 0);
  context->handle = handle;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &class);
  lua_setmetatable(L, -2);
}

static struct error_context *to_context(lua_State *L, int index) {
  struct error_context *context = lua_touserdata(L, index);
  if (!context || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &class);
  bool ours = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return ours ? context : NULL;
}

void wit_dylib_push_error_context(void *cx, uint32_t handle) {
  struct call *call = cx;
  need(call, 3);
  push_context(call->L, handle);
}

uint32_t wit_dylib_pop_error_context(void *cx) {
  struct call *call = cx;
  need(call, 3);
  const struct error_context *context = to_context(call->L, -1);
  if (!context) fail(call, "expected an error-context, got %s", luaL_typename(call->L, -1));
  if (!context->handle) fail(call, "an error-context was dropped before");
  keep(call); /* until it is copied */
  lua_pop(call->L, 1);
  return context->handle;
}

/* ---- For programs ------------------------------------------------------------------------------------------------ */

static struct error_context *check_context(lua_State *L) {
  struct error_context *context = to_context(L, 1);
  if (!context) luaL_error(L, "expected an error-context, got %s", luaL_typename(L, 1));
  if (!context->handle) luaL_error(L, "the error-context was dropped before");
  return context;
}

/* `wit.error_context(message)` */
static int new_context(lua_State *L) {
  size_t length;
  const char *message = luaL_checklstring(L, 1, &length);
  if (!canon_new) return luaL_error(L, "the world has no error-context");
  push_context(L, canon_new((const uint8_t *)message, length));
  return 1;
}

/* `context:message()`: what the host kept of it, maybe nothing (CanonicalABI.md, `canon_error_context_new`). */
static int message(lua_State *L) {
  const struct error_context *context = check_context(L);
  struct {
    char *bytes;
    size_t length;
  } found;
  canon_debug_message(context->handle, &found);
  lua_pushlstring(L, found.bytes, found.length);
  if (found.length) free(found.bytes);
  return 1;
}

static int drop(lua_State *L) {
  struct error_context *context = check_context(L);
  canon_drop(context->handle);
  context->handle = 0;
  return 0;
}

static int close(lua_State *L) { return to_context(L, 1)->handle ? drop(L) : 0; }

static int collect(lua_State *L) {
  const struct error_context *context = to_context(L, 1);
  if (context && context->handle) drop_later(canon_drop, context->handle);
  return 0;
}

void add_error_contexts(lua_State *L) {
  static const luaL_Reg methods[] = {{"message", message}, {"drop", drop}, {NULL, NULL}};
  static const luaL_Reg events[] = {{"__close", close}, {"__gc", collect}, {NULL, NULL}};
  luaL_newlib(L, events);
  lua_pushliteral(L, "error-context");
  lua_setfield(L, -2, "__name");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &class);
  lua_pushcfunction(L, new_context);
  lua_setfield(L, -2, "error_context");
}

/* Errors: a message on standard error (with WASI) and to the program's `wit.on_error`, then a trap. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "glue.h"
#include "platform.h"

/* `wit.on_error` may tell the message by an import of the world. An error in it is not reported. */
static int tell_program(lua_State *L) {
  push_wit(L);
  lua_getfield(L, -1, "on_error");
  lua_pushvalue(L, 1);
  if (lua_isfunction(L, -2)) lua_call(L, 1, 0);
  return 0;
}

/* The name is what an engine's backtrace shows where nothing can be printed. */
static _Noreturn __attribute__((noinline)) void lua_program_failed(void) { __builtin_trap(); }

_Noreturn void fail_with(const char *interface, const char *name, const char *message) {
  static bool failing;
  const char *parts[] = {"lua: ", interface ? interface : "", interface ? "#" : "", name ? name : "",
                         name ? ": " : "", message, "\n"};
  for (size_t at = 0; at < sizeof parts / sizeof *parts; at++) write_error(parts[at], strlen(parts[at]));
  if (!failing) {
    failing = true;
    lua_State *L = started();
    if (lua_checkstack(L, 8)) {
      lua_pushcfunction(L, tell_program);
      lua_pushfstring(L, "%s%s%s%s%s", parts[1], parts[2], parts[3], parts[4], message);
      lua_pcall(L, 1, 0, 0);
    }
  }
  lua_program_failed();
}

_Noreturn void fail(struct call *call, const char *format, ...) {
  char reason[512], message[600];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  snprintf(message, sizeof message, "%s: %s", call->caller ? "an argument" : "the result", reason);
  if (call->caller && lua_checkstack(call->caller, LUA_MINSTACK)) { /* says where it is called */
    luaL_traceback(call->caller, call->caller, message, 0);
    fail_with(call->interface, call->name, lua_tostring(call->caller, -1));
  }
  fail_with(call->interface, call->name, message);
}

static int with_traceback(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (!message) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_isstring(L, -1))
      message = lua_tostring(L, -1);
    else
      message = lua_pushfstring(L, "an error that is a %s", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

void call_lua(struct call *call, int parameters, int results) {
  lua_State *L = call->L;
  need(call, 1);
  int handler = lua_gettop(L) - parameters;
  lua_pushcfunction(L, with_traceback);
  lua_insert(L, handler);
  if (lua_pcall(L, parameters, results, handler)) fail_with(call->interface, call->name, lua_tostring(L, -1));
  lua_remove(L, handler);
}

/* Output, environment and libraries of Lua, with and without WASI. */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lualib.h"

#ifdef LUA_WITHOUT_WASI
void write_error(const char *text, size_t length) { (void)text, (void)length; }
const char *environment(const char *name) {
  (void)name;
  return NULL;
}
#else
void write_error(const char *text, size_t length) { fwrite(text, 1, length, stderr); }
const char *environment(const char *name) { return getenv(name); }

/* Handles of the host and copies of its environment that are in memory, for a snapshot (docs/preinit.md). */
void __wasilibc_reset_preopens(void);
void __wasilibc_deinitialize_environ(void);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("reset_adapter_state"))) void reset_adapter(void);

/* `wit.forget_host()`: the last thing that a function for `component init` does. */
static int forget_host(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  fflush(NULL);
  __wasilibc_reset_preopens();
  __wasilibc_deinitialize_environ();
  reset_adapter();
  return 0;
}
#endif

void add_platform(lua_State *L) {
#ifdef LUA_WITHOUT_WASI
  (void)L;
#else
  lua_pushcfunction(L, forget_host);
  lua_setfield(L, -2, "forget_host");
#endif
}

void open_libraries(lua_State *L) {
  static const luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base},       {LUA_LOADLIBNAME, luaopen_package}, {LUA_COLIBNAME, luaopen_coroutine},
      {LUA_TABLIBNAME, luaopen_table}, {LUA_STRLIBNAME, luaopen_string},   {LUA_MATHLIBNAME, luaopen_math},
      {LUA_UTF8LIBNAME, luaopen_utf8}, {LUA_DBLIBNAME, luaopen_debug},
#ifndef LUA_WITHOUT_WASI
      {LUA_IOLIBNAME, luaopen_io},     {LUA_OSLIBNAME, luaopen_os},
#endif
  };
  for (size_t at = 0; at < sizeof libraries / sizeof *libraries; at++) {
    luaL_requiref(L, libraries[at].name, libraries[at].func, 1);
    lua_pop(L, 1);
  }
}

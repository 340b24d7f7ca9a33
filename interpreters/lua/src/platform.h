/* What differs between a library with WASI and one without: output, environment, and Lua's libraries. */
#ifndef LUA_PLATFORM_H
#define LUA_PLATFORM_H

#include "lua.h"

void write_error(const char *text, size_t length);
/* A variable of the environment, or null. */
const char *environment(const char *name);
void open_libraries(lua_State *L);
/* Adds what only one kind of library has to the table `wit`, which is on top. */
void add_platform(lua_State *L);

#ifdef LUA_WITHOUT_WASI
#define NAMED_IN_THE_ENVIRONMENT ""
#else
#define NAMED_IN_THE_ENVIRONMENT ", or name a file in LUA_PROGRAM"
#endif

#endif

/* Reads and writes of streams and futures. */
#ifndef LUA_COPIES_H
#define LUA_COPIES_H

#include "lua.h"

#include <stdbool.h>

/* Adds their methods to the table on top. */
void add_copies(lua_State *L, bool stream, bool writable);

#endif

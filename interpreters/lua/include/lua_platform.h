/*
 * Included before every source of Lua: what WASI, or the lack of it, and an engine without exceptions need. The sources
 * of Lua stay as they are.
 */
#ifndef LUA_PLATFORM_DEFINITIONS_H
#define LUA_PLATFORM_DEFINITIONS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Lua takes these from addresses and clocks. Here runs are repeatable, before and after a snapshot. */
#define luai_makeseed(...) 0x5eed5eedu
#define l_randomizePivot() 0x5eed5eedu

#ifdef LUA_WITHOUT_EXCEPTIONS
/* An error calls the panic function of the state, which never returns. */
struct lua_longjmp;
#define luai_jmpbuf int
#define LUAI_TRY(L, c, a) { a }
#define LUAI_THROW(L, c) (((L)->l_G->panic ? (L)->l_G->panic(L) : 0), __builtin_trap())
#endif

/* Processes and temporary names: WASI has none. */
static inline int lua_no_system(const char *command) { return command ? -1 : 0; }
static inline FILE *lua_no_file(void) { return NULL; }
static inline char *lua_no_name(char *name) {
  (void)name;
  return NULL;
}
#define system lua_no_system
#define tmpfile lua_no_file
#define tmpnam lua_no_name
#ifndef L_tmpnam
#define L_tmpnam 20
#endif

#ifdef LUA_WITHOUT_WASI
/* No files, no output, no clock, no environment. */
#define lua_writestring(text, length) ((void)(text), (void)(length))
#define lua_writeline() ((void)0)
#define lua_writestringerror(text, argument) ((void)(text), (void)(argument))
#define getenv(name) ((char *)((void)(name), NULL))
#define fopen(name, mode) ((FILE *)((void)(name), (void)(mode), NULL))
#define freopen(name, mode, file) ((FILE *)((void)(name), (void)(mode), (void)(file), NULL))
#define fclose(file) ((void)(file), 0)
#define fread(to, size, count, file) ((void)(to), (void)(file), (size_t)0)
#define fgets(to, size, file) ((char *)((void)(to), (void)(size), NULL))
#define ferror(file) ((void)(file), 0)
#define feof(file) ((void)(file), 1)
#undef getc
#define getc(file) ((void)(file), EOF)
#undef stdin
#define stdin ((FILE *)NULL)
static inline time_t lua_no_time(time_t *to) {
  (void)to;
  return 0;
}
#define time lua_no_time
#endif

#endif

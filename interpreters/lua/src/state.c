/* The state of Lua, its program, and contexts. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"
#include "platform.h"

const wit_t *world;
static lua_State *state;
static struct call *unused;

/* ---- The program ------------------------------------------------------------------------------------------------- */

/*
 * The program, if it is linked in as a library (interpreters/lua/program.py writes it): the number of modules, then for
 * each the lengths of its name and of its source, and both. The first module is the program, `require` finds the others.
 */
extern const unsigned char *lua_program(void) __attribute__((weak));

static uint32_t word(const unsigned char **at) {
  uint32_t value;
  memcpy(&value, *at, sizeof value);
  *at += sizeof value;
  return value;
}

/* Compiles a linked module and runs it with its name: (name) -> its value. Upvalues: its source, with a length. */
static int run_linked(lua_State *L) {
  const char *source = lua_touserdata(L, lua_upvalueindex(1));
  size_t length = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  const char *name = luaL_checkstring(L, 1);
  if (luaL_loadbufferx(L, source, length, lua_pushfstring(L, "@%s.lua", name), "t")) return lua_error(L);
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* Pushes the program as a function, and its name; leaves the other modules for `require`. */
static void find_linked(lua_State *L) {
  const unsigned char *at = lua_program();
  uint32_t count = word(&at);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (uint32_t module = 0; module < count; module++) {
    size_t name_length = word(&at), length = word(&at);
    lua_pushlstring(L, (const char *)at, name_length);
    lua_pushlightuserdata(L, (void *)(at + name_length));
    lua_pushinteger(L, (lua_Integer)length);
    lua_pushcclosure(L, run_linked, 2);
    if (module) {
      lua_rawset(L, -3);
    } else {
      lua_insert(L, -3);
      lua_insert(L, -2);
    }
    at += name_length + length;
  }
  lua_pop(L, 1);
}

/* Pushes the program in the file that the environment names, and its path; `require` looks for modules beside it. */
static void load_file(lua_State *L) {
  const char *path = environment("LUA_PROGRAM");
  if (!path) luaL_error(L, "there is no program: link one as a library" NAMED_IN_THE_ENVIRONMENT);
  const char *end = strrchr(path, '/');
  lua_getglobal(L, "package");
  lua_pushlstring(L, path, end ? (size_t)(end - path) : 0);
  lua_pushfstring(L, "%s%s?.lua", lua_tostring(L, -1), end ? "/" : "");
  lua_setfield(L, -3, "path");
  lua_pop(L, 2);
  if (luaL_loadfilex(L, path, "t")) lua_error(L);
  lua_pushstring(L, path);
}

static int run_program(lua_State *L) {
  open_libraries(L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &world);
  add_imports(L);
  add_resources(L);
  add_ends(L);
  add_error_contexts(L);
  add_reflection(L);
  add_async(L);
  add_platform(L);
  lua_setglobal(L, "wit");
  if (lua_program)
    find_linked(L);
  else
    load_file(L);
  lua_call(L, 1, 0);
  return 0;
}

void push_wit(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &world); }

static int panicked(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fail_with(NULL, NULL, message ? message : "an error outside of every call");
}

lua_State *started(void) {
  if (state) return state;
  if (!world) fail_with(NULL, NULL, "no world: the library of wit-dylib is not linked");
  state = luaL_newstate();
  if (!state) fail_with(NULL, NULL, "not enough memory");
  lua_atpanic(state, panicked);
  struct call *call = new_call(NULL, "the program");
  lua_pushcfunction(call->L, run_program);
  call_lua(call, 0, 0);
  end_call(call);
  return state;
}

/* ---- Contexts ---------------------------------------------------------------------------------------------------- */

struct call *new_call(const char *interface, const char *name) {
  struct call *call = unused;
  if (call) {
    unused = call->next;
  } else {
    call = calloc(1, sizeof *call);
    if (!call) fail_with(interface, name, "not enough memory");
    call->L = lua_newthread(state);
    luaL_ref(state, LUA_REGISTRYINDEX); /* for good: it is used again */
  }
  call->interface = interface;
  call->name = name;
  call->caller = NULL;
  lua_pushnil(call->L);
  call->kept = 1;
  return call;
}

void end_call(struct call *call) {
  free_blocks(call);
  lua_settop(call->L, 0);
  call->next = unused;
  unused = call;
}

void free_blocks(struct call *call) {
  while (call->blocks) {
    struct block *block = call->blocks;
    call->blocks = block->next;
    free(block->memory);
    free(block);
  }
}

static void adopt(struct call *call, void *memory) {
  struct block *block = malloc(sizeof *block);
  if (!block || !memory) fail(call, "not enough memory");
  *block = (struct block){call->blocks, memory};
  call->blocks = block;
}

void *allocate_for(struct call *call, size_t size) {
  void *memory = malloc(size ? size : 1);
  adopt(call, memory);
  return memory;
}

void need(struct call *call, int count) {
  if (!lua_checkstack(call->L, count + LUA_MINSTACK)) fail(call, "a value is nested too deeply or too long");
}

void keep(struct call *call) {
  lua_State *L = call->L;
  need(call, 2);
  if (lua_isnil(L, call->kept)) {
    lua_newtable(L);
    lua_replace(L, call->kept);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, call->kept, (lua_Integer)lua_rawlen(L, call->kept) + 1);
}

/* ---- Memory of the Canonical ABI --------------------------------------------------------------------------------- */

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  (void)align; /* malloc's alignment is 16; the Canonical ABI needs at most 8 */
  void *memory = old_size ? realloc(old, new_size) : malloc(new_size);
  if (!memory) fail_with(NULL, NULL, "not enough memory for a value");
  return memory;
}

void wit_dylib_dealloc_bytes(void *cx, void *memory, size_t size, size_t align, int32_t defer) {
  (void)align;
  if (!size) return;
  if (defer)
    adopt(cx, memory);
  else
    free(memory);
}

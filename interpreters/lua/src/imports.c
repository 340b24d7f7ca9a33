/* `wit.imports` and `wit.exports`: interfaces as tables of functions and classes. */
#include <string.h>

#include "glue.h"

/* Calls the imported function whose number is the first upvalue. */
static int call_import(lua_State *L) {
  const wit_import_func_t *function = &world->import_funcs[lua_tointeger(L, lua_upvalueindex(1))];
  int parameters = (int)function->nparams;
  if (lua_gettop(L) > parameters) return luaL_error(L, "%s takes %d arguments", function->name, parameters);
  lua_settop(L, parameters);
  if (!function->impl) return call_async(L, function);
  lua_pushnil(L);
  struct call call = {
      .L = L, .kept = parameters + 1, .interface = function->interface, .name = function->name, .caller = L};
  need(&call, parameters);
  for (int at = parameters; at; at--) lua_pushvalue(L, at);
  function->impl(&call);
  free_blocks(&call);
  return function->result != WIT_NONE;
}

/* Calls a class: its constructor, without the class itself. */
static int construct(lua_State *L) {
  if (lua_getfield(L, 1, "__new") == LUA_TNIL) return luaL_error(L, "this resource has no constructor");
  lua_replace(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

/* Replaces the table on top by the one that it has under a name, which is made if it is missing. */
static void enter(lua_State *L, const char *name, size_t length) {
  lua_pushlstring(L, name, length);
  push_identifier(L, lua_tostring(L, -1));
  luaL_getsubtable(L, -3, lua_tostring(L, -1));
  lua_insert(L, -4);
  lua_pop(L, 3);
}

static void enter_interface(lua_State *L, const char *interface) {
  if (interface) enter(L, interface, strlen(interface));
}

static void enter_class(lua_State *L, const char *name, size_t length) {
  enter(L, name, length);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, construct);
  lua_setfield(L, -2, "__call");
  lua_setmetatable(L, -2);
}

void push_class(lua_State *L, const wit_resource_t *resource) {
  push_wit(L);
  lua_getfield(L, -1, "imports");
  lua_remove(L, -2);
  enter_interface(L, resource->interface);
  enter_class(L, resource->name, strlen(resource->name));
}

void add_imports(lua_State *L) {
  lua_newtable(L);
  for (size_t at = 0; at < world->num_import_funcs; at++) {
    const wit_import_func_t *function = &world->import_funcs[at];
    struct function_name name = function_name(function->name);
    lua_pushvalue(L, -1);
    enter_interface(L, function->interface);
    if (name.resource) enter_class(L, name.resource, name.resource_length);
    push_member(L, name);
    lua_pushinteger(L, (lua_Integer)at);
    lua_pushcclosure(L, call_import, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
  }
  lua_setfield(L, -2, "imports");
  lua_newtable(L);
  for (size_t at = 0; at < world->num_export_funcs; at++) {
    lua_pushvalue(L, -1);
    enter_interface(L, world->export_funcs[at].interface);
    lua_pop(L, 1);
  }
  lua_setfield(L, -2, "exports");
}

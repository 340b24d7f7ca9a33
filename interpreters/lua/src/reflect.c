/* `wit.functions`: the functions of the world with their types, for programs that serve any world. */
#include "glue.h"

static void push_type(lua_State *L, wit_type_t type);

static void set_string(lua_State *L, const char *key, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, key);
}

static void set_type(lua_State *L, const char *key, wit_type_t type) {
  push_type(L, type);
  lua_setfield(L, -2, key);
}

/* Appends {name =, type =} to the sequence on top; without a name for the parts of a tuple. */
static void append_part(lua_State *L, const char *name, wit_type_t type) {
  lua_createtable(L, 0, 2);
  set_string(L, "name", name);
  set_type(L, "type", type);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void describe_resource(lua_State *L, const wit_resource_t *resource) {
  set_string(L, "interface", resource->interface);
  set_string(L, "name", resource->name);
  lua_pushboolean(L, resource->new_ != NULL);
  lua_setfield(L, -2, "exported");
}

static void set_integer(lua_State *L, const char *key, size_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, key);
}

/* Sets the kind and the parts of a type that is not a primitive one, in the table on top. */
static void describe(lua_State *L, wit_type_t type) {
  size_t index = WIT_TYPE_INDEX(type);
  set_string(L, "kind", type_word(type));
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_OWN:
  case WIT_TYPE_BORROW: describe_resource(L, &world->resources[index]); break;
  case WIT_TYPE_FIXED_LENGTH_LIST: set_integer(L, "size", world->fixed_length_lists[index].size); break;
  case WIT_TYPE_FUTURE:
  case WIT_TYPE_STREAM: set_integer(L, "id", type); break;
  default: break;
  }
  for (size_t at = 0;; at++) {
    struct type_part part = type_part(type, at);
    if (!part.present) break;
    append_part(L, *part.name ? part.name : NULL, part.type);
  }
}

/* Pushes a type: nil, the name of a primitive one, or a table, which is the same for each use of the type. */
static void push_type(lua_State *L, wit_type_t type) {
  luaL_checkstack(L, 8, "a type is nested too deeply");
  type = resolved(type);
  if (type == WIT_NONE) {
    lua_pushnil(L);
  } else if (WIT_TYPE_KIND(type) <= WIT_TYPE_ERROR_CONTEXT) {
    lua_pushstring(L, type_word(type));
  } else if (lua_rawgeti(L, lua_upvalueindex(1), type) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    describe(L, type);
    lua_pushvalue(L, -1);
    lua_rawseti(L, lua_upvalueindex(1), type);
  }
}

static void append_function(lua_State *L, const char *interface, const char *name, size_t count,
                            const wit_type_t *parameters, wit_type_t result, bool async) {
  struct function_name parts = function_name(name);
  lua_createtable(L, 0, 7);
  set_string(L, "interface", interface);
  set_string(L, "name", name);
  if (parts.resource) {
    lua_pushlstring(L, parts.resource, parts.resource_length);
    push_identifier(L, lua_tostring(L, -1));
    lua_setfield(L, -3, "resource");
    lua_pop(L, 1);
  }
  push_member(L, parts);
  lua_setfield(L, -2, "member");
  lua_createtable(L, (int)count, 0);
  for (size_t at = 0; at < count; at++) append_part(L, NULL, parameters[at]);
  lua_setfield(L, -2, "parameters");
  set_type(L, "result", result);
  lua_pushboolean(L, async);
  lua_setfield(L, -2, "async");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* Returns the imported and the exported functions. */
static int functions(lua_State *L) {
  lua_newtable(L);
  for (size_t at = 0; at < world->num_import_funcs; at++) {
    const wit_import_func_t *found = &world->import_funcs[at];
    append_function(L, found->interface, found->name, found->nparams, found->params, found->result,
                    !found->impl);
  }
  lua_newtable(L);
  for (size_t at = 0; at < world->num_export_funcs; at++) {
    const wit_export_func_t *found = &world->export_funcs[at];
    append_function(L, found->interface, found->name, found->nparams, found->params, found->result,
                    found->task_return);
  }
  return 2;
}

void add_reflection(lua_State *L) {
  lua_newtable(L);
  lua_pushcclosure(L, functions, 1);
  lua_setfield(L, -2, "functions");
}

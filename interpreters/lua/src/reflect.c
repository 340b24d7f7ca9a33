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

/* Sets the kind and the parts of a type that is not a primitive one, in the table on top. */
static void describe(lua_State *L, wit_type_t type) {
  size_t at = WIT_TYPE_INDEX(type);
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_RECORD:
    set_string(L, "kind", "record");
    for (size_t i = 0; i < world->records[at].nfields; i++)
      append_part(L, world->records[at].fields[i].name, world->records[at].fields[i].ty);
    break;
  case WIT_TYPE_TUPLE:
    set_string(L, "kind", "tuple");
    for (size_t i = 0; i < world->tuples[at].ntypes; i++) append_part(L, NULL, world->tuples[at].types[i]);
    break;
  case WIT_TYPE_VARIANT:
    set_string(L, "kind", "variant");
    for (size_t i = 0; i < world->variants[at].ncases; i++)
      append_part(L, world->variants[at].cases[i].name, world->variants[at].cases[i].ty);
    break;
  case WIT_TYPE_FLAGS:
    set_string(L, "kind", "flags");
    for (size_t i = 0; i < world->flags[at].nnames; i++) append_part(L, world->flags[at].names[i], WIT_NONE);
    break;
  case WIT_TYPE_ENUM:
    set_string(L, "kind", "enum");
    for (size_t i = 0; i < world->enums[at].nnames; i++) append_part(L, world->enums[at].names[i], WIT_NONE);
    break;
  case WIT_TYPE_OPTION:
    set_string(L, "kind", "option");
    append_part(L, NULL, world->options[at].ty);
    break;
  case WIT_TYPE_RESULT:
    set_string(L, "kind", "result");
    append_part(L, "ok", world->results[at].ok);
    append_part(L, "err", world->results[at].err);
    break;
  case WIT_TYPE_LIST:
    set_string(L, "kind", "list");
    append_part(L, NULL, world->lists[at].ty);
    break;
#if WIT_DYLIB_VERSION >= 3
  case WIT_TYPE_MAP:
    set_string(L, "kind", "map");
    append_part(L, "key", world->maps[at].key_type);
    append_part(L, "value", world->maps[at].value_type);
    break;
#endif
  case WIT_TYPE_FIXED_LENGTH_LIST:
    set_string(L, "kind", "fixed-length list");
    lua_pushinteger(L, (lua_Integer)world->fixed_length_lists[at].size);
    lua_setfield(L, -2, "size");
    append_part(L, NULL, world->fixed_length_lists[at].ty);
    break;
  case WIT_TYPE_OWN:
  case WIT_TYPE_BORROW:
    set_string(L, "kind", WIT_TYPE_KIND(type) == WIT_TYPE_OWN ? "own" : "borrow");
    describe_resource(L, &world->resources[at]);
    break;
  default:
    set_string(L, "kind", "unsupported");
  }
}

/* Pushes a type: nil, the name of a primitive one, or a table, which is the same for each use of the type. */
static void push_type(lua_State *L, wit_type_t type) {
  static const char *const primitive[] = {
      [WIT_TYPE_U8] = "u8",   [WIT_TYPE_U16] = "u16",   [WIT_TYPE_U32] = "u32",   [WIT_TYPE_U64] = "u64",
      [WIT_TYPE_S8] = "s8",   [WIT_TYPE_S16] = "s16",   [WIT_TYPE_S32] = "s32",   [WIT_TYPE_S64] = "s64",
      [WIT_TYPE_BOOL] = "bool", [WIT_TYPE_CHAR] = "char", [WIT_TYPE_F32] = "f32", [WIT_TYPE_F64] = "f64",
      [WIT_TYPE_STRING] = "string", [WIT_TYPE_ERROR_CONTEXT] = "error-context",
  };
  luaL_checkstack(L, 8, "a type is nested too deeply");
  type = resolved(type);
  if (type == WIT_NONE) {
    lua_pushnil(L);
  } else if (WIT_TYPE_KIND(type) < sizeof primitive / sizeof *primitive) {
    lua_pushstring(L, primitive[WIT_TYPE_KIND(type)]);
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

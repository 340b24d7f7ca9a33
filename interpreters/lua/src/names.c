/* Names of the world as Lua programs write them. */
#include <string.h>

#include "glue.h"

void push_identifier(lua_State *L, const char *name) {
  if (strchr(name, ':') || !strchr(name, '-'))
    lua_pushstring(L, name);
  else
    luaL_gsub(L, name, "-", "_");
}

/* Whether a name goes on with an annotation; if so, it is skipped. */
static bool annotated(const char **name, const char *annotation) {
  size_t length = strlen(annotation);
  if (strncmp(*name, annotation, length)) return false;
  *name += length;
  return true;
}

struct function_name function_name(const char *name) {
  if (annotated(&name, "[constructor]")) return (struct function_name){name, strlen(name), "__", "new"};
  if (annotated(&name, "[destructor]")) return (struct function_name){name, strlen(name), "__", "drop"};
  bool in_class = annotated(&name, "[method]") || annotated(&name, "[static]");
  struct function_name found = {.prefix = ""};
  if (annotated(&name, "[get]")) found.prefix = "__get_";
  if (annotated(&name, "[set]")) found.prefix = "__set_";
  found.member = name;
  if (in_class) {
    const char *dot = strchr(name, '.');
    found.resource = name;
    found.resource_length = (size_t)(dot - name);
    found.member = dot + 1;
  }
  return found;
}

void push_member(lua_State *L, struct function_name name) {
  lua_pushstring(L, name.prefix);
  push_identifier(L, name.member);
  lua_concat(L, 2);
}

/* Pushes the table of a description, and tells whether it is new and so still empty. */
static bool push_names(lua_State *L, const void *description) {
  luaL_checkstack(L, 4, NULL);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, description) == LUA_TTABLE) return false;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, description);
  return true;
}

/* Name number `at` of the table on top. A case keeps its name, and its number can be looked up. */
static void add_name(lua_State *L, const char *name, size_t at, bool is_case) {
  if (is_case) {
    lua_pushstring(L, name);
    lua_pushinteger(L, (lua_Integer)at);
    lua_rawset(L, -3);
    lua_pushstring(L, name);
  } else {
    push_identifier(L, name);
  }
  lua_rawseti(L, -2, (lua_Integer)at + 1);
}

void push_field_names(lua_State *L, const wit_record_t *record) {
  if (push_names(L, record))
    for (size_t at = 0; at < record->nfields; at++) add_name(L, record->fields[at].name, at, false);
}

void push_flag_names(lua_State *L, const wit_flags_t *flags) {
  if (push_names(L, flags))
    for (size_t at = 0; at < flags->nnames; at++) add_name(L, flags->names[at], at, false);
}

void push_enum_names(lua_State *L, const wit_enum_t *type) {
  if (push_names(L, type))
    for (size_t at = 0; at < type->nnames; at++) add_name(L, type->names[at], at, true);
}

void push_case_names(lua_State *L, const wit_variant_t *variant) {
  if (push_names(L, variant))
    for (size_t at = 0; at < variant->ncases; at++) add_name(L, variant->cases[at].name, at, true);
}

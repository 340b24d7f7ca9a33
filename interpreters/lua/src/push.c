/* From the Canonical ABI onto the stack. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"
#include "scalars.h"

static lua_State *room(void *cx) {
  struct call *call = cx;
  need(call, 4);
  return call->L;
}

void wit_dylib_push_bool(void *cx, int32_t value) { lua_pushboolean(room(cx), value); }
void wit_dylib_push_u8(void *cx, int32_t value) { lua_pushinteger(room(cx), (uint8_t)value); }
void wit_dylib_push_s8(void *cx, int32_t value) { lua_pushinteger(room(cx), (int8_t)value); }
void wit_dylib_push_u16(void *cx, int32_t value) { lua_pushinteger(room(cx), (uint16_t)value); }
void wit_dylib_push_s16(void *cx, int32_t value) { lua_pushinteger(room(cx), (int16_t)value); }
void wit_dylib_push_u32(void *cx, uint32_t value) { lua_pushinteger(room(cx), value); }
void wit_dylib_push_s32(void *cx, int32_t value) { lua_pushinteger(room(cx), value); }
void wit_dylib_push_u64(void *cx, uint64_t value) { lua_pushinteger(room(cx), (lua_Integer)value); }
void wit_dylib_push_s64(void *cx, int64_t value) { lua_pushinteger(room(cx), value); }
void wit_dylib_push_f32(void *cx, float value) { lua_pushnumber(room(cx), value); }
void wit_dylib_push_f64(void *cx, double value) { lua_pushnumber(room(cx), value); }
void wit_dylib_push_char(void *cx, uint32_t value) { lua_pushfstring(room(cx), "%U", (unsigned long)value); }

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
  lua_pushlstring(room(cx), (const char *)bytes, len);
  if (len) free(bytes);
}

/* Names as keys of a table, `true` as values. */
void wit_dylib_push_flags(void *cx, size_t ty, uint32_t bits) {
  lua_State *L = room(cx);
  lua_newtable(L);
  push_flag_names(L, &world->flags[ty]);
  for (size_t at = 0; at < world->flags[ty].nnames; at++) {
    if (!(bits >> at & 1)) continue;
    lua_rawgeti(L, -1, (lua_Integer)at + 1);
    lua_pushboolean(L, true);
    lua_rawset(L, -4);
  }
  lua_pop(L, 1);
}

void wit_dylib_push_enum(void *cx, size_t ty, uint32_t discr) {
  lua_pushstring(room(cx), world->enums[ty].names[discr]);
}

void wit_dylib_push_record(void *cx, size_t ty) {
  lua_State *L = room(cx);
  const wit_record_t *record = &world->records[ty];
  int first = lua_gettop(L) - (int)record->nfields + 1;
  lua_createtable(L, 0, (int)record->nfields);
  push_field_names(L, record);
  for (int at = 0; at < (int)record->nfields; at++) {
    lua_rawgeti(L, -1, at + 1);
    lua_pushvalue(L, first + at);
    lua_rawset(L, -4);
  }
  lua_pop(L, 1);
  lua_replace(L, first);
  lua_settop(L, first);
}

/* Replaces values by a sequence of them. */
static void gather(void *cx, size_t count) {
  lua_State *L = room(cx);
  lua_createtable(L, (int)count, 0);
  lua_insert(L, -(int)count - 1);
  int table = lua_gettop(L) - (int)count;
  for (lua_Integer at = (lua_Integer)count; at; at--) lua_rawseti(L, table, at);
}

void wit_dylib_push_tuple(void *cx, size_t ty) { gather(cx, world->tuples[ty].ntypes); }
void wit_dylib_push_fixed_length_list(void *cx, size_t ty) { gather(cx, world->fixed_length_lists[ty].size); }

/* {tag = name, val = payload} */
static void push_case(void *cx, const char *tag, wit_type_t payload) {
  lua_State *L = room(cx);
  lua_createtable(L, 0, 2);
  if (payload != WIT_NONE) {
    lua_insert(L, -2);
    lua_setfield(L, -2, "val");
  }
  lua_pushstring(L, tag);
  lua_setfield(L, -2, "tag");
}

void wit_dylib_push_variant(void *cx, size_t ty, uint32_t discr) {
  const wit_case_t *found = &world->variants[ty].cases[discr];
  push_case(cx, found->name, found->ty);
}

void wit_dylib_push_result(void *cx, size_t ty, uint32_t discr) {
  const wit_result_t *result = &world->results[ty];
  push_case(cx, discr ? "err" : "ok", discr ? result->err : result->ok);
}

/* nil, or the payload; a payload that may be nil itself is in a table: {payload}. */
void wit_dylib_push_option(void *cx, size_t ty, uint32_t discr) {
  if (!discr)
    lua_pushnil(room(cx));
  else if (may_be_nil(world->options[ty].ty))
    gather(cx, 1);
}

/* Bytes are a string. Other scalars are taken whole, anything else comes by element. */
bool wit_dylib_push_list(void *cx, size_t ty, uint8_t *bytes, size_t len) {
  lua_State *L = room(cx);
  wit_type_t type = resolved(world->lists[ty].ty);
  if (type == WIT_TYPE_U8) {
    lua_pushlstring(L, (const char *)bytes, len);
  } else {
    lua_createtable(L, (int)len, may_be_nil(type));
    size_t size = scalar_size(type);
    if (!size) {
      if (may_be_nil(type)) set_length(L, 0);
      return false;
    }
    for (size_t at = 0; at < len; at++) {
      push_scalar(L, type, bytes + at * size);
      lua_rawseti(L, -2, (lua_Integer)at + 1);
    }
  }
  if (len) free(bytes);
  return true;
}

/* Elements that may be nil leave holes, so such a list has its length in the field `n`, as from table.pack. */
void wit_dylib_list_append(void *cx, size_t ty) {
  lua_State *L = room(cx);
  if (may_be_nil(world->lists[ty].ty)) {
    lua_getfield(L, -2, "n");
    lua_Integer length = lua_tointeger(L, -1) + 1;
    lua_pop(L, 1);
    lua_rawseti(L, -2, length);
    set_length(L, length);
  } else {
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
}

#if WIT_DYLIB_VERSION >= 3
/* A sequence of pairs {key, value}: the order and equal keys are kept. */
void wit_dylib_push_map(void *cx, size_t ty, size_t len) {
  (void)ty;
  lua_createtable(room(cx), (int)len, 0);
}

void wit_dylib_map_append(void *cx, size_t ty) {
  (void)ty;
  gather(cx, 2);
  lua_State *L = ((struct call *)cx)->L;
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}
#endif

/* From the stack to the Canonical ABI. */
#include <string.h>

#include "glue.h"
#include "scalars.h"

static lua_State *room(void *cx) {
  struct call *call = cx;
  need(call, 4);
  return call->L;
}

static void expect_table(void *cx, const char *what, const char *name) {
  lua_State *L = room(cx);
  if (!lua_istable(L, -1))
    fail(cx, "expected a table for %s%s%s, got %s", what, name ? " " : "", name ? name : "", luaL_typename(L, -1));
}

int32_t wit_dylib_pop_bool(void *cx) {
  lua_State *L = room(cx);
  if (!lua_isboolean(L, -1)) fail(cx, "expected bool, got %s", luaL_typename(L, -1));
  int32_t value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

int32_t wit_dylib_pop_u8(void *cx) { return (int32_t)pop_integer(cx, WIT_TYPE_U8); }
int32_t wit_dylib_pop_s8(void *cx) { return (int32_t)pop_integer(cx, WIT_TYPE_S8); }
int32_t wit_dylib_pop_u16(void *cx) { return (int32_t)pop_integer(cx, WIT_TYPE_U16); }
int32_t wit_dylib_pop_s16(void *cx) { return (int32_t)pop_integer(cx, WIT_TYPE_S16); }
uint32_t wit_dylib_pop_u32(void *cx) { return (uint32_t)pop_integer(cx, WIT_TYPE_U32); }
int32_t wit_dylib_pop_s32(void *cx) { return (int32_t)pop_integer(cx, WIT_TYPE_S32); }
uint64_t wit_dylib_pop_u64(void *cx) { return (uint64_t)pop_integer(cx, WIT_TYPE_U64); }
int64_t wit_dylib_pop_s64(void *cx) { return pop_integer(cx, WIT_TYPE_S64); }
float wit_dylib_pop_f32(void *cx) { return (float)pop_number(cx, WIT_TYPE_F32); }
double wit_dylib_pop_f64(void *cx) { return pop_number(cx, WIT_TYPE_F64); }

/* ---- Text -------------------------------------------------------------------------------------------------------- */

/*
 * The character at `at`, which is then behind it; UINT32_MAX if there is no valid one: cut off, too long, beyond
 * Unicode or a surrogate (RFC 3629).
 */
static uint32_t next_character(const unsigned char **at, const unsigned char *end) {
  static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  uint32_t first = *(*at)++;
  if (first < 0x80) return first;
  int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc0 || first > 0xf7 || end - *at < more) return UINT32_MAX;
  uint32_t value = first & (0x3fu >> more);
  for (int left = more; left; left--) {
    unsigned char byte = *(*at)++;
    if (byte >> 6 != 2) return UINT32_MAX;
    value = value << 6 | (byte & 0x3f);
  }
  bool surrogate = value >= 0xd800 && value <= 0xdfff;
  return value < smallest[more] || value > 0x10ffff || surrogate ? UINT32_MAX : value;
}

/* The bytes of the string on top, which is then off the stack and lives until the call ends. */
static size_t pop_bytes(void *cx, const char *what, const char **bytes) {
  lua_State *L = room(cx);
  if (lua_type(L, -1) != LUA_TSTRING) fail(cx, "expected %s, got %s", what, luaL_typename(L, -1));
  size_t length;
  *bytes = lua_tolstring(L, -1, &length);
  keep(cx);
  lua_pop(L, 1);
  return length;
}

uint32_t wit_dylib_pop_char(void *cx) {
  const char *bytes;
  size_t length = pop_bytes(cx, "char, a string of one character", &bytes);
  const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
  uint32_t value = length ? next_character(&at, end) : UINT32_MAX;
  if (value == UINT32_MAX || at != end) fail(cx, "expected char, a string of one character in UTF-8");
  return value;
}

size_t wit_dylib_pop_string(void *cx, char **ptr) {
  const char *bytes;
  size_t length = pop_bytes(cx, "string", &bytes);
  const unsigned char *at = (const unsigned char *)bytes, *end = at + length;
  while (at < end)
    if (next_character(&at, end) == UINT32_MAX) fail(cx, "a string is not valid UTF-8; use list<u8> for bytes");
  *ptr = (char *)bytes;
  return length;
}

/* ---- Records, variants and their kind ---------------------------------------------------------------------------- */

uint32_t wit_dylib_pop_flags(void *cx, size_t ty) {
  const wit_flags_t *flags = &world->flags[ty];
  expect_table(cx, "flags", flags->name);
  lua_State *L = room(cx);
  uint32_t bits = 0;
  push_flag_names(L, flags);
  for (size_t at = 0; at < flags->nnames; at++) {
    lua_rawgeti(L, -1, (lua_Integer)at + 1);
    lua_rawget(L, -3);
    bits |= (uint32_t)lua_toboolean(L, -1) << at;
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  return bits;
}

/* Takes a tag and the names below it; returns the number of the case. */
static uint32_t pop_tag(void *cx, const char *what, const char *name) {
  lua_State *L = ((struct call *)cx)->L;
  if (lua_type(L, -1) != LUA_TSTRING)
    fail(cx, "expected the name of a case of %s %s, got %s", what, name, luaL_typename(L, -1));
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) != LUA_TNUMBER) fail(cx, "%s %s has no case %.80s", what, name, lua_tostring(L, -2));
  uint32_t number = (uint32_t)lua_tointeger(L, -1);
  lua_pop(L, 3);
  return number;
}

uint32_t wit_dylib_pop_enum(void *cx, size_t ty) {
  lua_State *L = room(cx);
  push_enum_names(L, &world->enums[ty]);
  lua_insert(L, -2);
  return pop_tag(cx, "enum", world->enums[ty].name);
}

/* Replaces the variant on top by its payload, if there is one. */
static void leave_payload(lua_State *L, wit_type_t payload) {
  if (payload != WIT_NONE) {
    lua_pushliteral(L, "val");
    lua_rawget(L, -2);
    lua_remove(L, -2);
  } else {
    lua_pop(L, 1);
  }
}

static void push_tag(lua_State *L) {
  lua_pushliteral(L, "tag");
  lua_rawget(L, -2);
}

uint32_t wit_dylib_pop_variant(void *cx, size_t ty) {
  const wit_variant_t *variant = &world->variants[ty];
  expect_table(cx, "variant", variant->name);
  lua_State *L = room(cx);
  push_case_names(L, variant);
  lua_pushvalue(L, -2);
  push_tag(L);
  lua_remove(L, -2);
  uint32_t number = pop_tag(cx, "variant", variant->name);
  leave_payload(L, variant->cases[number].ty);
  return number;
}

uint32_t wit_dylib_pop_result(void *cx, size_t ty) {
  const wit_result_t *result = &world->results[ty];
  expect_table(cx, "a result", result->name);
  lua_State *L = room(cx);
  push_tag(L);
  const char *tag = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  bool ok = !strcmp(tag, "ok");
  if (!ok && strcmp(tag, "err")) fail(cx, "expected a result with the tag ok or err");
  lua_pop(L, 1);
  leave_payload(L, ok ? result->ok : result->err);
  return !ok;
}

uint32_t wit_dylib_pop_option(void *cx, size_t ty) {
  lua_State *L = room(cx);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return 0;
  }
  if (may_be_nil(world->options[ty].ty)) {
    expect_table(cx, "an option in an option: {payload}", NULL);
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
  }
  return 1;
}

/* Fields are read raw, so no code of the program runs here. */
void wit_dylib_pop_record(void *cx, size_t ty) {
  const wit_record_t *record = &world->records[ty];
  expect_table(cx, "record", record->name);
  need(cx, (int)record->nfields + 4);
  lua_State *L = room(cx);
  push_field_names(L, record);
  int table = lua_gettop(L) - 1;
  for (int at = (int)record->nfields; at; at--) {
    lua_rawgeti(L, table + 1, at);
    if (lua_rawget(L, table) == LUA_TNIL && !may_be_nil(record->fields[at - 1].ty))
      fail(cx, "a table for record %s has no field for %s", record->name, record->fields[at - 1].name);
  }
  lua_remove(L, table + 1);
  lua_remove(L, table);
}

static void spread(void *cx, const char *what, const char *name, size_t count) {
  expect_table(cx, what, name);
  need(cx, (int)count);
  lua_State *L = room(cx);
  int table = lua_gettop(L);
  for (lua_Integer at = (lua_Integer)count; at; at--) lua_rawgeti(L, table, at);
  lua_remove(L, table);
}

void wit_dylib_pop_tuple(void *cx, size_t ty) {
  spread(cx, "a tuple", world->tuples[ty].name, world->tuples[ty].ntypes);
}

void wit_dylib_pop_fixed_length_list(void *cx, size_t ty) {
  spread(cx, "a list of fixed length", world->fixed_length_lists[ty].name, world->fixed_length_lists[ty].size);
}

/* ---- Lists and maps ---------------------------------------------------------------------------------------------- */

size_t list_length(void *cx, const char *what, const char *name, bool holes) {
  expect_table(cx, what, name);
  lua_State *L = room(cx);
  if (!holes) return lua_rawlen(L, -1);
  lua_pushliteral(L, "n");
  lua_rawget(L, -2);
  size_t length = lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0 ? (size_t)lua_tointeger(L, -1) : lua_rawlen(L, -2);
  lua_pop(L, 1);
  return length;
}

/* Scalars in canonical form; anything else by an iterator: the table, and above it the number of the last element. */
size_t wit_dylib_pop_list(void *cx, size_t ty, void **ptr) {
  lua_State *L = room(cx);
  const wit_list_t *list = &world->lists[ty];
  wit_type_t type = resolved(list->ty);
  if (type == WIT_TYPE_U8 && lua_type(L, -1) == LUA_TSTRING) return pop_bytes(cx, "list<u8>", (const char **)ptr);
  size_t length = list_length(cx, "a list", list->name, may_be_nil(type)), size = scalar_size(type);
  *ptr = NULL;
  if (!size || !length) {
    lua_pushinteger(L, 0);
    return length;
  }
  uint8_t *bytes = allocate_for(cx, length * size);
  for (size_t at = 0; at < length; at++) {
    lua_rawgeti(L, -1, (lua_Integer)at + 1);
    pop_scalar(cx, type, bytes + at * size);
  }
  lua_pop(L, 1);
  *ptr = bytes;
  return length;
}

static void iterate(void *cx) {
  lua_State *L = room(cx);
  lua_Integer at = lua_tointeger(L, -1) + 1;
  lua_pop(L, 1);
  lua_pushinteger(L, at);
  lua_rawgeti(L, -2, at);
}

static void end_iteration(void *cx) { lua_pop(((struct call *)cx)->L, 2); }

#if WIT_DYLIB_VERSION >= 3
void wit_dylib_pop_list_iter_next(void *cx, size_t ty) {
  (void)ty;
  iterate(cx);
}

void wit_dylib_pop_list_iter(void *cx, size_t ty) {
  (void)ty;
  end_iteration(cx);
}

size_t wit_dylib_pop_map(void *cx, size_t ty) {
  size_t length = list_length(cx, "a map: a sequence of pairs", world->maps[ty].name, false);
  lua_pushinteger(((struct call *)cx)->L, 0);
  return length;
}

void wit_dylib_pop_map_iter_next(void *cx, size_t ty) {
  (void)ty;
  iterate(cx);
  spread(cx, "a pair {key, value} of a map", NULL, 2);
}

void wit_dylib_pop_map_iter(void *cx, size_t ty) {
  (void)ty;
  end_iteration(cx);
}
#else
void wit_dylib_pop_iter_next(void *cx, size_t ty) {
  (void)ty;
  iterate(cx);
}

void wit_dylib_pop_iter(void *cx, size_t ty) {
  (void)ty;
  end_iteration(cx);
}
#endif

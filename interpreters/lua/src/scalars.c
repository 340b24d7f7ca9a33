/* Integers and floats. */
#include "scalars.h"

#include <string.h>

/* The integer types, with the smallest and the largest value; those of 64 bits take every integer of Lua. */
static const struct scalar {
  const char *name;
  size_t size;
  lua_Integer low, high;
} scalars[] = {
    [WIT_TYPE_U8] = {"u8", 1, 0, UINT8_MAX},
    [WIT_TYPE_U16] = {"u16", 2, 0, UINT16_MAX},
    [WIT_TYPE_U32] = {"u32", 4, 0, UINT32_MAX},
    [WIT_TYPE_U64] = {"u64", 8, INT64_MIN, INT64_MAX},
    [WIT_TYPE_S8] = {"s8", 1, INT8_MIN, INT8_MAX},
    [WIT_TYPE_S16] = {"s16", 2, INT16_MIN, INT16_MAX},
    [WIT_TYPE_S32] = {"s32", 4, INT32_MIN, INT32_MAX},
    [WIT_TYPE_S64] = {"s64", 8, INT64_MIN, INT64_MAX},
    [WIT_TYPE_F32] = {"f32", 4, 0, 0},
    [WIT_TYPE_F64] = {"f64", 8, 0, 0},
};

size_t scalar_size(wit_type_t type) { return type < sizeof scalars / sizeof *scalars ? scalars[type].size : 0; }

void push_scalar(lua_State *L, wit_type_t type, const uint8_t *bytes) {
  uint64_t bits = 0;
  memcpy(&bits, bytes, scalars[type].size);
  switch (type) {
  case WIT_TYPE_S8: lua_pushinteger(L, (int8_t)bits); break;
  case WIT_TYPE_S16: lua_pushinteger(L, (int16_t)bits); break;
  case WIT_TYPE_S32: lua_pushinteger(L, (int32_t)bits); break;
  case WIT_TYPE_F32: {
    float value;
    memcpy(&value, bytes, sizeof value);
    lua_pushnumber(L, value);
    break;
  }
  case WIT_TYPE_F64: {
    double value;
    memcpy(&value, bytes, sizeof value);
    lua_pushnumber(L, value);
    break;
  }
  default: lua_pushinteger(L, (lua_Integer)bits);
  }
}

void pop_scalar(struct call *call, wit_type_t type, uint8_t *bytes) {
  if (type == WIT_TYPE_F32) {
    float value = (float)pop_number(call, type);
    memcpy(bytes, &value, sizeof value);
  } else if (type == WIT_TYPE_F64) {
    double value = pop_number(call, type);
    memcpy(bytes, &value, sizeof value);
  } else {
    lua_Integer value = pop_integer(call, type);
    memcpy(bytes, &value, scalars[type].size);
  }
}

/* Floats with an integral value are integers, too, as everywhere in Lua; strings are not. */
lua_Integer pop_integer(struct call *call, wit_type_t type) {
  lua_State *L = call->L;
  const struct scalar *scalar = &scalars[type];
  int exact = 0;
  lua_Integer value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
  if (!exact || value < scalar->low || value > scalar->high) {
    const char *text = luaL_tolstring(L, -1, NULL);
    fail(call, "expected %s, got %s %.80s", scalar->name, luaL_typename(L, -2), text);
  }
  lua_pop(L, 1);
  return value;
}

lua_Number pop_number(struct call *call, wit_type_t type) {
  lua_State *L = call->L;
  if (lua_type(L, -1) != LUA_TNUMBER) fail(call, "expected %s, got %s", scalars[type].name, luaL_typename(L, -1));
  lua_Number value = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return value;
}

void set_length(lua_State *L, lua_Integer length) {
  lua_pushinteger(L, length);
  lua_setfield(L, -2, "n");
}

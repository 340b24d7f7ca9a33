/* Scalars in their canonical form. */
#ifndef LUA_SCALARS_H
#define LUA_SCALARS_H

#include "glue.h"

/* Bytes of an integer or float in canonical form; 0 for every other type. */
size_t scalar_size(wit_type_t type);
void push_scalar(lua_State *L, wit_type_t type, const uint8_t *bytes);
/* Takes the value on top, which must fit the type, and writes it. */
void pop_scalar(struct call *call, wit_type_t type, uint8_t *bytes);
/* Takes the value on top. */
lua_Integer pop_integer(struct call *call, wit_type_t type);
lua_Number pop_number(struct call *call, wit_type_t type);
/* Sets the field `n` of the table on top. */
void set_length(lua_State *L, lua_Integer length);

#endif

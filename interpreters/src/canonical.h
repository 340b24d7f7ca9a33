/* Values in memory (CanonicalABI.md, "Alignment", "Element Size", "Loading", "Storing"), for lists that go whole. */
#ifndef BOXED_CANONICAL_H
#define BOXED_CANONICAL_H

#include "context.h"
#include "wit_dylib.h"

typedef struct Layout {
  uint32_t size;
  uint8_t align;
  bool has_handles; /* resources, error contexts, streams or futures */
} Layout;

/* fail_type for a type that contains itself or is larger than a memory. */
Layout canonical_layout(wit_type_t type);

#if WIT_DYLIB_VERSION >= 3
/* An entry of a map, which in memory is a list of pairs; `*value_at`: the offset of its value. */
Layout canonical_entry_layout(wit_type_t map, uint32_t *value_at);
#endif

/* Whether the type is a number: a list can then be traced and passed as bytes. bool and char are not numbers. */
bool canonical_is_number(wit_type_t type);

/* The value at an address. Strings and lists in it become the interpreter's: fail_block unless they are allocations. */
Val *canonical_load(wit_type_t type, const uint8_t *from);

/* Stores a value of the script, right or wrong, cut to the bytes of its type; fail_pop_kind if it is of another kind.
 * The context holds everything that it points to. */
void canonical_store(Context *context, wit_type_t type, uint8_t *to, Val *value);

/* A list's elements in fresh memory that the context holds; null if there are none. */
uint8_t *canonical_store_list(Context *context, wit_type_t element, Val *list);
Val *canonical_load_list(wit_type_t element, uint8_t *bytes, size_t len);

#endif

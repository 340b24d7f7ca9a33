/* Numbers in canonical form: their size in memory, and how they are read there. */
#ifndef BOXED_LAYOUT_H
#define BOXED_LAYOUT_H

#include "value.h"
#include "wit_dylib.h"

/* Bytes (and alignment) of a number type, 0 for every other type. `type` is a type word, not an alias. */
size_t scalar_size(wit_type_t type);
Val *scalar_load(wit_type_t type, const uint8_t *from);

#endif

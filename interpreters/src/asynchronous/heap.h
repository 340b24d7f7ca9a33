/* What a value has outside its own place in memory (CanonicalABI.md, "Loading"). */
#ifndef BOXED_HEAP_H
#define BOXED_HEAP_H

#include "value.h"
#include "wit_dylib.h"

/* The bytes of all strings, lists and maps of a value of this type. */
size_t heap_bytes(wit_type_t type, const Val *value);

#endif

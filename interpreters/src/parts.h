/* The parts of a type, without aliases before it. */
#ifndef BOXED_PARTS_H
#define BOXED_PARTS_H

#include "wit_dylib.h"

/* Fields of a product, cases of a sum, labels of flags; the parts of an element of a list or map. */
size_t parts_count(wit_type_t type);
/* The type of a part; -1 if it has none. */
wit_type_t parts_at(wit_type_t type, size_t i);

#endif

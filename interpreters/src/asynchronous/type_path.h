/* The type at a place of a function's type (ASYNC.md, "The type at a place"). */
#ifndef BOXED_TYPE_PATH_H
#define BOXED_TYPE_PATH_H

#include "reader.h"
#include "value.h"

/* Reads `SIDE iface name k n i1..in`. With `find`: V_STREAM or V_FUTURE, and the index in its array; fail_type_path if
 * there is none. */
Kind read_type_path(Reader *reader, bool find, uint32_t *type);

#endif

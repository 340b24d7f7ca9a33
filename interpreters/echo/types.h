/* Types of the world: which are the same, and where values hold handles. */
#ifndef ECHO_TYPES_H
#define ECHO_TYPES_H

#include "value.h"

/* The type behind aliases. */
wit_type_t resolved(wit_type_t type);
/* Whether two names are equal; each may be null. */
bool same_name(const char *one, const char *other);
/*
 * Whether two types have the same values. With `paired`, a resource that this component exports also counts as the
 * imported resource with its name (see docs/interpreters.md).
 */
bool same_type(wit_type_t one, wit_type_t other, bool paired);

/* Calls `visit` for each handle in a value, in order; `type` is the resolved type of the handle. */
typedef void (*handle_visitor)(struct value *handle, wit_type_t type);
void visit_handles(struct value *value, wit_type_t type, handle_visitor visit);

#endif

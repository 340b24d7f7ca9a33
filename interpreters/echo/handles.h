/* Handles in values: given on, translated, dropped. Each function is a `handle_visitor`. */
#ifndef ECHO_HANDLES_H
#define ECHO_HANDLES_H

#include "types.h"

/* A resource that this component exports stands for an imported one: an argument of an import becomes that one ... */
void unwrap(struct value *handle, wit_type_t type);
/* ... and in the result of an export the imported one gets a wrapper. */
void wrap(struct value *handle, wit_type_t type);
/* A handle that is given on as it is. */
void give(struct value *handle, wit_type_t type);
void drop_handle(struct value *handle, wit_type_t type);
/* Of all handles only those that are not borrowed. */
void drop_owned(struct value *handle, wit_type_t type);
/* Of all handles only the borrowed ones. */
void drop_borrow(struct value *handle, wit_type_t type);

/* A call begins, or its result is there: only faulty variants of this interpreter need to know. */
void forget_given(void);

#endif

/* Ends of streams and futures, and their copies (CanonicalABI.md, "Stream State", "Future State"). */
#ifndef BOXED_ENDS_H
#define BOXED_ENDS_H

#include "platform.h"
#include "value.h"

/* New ends of a type: `*writable` is one, the result the readable one. */
Val *end_new(Kind kind, uint32_t type, Val **writable);

/* Reads up to `count` elements; fail_handle for a value that is no end. */
void end_read(const Val *end, uint32_t count);
/* Lowers the items of `values` and offers `count` elements. */
void end_write(const Val *end, uint32_t count, Val *values);
/* Cancels the copy under way. */
void end_cancel(const Val *end);
void end_drop(const Val *end);

/* An event of the end with this handle. */
void end_event(Kind kind, bool writing, uint32_t handle, uint32_t result);

/* How the last copy of an end was resolved. */
typedef enum EndState { END_IDLE, END_COPYING, END_COMPLETED, END_DROPPED, END_CANCELLED } EndState;
EndState end_state(uint32_t handle);
bool end_is_copying(uint32_t handle);
/* What the last read delivered, which the end then no longer has; null if there is nothing. */
Val *end_take(uint32_t handle);

/* Copies under way. */
size_t end_copy_count(void);
/* Whether one of them is a read of values, for which the engine may allocate at any time until its event. */
bool end_may_allocate(void);
/* Visits the buffers of these reads. */
void end_pending(void (*visit)(const uint8_t *start, size_t size));

#endif

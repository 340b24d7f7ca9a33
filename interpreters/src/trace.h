/* The trace: one line for each event, kept in a buffer and passed to the host when calling out is allowed. */
#ifndef BOXED_TRACE_H
#define BOXED_TRACE_H

#include "platform.h"
#include "text.h"
#include "value.h"

/* Starts a line; `trace_event` is for a literal name. */
void trace_named(const char *name, size_t len);
#define trace_event(name) trace_named(name, sizeof(name) - 1)
#if BOXED_ASYNC
/* The number of the task that the next events belong to; 0: of none. `task N` precedes an event of another task. */
void trace_task(uint32_t number);
/* Starts the line of an event that belongs to no task. */
void trace_of_none(const char *name, size_t len);
#else
#define trace_of_none trace_named
#endif
void trace_unsigned(uint64_t value);
void trace_signed(int64_t value);
void trace_hex(uint64_t bits, unsigned digits);
void trace_bytes(const uint8_t *bytes, size_t len); /* two fields: length and bytes */
void trace_bytes_only(const uint8_t *bytes, size_t len);
void trace_items(const Val *compound); /* value_text_items */
void trace_answer(void);                            /* `=` */
void trace_end(void);

/* Between these two the component cannot leave: events stay in the buffer. They nest. */
void trace_cannot_leave(void);
void trace_can_leave(void);

/* Nothing leaves before the script is known; then the dump of the wit_t, if requested, precedes the first event. */
void trace_start(Text *dump, bool eager);
void trace_flush(void);

/* `fail NAME`, passed to the host at once if leaving is allowed. */
void trace_failure(const char *name);

#endif

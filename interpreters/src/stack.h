/* The shadow stack: its start, the unused memory below its pointer, and the callers' memory above it. */
#ifndef BOXED_STACK_H
#define BOXED_STACK_H

#include "platform.h"

/* The stack pointer before anything ran, for a comparison at the end. The first call decides. */
void stack_base_seen(size_t pointer);
size_t stack_base(void);

/* At every entry: overwrites the memory below the stack pointer. No code may expect it to survive a call. */
void stack_scribble(void);

/* Calls `impl`; fail_guard if it writes to the frame of its caller. The result is the change of the stack pointer. */
size_t stack_call(void (*impl)(void *cx), void *cx);
#if BOXED_ASYNC
size_t stack_call_start(uint32_t (*impl)(void *cx, void *area), void *cx, void *area, uint32_t *status);
size_t stack_call_with(void (*impl)(void *cx, void *area), void *cx, void *area);
size_t stack_call_lift(void (*lift)(void *cx, const void *from), void *cx, const void *from);
#endif

#endif

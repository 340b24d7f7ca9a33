/* The shadow stack: where it began, what must not lie below its pointer, and what above it belongs to a caller. */
#ifndef BOXED_STACK_H
#define BOXED_STACK_H

#include "platform.h"

/* The stack pointer before anything ran, to tell at the end whether it came back. The first call decides. */
void stack_base_seen(size_t pointer);
size_t stack_base(void);

/* At every entry: writes over what lies below the stack pointer. Nobody may expect it to stay there across a call. */
void stack_scribble(void);

/* Calls `impl`, and is fail_guard if it writes to the frame of its caller. How far the stack pointer has moved. */
size_t stack_call(void (*impl)(void *cx), void *cx);

#endif

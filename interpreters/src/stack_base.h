/* The stack pointer before anything ran, to tell at the end whether it came back. */
#ifndef BOXED_STACK_BASE_H
#define BOXED_STACK_BASE_H

#include "platform.h"

/* The first call decides. */
void stack_base_seen(size_t pointer);
size_t stack_base(void);

#endif

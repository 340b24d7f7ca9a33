/* The balance at the end of a run. */
#ifndef BOXED_BALANCE_H
#define BOXED_BALANCE_H

#include "platform.h"

/* Checks the memory, then writes `balance` and everything else that is left of the trace. */
void balance_write(size_t stack_pointer);

#endif

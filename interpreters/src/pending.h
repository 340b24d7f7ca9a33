/* What the engine allocates for in the middle of anything: reads and calls whose events are still to come. */
#ifndef BOXED_PENDING_H
#define BOXED_PENDING_H

#include "platform.h"

#if BOXED_ASYNC
bool pending_may_allocate(void);
#else
static inline bool pending_may_allocate(void) { return false; }
#endif

#endif

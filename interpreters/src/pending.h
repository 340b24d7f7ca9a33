/* What the engine allocates for in the middle of anything: reads and calls whose events are still to come. */
#ifndef BOXED_PENDING_H
#define BOXED_PENDING_H

#include "platform.h"

#if BOXED_ASYNC
bool pending_may_allocate(void);
/* The bytes of blocks that cabi_realloc made after its first `allocations` calls, that are still out, and that do not
 * belong to elements and results that have come for pending reads and calls. */
size_t pending_not_behind(size_t allocations);
#else
static inline bool pending_may_allocate(void) { return false; }
static inline size_t pending_not_behind(size_t allocations) { return (void)allocations, 0; }
#endif

#endif

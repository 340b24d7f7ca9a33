/* Ends of streams and futures that come and go as values. */
#ifndef BOXED_GIVEN_H
#define BOXED_GIVEN_H

#include "platform.h"

#if BOXED_ASYNC
/* What is known of the end with this handle is no longer true: it was given away, or the handle is a new one's. */
void end_forget(uint32_t handle);
#else
static inline void end_forget(uint32_t handle) { (void)handle; }
#endif

#endif

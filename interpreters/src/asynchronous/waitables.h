/* Waitable sets, and the events that they deliver. */
#ifndef BOXED_WAITABLES_H
#define BOXED_WAITABLES_H

#include "value.h"

/* The handle of a call, an end, a set, or a bare one; fail_handle for anything else. */
uint32_t waitable_handle(const Val *value);

Val *waitable_set_new(void);
void waitable_set_drop(uint32_t set);
/* `set` 0: leaves its set. */
void waitable_join(uint32_t waitable, uint32_t set);
/* Sets that are not dropped. */
size_t waitable_set_count(void);

/* Whether no event of the object is awaited. */
bool waitable_is_settled(const Val *object);

/* An event that the current task gets: applies it to the object that it names. True if the task is cancelled. */
bool waitable_event(uint32_t event, uint32_t handle, uint32_t payload);

#endif

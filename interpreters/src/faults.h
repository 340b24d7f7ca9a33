/* Faults of an interpreter that the harness must notice (harness/mutants/boxed_faults.py). The library of faults has all
 * of them, and none until one is chosen; every other library is built without them. */
#ifndef BOXED_FAULTS_H
#define BOXED_FAULTS_H

#include "value.h"

#define FAULTS(X)                                                                                            \
  X(area_freed_early)       /* the area of a call is freed before the call is resolved */                    \
  X(arguments_freed_early)  /* so are the strings and lists of its arguments */                              \
  X(buffer_freed_early)     /* the buffer of a copy is freed while the copy is under way */                  \
  X(elements_freed_early)   /* so are the strings and lists of the elements that are written */              \
  X(lifted_when_started)    /* the result of a call is lifted when the call has started */                   \
  X(call_not_ended)         /* the context of a call stays after the call is resolved */                     \
  X(cancel_not_applied)     /* what subtask.cancel says is not applied to the call */                        \
  X(cancelled_unheard)      /* a task does not hear that it is cancelled */                                  \
  X(left_in_the_set)        /* nothing is taken out of its waitable set, so a cancellation finds it there */ \
  X(call_not_dropped)       /* a subtask is never dropped */                                                 \
  X(set_not_dropped)        /* a waitable set is never dropped */                                            \
  X(end_not_dropped)        /* an end is never dropped */                                                    \
  X(borrow_not_dropped)     /* a borrow is never dropped, and its task returns */                            \
  X(given_end_dropped)      /* an end is dropped after it was given away */                                  \
  X(unread_handles_lost)    /* the own handles of elements that nobody read are never dropped */             \
  X(unsent_handles_lost)    /* those of a call that was cancelled before it started are not, either */       \
  X(unread_elements_lifted) /* a read lifts its whole buffer, not what was copied */                         \
  X(stop_not_applied)       /* what the cancellation of a copy says is not applied to the end */             \
  X(stopped_elements_lost)  /* elements that were copied before a copy was cancelled are forgotten */        \
  X(last_elements_lost)     /* so are those that were copied before the other end was dropped */             \
  X(event_in_place_lost)    /* the event of a wait in place is not applied */                                \
  X(polled_event_lost)      /* the event of a poll is not applied */                                         \
  X(waits_in_another_set)   /* a task waits in the set in which another waited before */                     \
  X(newest_task_goes_on)    /* a callback goes on with the newest task, whatever the context slot says */    \
  X(backpressure_twice)     /* backpressure ends twice */

#define DECLARE_FAULT(name) FAULT_##name,
typedef enum Fault { FAULT_NONE, FAULTS(DECLARE_FAULT) } Fault;
#undef DECLARE_FAULT

#ifdef WITH_FAULTS

bool fault_is(Fault fault);

/* Keeps the handles in `values` for this key. */
void fault_keep(const void *key, Val *values);
/* Those from item `from` on are lost; the key is forgotten. */
void fault_lose(const void *key, uint32_t from);
bool fault_has_lost(const Val *handle);

/* The set in which the last wait was, or this one if it is the first. */
uint32_t fault_set(uint32_t set);

/* The end on the stack of `cx` is given away, and `drop` drops it; then the call that gives it away has ended. */
void fault_given(void *cx, void (*drop)(uint32_t end));
void fault_after_call(void);

#else

static inline bool fault_is(Fault fault) {
  (void)fault;
  return false;
}
static inline void fault_keep(const void *key, Val *values) { (void)key, (void)values; }
static inline void fault_lose(const void *key, uint32_t from) { (void)key, (void)from; }
static inline bool fault_has_lost(const Val *handle) {
  (void)handle;
  return false;
}
static inline uint32_t fault_set(uint32_t set) { return set; }
static inline void fault_given(void *cx, void (*drop)(uint32_t end)) { (void)cx, (void)drop; }
static inline void fault_after_call(void) {}

#endif

#endif

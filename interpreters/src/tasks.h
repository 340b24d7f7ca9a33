/* Tasks: each entry of an instance, from its start to its end. Libraries of synchronous worlds do not count them. */
#ifndef BOXED_TASKS_H
#define BOXED_TASKS_H

#include "platform.h"

typedef struct Task Task;

#if BOXED_ASYNC
/* A new task, which is the current one: its number precedes the next event. */
Task *task_begin(void);
/* Ends it; no task is the current one. */
void task_end(Task *task);
/* The task that the next events belong to; null between core calls. */
Task *task_current(void);
/* Generated code of this task goes on. */
void task_enter(Task *task);
/* Around everything that may let another task run in the middle of a core call: the current task, and it again.
 * fail_overlap if one that began such a wait later still waits: they share a stack. */
Task *task_pause(void);
void task_continue(Task *task);
/* `finish`, which is no counted task, begins; whether core code that runs belongs to it. */
void task_finish_begins(void);
bool task_is_finish(void);
#else
static inline Task *task_begin(void) { return NULL; }
static inline void task_end(Task *task) { (void)task; }
static inline Task *task_current(void) { return NULL; }
static inline Task *task_pause(void) { return NULL; }
static inline void task_continue(Task *task) { (void)task; }
static inline bool task_is_finish(void) { return false; }
#endif

#endif

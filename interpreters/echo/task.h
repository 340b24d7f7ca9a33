/* A task that waits: an asynchronous call of an export. */
#ifndef ECHO_TASK_H
#define ECHO_TASK_H

#include "rules.h"

/* CanonicalABI.md: CallbackCode. A handle is packed above a code of 4 bits. */
enum { EXIT = 0, WAIT = 2, CODE_BITS = 4, CODE_MASK = 15 };

/* Its address is in context slot 0 of the task, because the callback does not get the context of the call. */
struct task {
  struct context *cx;
  uint32_t set;
  /* Goes on after an event, with the two numbers of the event; returns a callback code. */
  int32_t (*go_on)(struct task *task, uint32_t event, uint32_t number);
};

/* Now the task can wait. */
void start_task(struct task *task, struct context *cx, int32_t (*go_on)(struct task *, uint32_t, uint32_t));
/* Waits for an event of a subtask or of an end. */
int32_t wait_for(struct task *task, uint32_t waitable);
/* The waitable is no longer waited for. */
void leave(uint32_t waitable);
/* The end of a task, and of its context. */
int32_t end_task(struct task *task);

/* Whether the program copies the stream or future that this call returns; its number is left in `chosen`. */
bool copies(const struct call *call, size_t *chosen);
int32_t start_copy(struct context *cx, const struct call *call, size_t chosen);

#endif

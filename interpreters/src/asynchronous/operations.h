/* The operations of asynchronous worlds (ASYNC.md). */
#ifndef BOXED_OPERATIONS_H
#define BOXED_OPERATIONS_H

#include "ops.h"
#include "task.h"

typedef enum Progress {
  PROGRESS_ON,
  PROGRESS_CODE, /* the core call ends with the task's `code` */
  PROGRESS_END,  /* the frame has ended; its `end` is not read */
} Progress;

/* Executes or skips the next op. `task` is null without `ops->run`. An op that waits leaves this in the task. */
Progress operation(const Ops *ops, Task *task);

/* thread.yield. */
void yield_in_place(void);

#endif

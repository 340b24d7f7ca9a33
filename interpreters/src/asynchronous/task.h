/* A task: its frame, and where and why it waits. */
#ifndef BOXED_TASK_H
#define BOXED_TASK_H

#include "arguments.h"
#include "reader.h"
#include "tasks.h"

typedef enum TaskKind {
  TASK_SYNC,   /* a synchronous export or a destructor: its result goes back as the core call's */
  TASK_EXPORT, /* an asynchronous export */
  TASK_RUN,    /* a call of `run` */
} TaskKind;

typedef enum WaitKind {
  WAIT_NONE,
  WAIT_EVENT,   /* for the next event of the set */
  WAIT_SETTLED, /* for events of the set until the object is settled */
  WAIT_TURNS,   /* for its turn, `left` times */
} WaitKind;

typedef struct Wait {
  WaitKind kind;
  uint32_t set;
  uint32_t left;
  Val *object;
} Wait;

struct Task {
  Task *next;
  uint32_t number;
  uint32_t pauses; /* how many others had paused when it paused */
  TaskKind kind;
  uint32_t which;  /* TASK_EXPORT: the export */
  bool blocking;   /* waits in place */
  bool has_result; /* the frame has executed `ret` with a value; TASK_SYNC: `result` is this value */
  bool answered;   /* task.return or task.cancel has been called */
  bool cancelled;  /* it was told so */
  bool suspended;  /* its core call has ended, and a callback will come */
  Reader at;       /* the next op */
  Arguments arguments;
  Val *owner; /* of the arguments, until the task ends; null if the caller owns them */
  Val *result;
  uint32_t code; /* of an op `code` */
  Wait wait;
};

/* Between core calls: no task is the current one. */
void task_leave(void);
/* The task of this callback, by the context slot; fail_task unless it waits for one. */
Task *task_resume(TaskKind kind, uint32_t which);
/* Puts it into the context slot. */
void task_remember(Task *task);
/* How many have not ended. */
size_t task_count(void);

#endif

/* Asynchronous calls of imports, from their start to their resolution (CanonicalABI.md, "Subtask State"). */
#ifndef BOXED_SUBTASKS_H
#define BOXED_SUBTASKS_H

#include "buffer.h"
#include "context.h"

typedef struct Call {
  uint32_t which;  /* the import */
  uint32_t handle; /* 0 if there is none */
  uint32_t state;  /* CALL_* */
  Context *context;
  Buffer area;
  size_t moved;   /* change of the stack pointer so far */
  Val *delivered; /* the result, until the script takes it */
} Call;

/* Starts import `which` with the items of `arguments` (taken over); the call as a value. */
Val *subtask_start(uint32_t which, Val *arguments);

/* The call that a value names: itself, or a bare handle of one; null if there is none. */
Call *subtask_of(const Val *value);
bool subtask_is_resolved(const Call *call);

/* An event of the subtask with this handle. */
void subtask_event(uint32_t handle, uint32_t state);
/* subtask.cancel, lowered synchronously or not, and subtask.drop. */
void subtask_cancel(const Val *value, bool asynchronous);
void subtask_drop(const Val *value);

/* Calls that are not resolved. */
size_t subtask_count(void);
/* Whether one of them has a result, for which the engine may allocate at any time until then. */
bool subtask_may_allocate(void);
/* Visits the areas of these calls. */
void subtask_pending(void (*visit)(const uint8_t *start, size_t size));

#endif

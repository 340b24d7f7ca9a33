/* Core calls of tasks that wait with a callback code: how they begin and end. */
#ifndef BOXED_ENTRIES_H
#define BOXED_ENTRIES_H

#include "script.h"
#include "task.h"

/* The task gets its frame, and its place in the context slot. */
void entry_begin(Task *task, TaskKind kind, uint32_t which, const Frame *frame);
/* Its core call ends with this code, which is the result. The task ends with EXIT. */
uint32_t entry_leave(Task *task, uint32_t code);

#endif

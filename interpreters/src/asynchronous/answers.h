/* The answer of a task: task.return or task.cancel. */
#ifndef BOXED_ANSWERS_H
#define BOXED_ANSWERS_H

#include "task.h"

/* `result` (taken over): null for a function without result. */
void answer_return(Task *task, Val *result);
void answer_cancelled(Task *task);

#endif

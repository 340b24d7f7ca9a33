#include "pending.h"

#include "ends.h"
#include "subtasks.h"

bool pending_may_allocate(void) { return end_may_allocate() || subtask_may_allocate(); }

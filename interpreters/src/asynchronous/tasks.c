#include "builtins.h"
#include "fail.h"
#include "faults.h"
#include "memory.h"
#include "task.h"
#include "trace.h"

static Task *tasks, *current;
static uint32_t last_number;
static uint32_t pauses; /* of tasks in the middle of their core calls */

void task_enter(Task *task) {
  current = task;
  trace_task(task ? task->number : 0);
}

Task *task_current(void) { return current; }

Task *task_pause(void) {
  if (current) current->pauses = pauses;
  pauses++;
  return current;
}

void task_continue(Task *task) {
  pauses--;
  if (task && task->pauses != pauses) fail_overlap();
  task_enter(task);
}

void task_leave(void) { task_enter(NULL); }

Task *task_begin(void) {
  Task *task = memory_alloc(sizeof *task);
  *task = (Task){.next = tasks, .number = ++last_number};
  tasks = task;
  task_enter(task);
  return task;
}

void task_end(Task *task) {
  for (Task **link = &tasks; *link; link = &(*link)->next) {
    if (*link != task) continue;
    *link = task->next;
    break;
  }
  task_leave();
  value_release(task->owner);
  memory_free(task);
}

void task_remember(Task *task) { canon_context_set((uint32_t)(uintptr_t)task); }

enum { SLOT_OF_FINISH = 1 }; /* no address of a task */

void task_finish_begins(void) { canon_context_set(SLOT_OF_FINISH); }

bool task_is_finish(void) { return canon_context_get() == SLOT_OF_FINISH; }

Task *task_resume(TaskKind kind, uint32_t which) {
  uint32_t slot = canon_context_get();
  if (fault_is(FAULT_newest_task_goes_on)) slot = (uint32_t)(uintptr_t)tasks;
  for (Task *task = tasks; task; task = task->next) {
    if ((uint32_t)(uintptr_t)task != slot) continue;
    if (!task->suspended || task->kind != kind || task->which != which) fail_task();
    task->suspended = false;
    task_enter(task);
    return task;
  }
  fail_task();
}

size_t task_count(void) {
  size_t count = 0;
  for (const Task *task = tasks; task; task = task->next) count++;
  return count;
}

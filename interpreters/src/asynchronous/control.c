/* `harness:boxed/control` of asynchronous worlds. */
#include "balance.h"
#include "builtins.h"
#include "ends.h"
#include "entries.h"
#include "fail.h"
#include "frames.h"
#include "script.h"
#include "stack.h"
#include "subtasks.h"
#include "trace.h"
#include "waitables.h"

static Task *begin_run(void) {
  script_load();
  Task *task = task_begin();
  const Frame *frame = script_take_frame(FRAME_RUN, 0);
  if (!frame) fail_no_frame();
  entry_begin(task, TASK_RUN, 0, frame);
  return task;
}

/* ---- The end ----------------------------------------------------------------------------------------------------- */

static void write_balances(size_t stack_pointer) {
  task_leave();
  trace_event("async_balance");
  trace_unsigned(task_count());
  trace_unsigned(subtask_count());
  trace_unsigned(end_copy_count());
  trace_unsigned(waitable_set_count());
  trace_end();
  balance_write(stack_pointer);
}

#if BOXED_ASYNC == 1

enum { TURNS = 1000 };
static uint32_t turns;

/* Whether the remaining tasks get one more turn. */
static bool yields_once_more(void) { return task_count() && turns++ < TURNS; }

static uint32_t leave_run(Task *task, uint32_t code) {
  trace_event("run");
  return entry_leave(task, code);
}

static NOINLINE uint32_t run(void) {
  Task *task = begin_run();
  return leave_run(task, frame_go_on(task));
}

static NOINLINE uint32_t go_on_with_run(uint32_t event, uint32_t handle, uint32_t payload) {
  Task *task = task_resume(TASK_RUN, 0);
  return leave_run(task, frame_event(task, event, handle, payload));
}

static NOINLINE uint32_t finish(size_t stack_pointer) {
  script_load();
  if (yields_once_more()) return CALLBACK_YIELD;
  write_balances(stack_pointer);
  canon_finish_return();
  return CALLBACK_EXIT;
}

/* These have no frame on the shadow stack, so the pointer is the caller's. */
CONTROL_EXPORT("[async-lift]", "run") uint32_t control_run(void) {
  stack_base_seen(platform_stack_pointer());
  return run();
}

CONTROL_EXPORT("[callback][async-lift]", "run")
uint32_t control_run_callback(uint32_t event, uint32_t handle, uint32_t payload) {
  return go_on_with_run(event, handle, payload);
}

CONTROL_EXPORT("[async-lift]", "finish") uint32_t control_finish(void) {
  size_t stack_pointer = platform_stack_pointer();
  stack_base_seen(stack_pointer);
  task_finish_begins();
  turns = 0;
  return finish(stack_pointer);
}

CONTROL_EXPORT("[callback][async-lift]", "finish")
uint32_t control_finish_callback(uint32_t event, uint32_t handle, uint32_t payload) {
  (void)event, (void)handle, (void)payload;
  return finish(platform_stack_pointer());
}

#else /* both lifted synchronously */

static NOINLINE void run(void) {
  Task *task = begin_run();
  task->kind = TASK_SYNC;
  task->blocking = true;
  frame_go_on(task);
  if (task->result) fail_result();
  task_end(task);
  trace_flush();
}

CONTROL_EXPORT("", "run") void control_run(void) {
  stack_base_seen(platform_stack_pointer());
  run();
}

CONTROL_EXPORT("", "finish") void control_finish(void) {
  size_t stack_pointer = platform_stack_pointer();
  stack_base_seen(stack_pointer);
  script_load();
  write_balances(stack_pointer); /* no task could go on meanwhile: this call holds the instance */
}

#endif

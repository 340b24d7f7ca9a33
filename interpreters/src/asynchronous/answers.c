#include "answers.h"

#include "builtins.h"
#include "calls.h"
#include "context.h"
#include "fail.h"
#include "faults.h"
#include "memory.h"
#include "stack.h"
#include "trace.h"
#include "world.h"

#if BOXED_ASYNC == 1
static void return_from_run(Val *result) {
  if (result) fail_result();
  trace_event("run_return");
  trace_end();
  canon_run_return();
}
#else /* no task is one of TASK_RUN */
static _Noreturn void return_from_run(Val *result) {
  (void)result;
  fail_async();
}
#endif

static void return_from_export(const Task *task, Val *result) {
  const wit_export_func_t *func = &world()->export_funcs[task->which];
  bool has_result = WIT_TYPE_KIND(func->result) != WIT_TYPE_EMPTY;
  if (result && !has_result) fail_result();
  if (!result && has_result) fail_stack();
  Context *context = context_create();
  if (result) context_push(context, result);
  trace_event("task_return");
  trace_unsigned(task->which);
  trace_end();
  size_t bytes = memory_out.bytes, moved = stack_call(func->task_return, context);
  fault_after_call();
  context_destroy(context);
  call_trace_balance("task_balance", task->which, memory_out.bytes - bytes, moved);
}

void answer_return(Task *task, Val *result) {
  task->answered = true;
  switch (task->kind) {
    case TASK_RUN: return_from_run(result); break;
    case TASK_EXPORT: return_from_export(task, result); break;
    case TASK_SYNC: fail_async();
  }
  task_enter(task);
}

void answer_cancelled(Task *task) {
  task->answered = true;
  trace_event("task_cancel");
  trace_end();
  canon_task_cancel();
  task_enter(task);
}

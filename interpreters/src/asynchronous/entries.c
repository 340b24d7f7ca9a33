#include "entries.h"

#include "builtins.h"
#include "context.h"
#include "fail.h"
#include "frames.h"
#include "trace.h"
#include "world.h"

void entry_begin(Task *task, TaskKind kind, uint32_t which, const Frame *frame) {
  task->kind = kind;
  task->which = which;
  task->blocking = frame->blocking;
  task->at = frame->ops;
  task_remember(task);
}

uint32_t entry_leave(Task *task, uint32_t code) {
  trace_answer();
  trace_unsigned(code);
  trace_end();
  if ((code & CODE_MASK) == CALLBACK_EXIT) {
    task_end(task);
  } else {
    task->suspended = true;
    task_leave();
  }
  return code;
}

static uint32_t leave_export(const char *event, size_t len, Task *task, uint32_t code) {
  trace_named(event, len);
  trace_unsigned(task->which);
  return entry_leave(task, code);
}

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  Context *context = context_of(cx);
  Task *task = task_current();
  const wit_export_func_t *func = &world()->export_funcs[world_index(which, world()->num_export_funcs)];
  if (!func->task_return) fail_async();
  if (context->depth != func->nparams) fail_stack();
  const Frame *frame = script_take_frame(FRAME_EXPORT, (uint32_t)which);
  if (!frame) fail_no_frame();
  entry_begin(task, TASK_EXPORT, (uint32_t)which, frame);
  task->owner = context_take_all(context);
  task->arguments = (Arguments){task->owner->items, task->owner->len};
  context_destroy(context);
  return (int32_t)leave_export("export_async_call", sizeof "export_async_call" - 1, task, frame_go_on(task));
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  Task *task = task_resume(TASK_EXPORT, (uint32_t)which);
  uint32_t next = frame_event(task, (uint32_t)event, (uint32_t)waitable, (uint32_t)code);
  return (int32_t)leave_export("export_async_callback", sizeof "export_async_callback" - 1, task, next);
}

/* Asynchronous calls. A task that forwards waits for its subtask; the context of its call lives as long as the task. */
#include "rules.h"

#ifdef ECHO_ASYNC
/* Canonical built-ins; their names in a core module are a convention of wasm-tools 1.262 (component new). */
#define ROOT(name) __attribute__((import_module("$root"), import_name(name)))
ROOT("[waitable-set-new]") uint32_t canon_waitable_set_new(void);
ROOT("[waitable-set-drop]") void canon_waitable_set_drop(uint32_t set);
ROOT("[waitable-join]") void canon_waitable_join(uint32_t waitable, uint32_t set);
ROOT("[subtask-cancel]") uint32_t canon_subtask_cancel(uint32_t subtask);
ROOT("[subtask-drop]") void canon_subtask_drop(uint32_t subtask);
ROOT("[context-get-0]") uint32_t canon_context_get(void);
ROOT("[context-set-0]") void canon_context_set(uint32_t value);
__attribute__((import_module("[export]$root"), import_name("[task-cancel]"))) void canon_task_cancel(void);

/* CanonicalABI.md: EventCode, Subtask.State, CallbackCode. A handle is packed above a code of 4 bits. */
enum { EVENT_SUBTASK = 1, EVENT_TASK_CANCELLED = 6 };
enum { RETURNED = 2, CANCELLED_BEFORE_STARTED = 3 };
enum { EXIT = 0, WAIT = 2, CODE_BITS = 4, CODE_MASK = 15 };

/* A call that waits. Its address is in context slot 0 of the task, because the callback does not get the context. */
struct task {
  struct context *cx;
  struct call call;
  void *area; /* for the arguments and the result of the import */
  uint32_t subtask, set;
};

static int32_t wait(const struct task *task) { return (int32_t)(task->set << CODE_BITS | WAIT); }

static int32_t end(struct context *cx, const struct call *call) {
  call->exported->task_return(cx);
  free_context(cx);
  return EXIT;
}

static int32_t lift_and_end(struct context *cx, const struct call *call, void *area) {
  call->imported->async_lift_impl(cx, area);
  take_result(cx, call);
  return end(cx, call);
}

int32_t wit_dylib_export_async_call(void *context, size_t which) {
  struct context *cx = context;
  struct call call = begin_call(cx, which);
  if (!call.imported) {
    echo(cx, &call);
    return end(cx, &call);
  }
  give_arguments(cx, &call);
  void *area = allocate_for(&cx->memory, call.imported->async_abi_area_size);
  uint32_t started = call.imported->async_impl(cx, area);
  if ((started & CODE_MASK) == RETURNED) return lift_and_end(cx, &call, area);
  struct task *task = allocate_for(&cx->memory, sizeof *task);
  *task = (struct task){cx, call, area, started >> CODE_BITS, canon_waitable_set_new()};
  canon_context_set((uint32_t)(uintptr_t)task);
  canon_waitable_join(task->subtask, task->set);
  return wait(task);
}

/* The subtask is resolved, in this state: returned or cancelled. */
static int32_t resolved_as(struct task *task, uint32_t state) {
  struct context *cx = task->cx;
  canon_subtask_drop(task->subtask);
  canon_waitable_set_drop(task->set);
  if (state == RETURNED) return lift_and_end(cx, &task->call, task->area);
  give_up(&task->call, state != CANCELLED_BEFORE_STARTED);
  canon_task_cancel();
  free_context(cx);
  return EXIT;
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)waitable, (void)which;
  struct task *task = (struct task *)(uintptr_t)canon_context_get();
  if (event == EVENT_TASK_CANCELLED) {
#ifdef MUTANT_NOT_PASSED_ON
    return wait(task);
#endif
    /* Waits until the other call is resolved: it may also return. No member of a set can be cancelled. */
    canon_waitable_join(task->subtask, 0);
    return resolved_as(task, canon_subtask_cancel(task->subtask));
  }
  if (event != EVENT_SUBTASK || code != RETURNED) return wait(task); /* it has only started */
  canon_waitable_join(task->subtask, 0);
  return resolved_as(task, RETURNED);
}

#else

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  (void)cx, (void)which;
  __builtin_trap();
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)event, (void)waitable, (void)code, (void)which;
  __builtin_trap();
}
#endif

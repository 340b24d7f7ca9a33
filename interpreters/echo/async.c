/* Asynchronous calls. The context of a call lives as long as its task. */
#include "task.h"

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

/* CanonicalABI.md: EventCode, Subtask.State. */
enum { EVENT_SUBTASK = 1, EVENT_TASK_CANCELLED = 6 };
enum { RETURNED = 2, CANCELLED_BEFORE_STARTED = 3 };

/* ---- Tasks ------------------------------------------------------------------------------------------------------- */

void start_task(struct task *task, struct context *cx, int32_t (*go_on)(struct task *, uint32_t, uint32_t)) {
  *task = (struct task){cx, canon_waitable_set_new(), go_on};
  canon_context_set((uint32_t)(uintptr_t)task);
}

int32_t wait_for(struct task *task, uint32_t waitable) {
  canon_waitable_join(waitable, task->set);
  return (int32_t)(task->set << CODE_BITS | WAIT);
}

void leave(uint32_t waitable) { canon_waitable_join(waitable, 0); }

int32_t end_task(struct task *task) {
  canon_waitable_set_drop(task->set);
  free_context(task->cx);
  return EXIT;
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)waitable, (void)which;
  struct task *task = (struct task *)(uintptr_t)canon_context_get();
  return task->go_on(task, (uint32_t)event, (uint32_t)code);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

/* A task that waits for the import to which it forwards. */
struct forwarding {
  struct task task;
  struct call call;
  void *area; /* for the arguments and the result of the import */
  uint32_t subtask;
};

static void lift_and_return(struct context *cx, const struct call *call, void *area) {
  call->imported->async_lift_impl(cx, area);
  take_result(cx, call);
  call->exported->task_return(cx);
}

/* The subtask is resolved, in this state: returned or cancelled. */
static int32_t resolved_as(struct forwarding *waits, uint32_t state) {
  canon_subtask_drop(waits->subtask);
  if (state == RETURNED) {
    lift_and_return(waits->task.cx, &waits->call, waits->area);
  } else {
    give_up(&waits->call, state != CANCELLED_BEFORE_STARTED);
    canon_task_cancel();
  }
  return end_task(&waits->task);
}

static int32_t after_event(struct task *task, uint32_t event, uint32_t state) {
  struct forwarding *waits = (struct forwarding *)task;
#ifdef MUTANT_NOT_PASSED_ON
  if (event == EVENT_TASK_CANCELLED) return wait_for(task, waits->subtask);
#endif
  leave(waits->subtask); /* no member of a set can be cancelled */
  /* Waits until the other call is resolved: it may also return. */
  if (event == EVENT_TASK_CANCELLED) return resolved_as(waits, canon_subtask_cancel(waits->subtask));
  if (event != EVENT_SUBTASK || state != RETURNED) return wait_for(task, waits->subtask); /* it has only started */
  return resolved_as(waits, RETURNED);
}

int32_t wit_dylib_export_async_call(void *context, size_t which) {
  struct context *cx = context;
  struct call call = begin_call(cx, which);
  size_t chosen;
  if (!call.imported && copies(&call, &chosen)) return start_copy(cx, &call, chosen);
  if (!call.imported) {
    echo(cx, &call);
    call.exported->task_return(cx);
    free_context(cx);
    return EXIT;
  }
  give_arguments(cx, &call);
  void *area = allocate_for(&cx->memory, call.imported->async_abi_area_size);
  uint32_t started = call.imported->async_impl(cx, area);
  if ((started & CODE_MASK) == RETURNED) {
    lift_and_return(cx, &call, area);
    free_context(cx);
    return EXIT;
  }
  struct forwarding *waits = allocate_for(&cx->memory, sizeof *waits);
  *waits = (struct forwarding){.call = call, .area = area, .subtask = started >> CODE_BITS};
  start_task(&waits->task, cx, after_event);
  return wait_for(&waits->task, waits->subtask);
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

/* Tasks: asynchronous exports, their events and their ends. */
#include "tasks.h"

#include <stdlib.h>

#ifdef LUA_ASYNC
#include "builtins.h"
#include "coroutines.h"

struct task *current_task(void) { return (struct task *)(uintptr_t)canon_context_get(); }

_Noreturn void fail_task(const struct task *task, const char *message) {
  fail_with(task->call->interface, task->call->name, message);
}

void answer_task(struct task *task) {
  struct coroutine *main = task->main;
  bool gives_up = main->failed && task->cancelled && is_error_cancelled(main->L);
  if (main->failed && !gives_up) fail_coroutine(main);
  drop_borrowed(task->call);
  drop_collected();
  if (gives_up) {
    canon_task_cancel();
    return;
  }
  if (task->function->result != WIT_NONE) {
    lua_settop(main->L, 1);
    lua_xmove(main->L, task->call->L, 1);
  }
  task->function->task_return(task->call);
}

static void cancel_task(struct task *task) {
  task->cancelled = true;
  for (struct coroutine *at = task->coroutines, *next; at; at = next) {
    next = at->next;
    cancel_coroutine(at);
  }
}

void deliver_event(struct task *task, uint32_t event, uint32_t waitable, uint32_t code) {
  if (event == EVENT_TASK_CANCELLED) {
    cancel_task(task);
    return;
  }
  struct pending *found = task->pending;
  while (found && found->waitable != waitable) found = found->next;
  if (!found) fail_task(task, "an event that nothing waits for");
  if (!found->ends(code)) return;
  canon_waitable_join(waitable, 0);
  settle(found, code);
}

static void end_task(struct task *task) {
  while (task->coroutines) { /* the main one, and those with an error that nobody has got */
    struct coroutine *left = task->coroutines;
    if (left->failed && !is_error_cancelled(left->L)) fail_coroutine(left);
    forget_coroutine(left);
  }
  canon_waitable_set_drop(task->set);
  end_call(task->call);
  free(task);
}

static bool has_ended(const struct task *task) {
  const struct coroutine *at = task->coroutines;
  while (at && at->state == ENDED) at = at->next;
  return !at;
}

/* Whether a coroutine lets others go on; it is ready then. */
static bool resume_yielded(struct task *task) {
  bool found = false;
  for (struct coroutine *at = task->coroutines; at; at = at->next) {
    if (at->state != YIELDED) continue;
    at->state = READY;
    found = true;
  }
  return found;
}

/* Runs what can go on; returns the callback code. */
static int32_t go_on(struct task *task) {
  for (struct coroutine *ready; (ready = next_ready(task));) run_coroutine(ready);
  drop_collected();
  if (resume_yielded(task)) return CALLBACK_YIELD;
  if (has_ended(task)) {
    end_task(task);
    return CALLBACK_EXIT;
  }
  if (!task->pending) fail_task(task, "coroutines wait for each other");
  return (int32_t)(task->set << CODE_BITS | CALLBACK_WAIT);
}

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  struct call *call = cx;
  struct task *task = malloc(sizeof *task);
  if (!task) fail_with(call->interface, call->name, "not enough memory");
  *task = (struct task){.call = call, .function = &world->export_funcs[which], .set = canon_waitable_set_new()};
  canon_context_set((uint32_t)(uintptr_t)task);
  int parameters = (int)task->function->nparams;
  push_function(call, task->function->name);
  lua_insert(call->L, -parameters - 1);
  task->main = create_coroutine(call->L, task, parameters);
  lua_pop(call->L, 1);
  return go_on(task);
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)which;
  struct task *task = current_task();
  if (event)
    deliver_event(task, (uint32_t)event, (uint32_t)waitable, (uint32_t)code);
  else
    poll_events(task);
  return go_on(task);
}

#else

static const char missing[] = "it is asynchronous, and this library has no asynchronous functions";

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  (void)which;
  const struct call *call = cx;
  fail_with(call->interface, call->name, missing);
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)event, (void)waitable, (void)code;
  fail_with(world->export_funcs[which].interface, world->export_funcs[which].name, missing);
}
#endif

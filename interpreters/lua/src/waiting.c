/* Waiting: operations that are under way, and coroutines that wait for them or for each other. */
#include "tasks.h"

#ifdef LUA_ASYNC
#include "builtins.h"
#include "coroutines.h"

void settle(struct pending *pending, uint32_t code) {
  struct pending **link = &pending->task->pending;
  while (*link != pending) link = &(*link)->next;
  *link = pending->next;
  pending->code = code;
  pending->over = true;
  if (pending->ended) pending->ended(pending);
  if (!pending->coroutine) return;
  pending->coroutine->pending = NULL;
  pending->coroutine->state = READY;
}

void cancel_operation(struct pending *pending) {
  canon_waitable_join(pending->waitable, 0);
  settle(pending, pending->cancel(pending));
}

bool can_suspend(lua_State *L, const struct task *task) {
#ifdef LUA_WITHOUT_EXCEPTIONS
  (void)L, (void)task; /* Lua leaves a coroutine as it leaves a function with an error */
  return false;
#else
  return task->running->L == L && lua_isyieldable(L); /* else: in a coroutine of the program, or below a C function */
#endif
}

static void suspend(lua_State *L, struct coroutine *coroutine, struct pending *pending, lua_KFunction then) {
  coroutine->state = WAITING;
  coroutine->pending = pending;
  lua_yieldk(L, 0, (lua_KContext)pending, then);
}

static void wait_in_place(struct task *task) {
  uint32_t payload[2];
  if (!task->pending) fail_task(task, "coroutines wait for each other");
  uint32_t event = canon_waitable_set_wait(task->set, payload);
  deliver_event(task, event, payload[0], payload[1]);
}

void poll_events(struct task *task) {
  uint32_t payload[2], event;
  while ((event = canon_waitable_set_poll(task->set, payload))) deliver_event(task, event, payload[0], payload[1]);
}

void may_wait(lua_State *L, const char *what) {
  if (!current_task()) luaL_error(L, "%s waits: call it in an asynchronous export", what);
  raise_cancelled(L);
}

void wait_for(lua_State *L, struct pending *pending, lua_KFunction then) {
  struct task *task = current_task();
  pending->task = task;
  pending->next = task->pending;
  task->pending = pending;
  canon_waitable_join(pending->waitable, task->set);
  if (can_suspend(L, task)) {
    pending->coroutine = task->running;
    suspend(L, task->running, pending, then);
  }
  while (!pending->over) {
    /* What the function started may need that it returns; what others started may be needed by this one. */
    struct coroutine *ready = task->running == task->main ? NULL : next_ready(task);
    if (ready)
      run_coroutine(ready);
    else
      wait_in_place(task);
  }
}

void wait_for_coroutines(lua_State *L, lua_KFunction then) {
  struct task *task = current_task();
  if (can_suspend(L, task)) suspend(L, task->running, NULL, then);
  struct coroutine *ready = next_ready(task);
  for (int at = lua_gettop(L); at; at--) {
    struct coroutine *awaited = to_coroutine(L, at);
    if (awaited && is_ready(awaited)) ready = awaited;
  }
  if (ready)
    run_coroutine(ready);
  else
    wait_in_place(task);
}

void cancel_pending(lua_State *L, struct pending *pending) {
  if (pending->task != current_task()) luaL_error(L, "the operation belongs to another task");
  cancel_operation(pending);
}

bool is_cancelled(void) { return current_task()->running->cancelled; }

void cancel_later(void) { current_task()->running->cancelled = true; }

void raise_cancelled(lua_State *L) {
  if (!is_cancelled()) return;
  current_task()->running->cancelled = false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
  lua_error(L);
}
#endif

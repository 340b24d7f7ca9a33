/*
 * Tasks and their coroutines. A task is a call of an asynchronous export. One of its coroutines runs the program's
 * function, the others were started by it (`wit.start`). A coroutine that waits is suspended until its task gets the
 * event that it waits for.
 */
#ifndef LUA_TASKS_H
#define LUA_TASKS_H

#include "glue.h"

struct coroutine;
struct task;

/* An operation that is under way: a call of an import, a read, a write. The first member of what it is about. */
struct pending {
  struct pending *next; /* in its task */
  struct task *task;
  struct coroutine *coroutine; /* that waits for it; null if it waits in place */
  uint32_t waitable;
  bool over;
  uint32_t code; /* of its last event or of its cancellation, when it is over */
  /* Whether the code of an event ends it. */
  bool (*ends)(uint32_t code);
  /* Cancels it by the canonical built-in; returns the code. The waitable is in no set. */
  uint32_t (*cancel)(const struct pending *pending);
  /* Called when it is over, or null. The waitable is in no set. */
  void (*ended)(const struct pending *pending);
};

/* Raises an error if no task could wait here, and a cancellation that is to be delivered. */
void may_wait(lua_State *L, const char *what);
/*
 * Waits until an operation is over. It suspends the coroutine, which goes on with `then` (see lua_yieldk; the context
 * is `pending`), and does not return. Where the coroutine cannot be suspended, it holds the component, and returns.
 */
void wait_for(lua_State *L, struct pending *pending, lua_KFunction then);
/* Cancels an operation of the current task. */
void cancel_pending(lua_State *L, struct pending *pending);
/* Whether the running coroutine has a cancellation that is to be delivered. */
bool is_cancelled(void);
/* Delivers a cancellation to the running coroutine when it waits next. */
void cancel_later(void);
/* Delivers it, if there is one: raises `wit.cancelled`. */
void raise_cancelled(lua_State *L);

#endif

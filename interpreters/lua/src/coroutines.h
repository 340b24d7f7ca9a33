/* What the parts of asynchronous functions share: tasks.c, coroutines.c, waiting.c, async_library.c. */
#ifndef LUA_COROUTINES_H
#define LUA_COROUTINES_H

#include "tasks.h"

enum state { CREATED, READY, RUNNING, WAITING, YIELDED, ENDED };

/* A userdata: what `wit.start` returns. */
struct coroutine {
  struct coroutine *next; /* in its task */
  struct task *task;
  lua_State *L;  /* kept by user value 1. When it has ended: its results, or its error */
  int reference; /* keeps this while it is in its task */
  enum state state;
  int values;              /* on top of L for the next resume; when it has ended: results */
  struct pending *pending; /* that it waits for; null if it waits for coroutines */
  bool cancelled;          /* to be delivered when it waits */
  bool failed;
};

/* Its address is in context slot 0. */
struct task {
  struct call *call;
  const wit_export_func_t *function;
  uint32_t set;                 /* of the waitables of its pending operations */
  struct coroutine *main;       /* runs the function of the program */
  struct coroutine *coroutines; /* those that have not ended, and those whose error nobody has got */
  struct coroutine *running;
  struct pending *pending;
  bool cancelled;
};

/* Keys in the registry: the metatable of coroutines, `wit.cancelled`. */
extern const char coroutine_class, cancelled_key;

/* tasks.c */
/* Null outside of asynchronous exports. */
struct task *current_task(void);
_Noreturn void fail_task(const struct task *task, const char *message);
/* The program's function has ended: its result, or the cancellation, is the task's. */
void answer_task(struct task *task);
/* An event of the task's set, or one of the task itself. */
void deliver_event(struct task *task, uint32_t event, uint32_t waitable, uint32_t code);

/* coroutines.c */
/* Replaces a function with its arguments, on top, by a coroutine for it. */
struct coroutine *create_coroutine(lua_State *L, struct task *task, int arguments);
/* An ended coroutine is of no task any more. */
void forget_coroutine(struct coroutine *coroutine);
/* The coroutine at an index; null for any other value. */
struct coroutine *to_coroutine(lua_State *L, int index);
/* Runs it until it waits or ends. */
void run_coroutine(struct coroutine *coroutine);
bool is_ready(const struct coroutine *coroutine);
/* The next coroutine that can go on, null if all wait. */
struct coroutine *next_ready(const struct task *task);
/* What it waits for is cancelled, and `wit.cancelled` is raised there. */
void cancel_coroutine(struct coroutine *coroutine);
/* Whether the value on top is `wit.cancelled`. */
bool is_error_cancelled(lua_State *L);
/* Its error ends the component. */
_Noreturn void fail_coroutine(const struct coroutine *coroutine);

/* waiting.c */
/* An operation is over: what waits for it can go on. */
void settle(struct pending *pending, uint32_t code);
void cancel_operation(struct pending *pending);
/* Whether the running coroutine can be suspended here; else it waits in place. */
bool can_suspend(lua_State *L, const struct task *task);
/* Delivers what has happened meanwhile, after a yield. */
void poll_events(struct task *task);
/* Waits until something has happened to the coroutines among the arguments, or to others; goes on like wait_for. */
void wait_for_coroutines(lua_State *L, lua_KFunction then);

#endif

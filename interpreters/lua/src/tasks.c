#include "tasks.h"

#include <stdlib.h>

#ifdef LUA_ASYNC
#include "builtins.h"

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
static const char class, cancelled;

static struct task *current(void) { return (struct task *)(uintptr_t)canon_context_get(); }

static _Noreturn void fail_task(const struct task *task, const char *message) {
  fail_with(task->call->interface, task->call->name, message);
}

/* ---- Coroutines -------------------------------------------------------------------------------------------------- */

/* Replaces a function with its arguments, on top, by a coroutine for it. */
static struct coroutine *create(lua_State *L, struct task *task, int arguments) {
  luaL_checkstack(L, 4, NULL);
  struct coroutine *made = lua_newuserdatauv(L, sizeof *made, 2);
  *made = (struct coroutine){.task = task, .values = arguments};
  lua_rawgetp(L, LUA_REGISTRYINDEX, &class);
  lua_setmetatable(L, -2);
  made->L = lua_newthread(L);
  lua_setiuservalue(L, -2, 1);
  lua_insert(L, -arguments - 2);
  if (!lua_checkstack(made->L, arguments + 1)) luaL_error(L, "too many arguments");
  lua_xmove(L, made->L, arguments + 1);
  lua_pushvalue(L, -1);
  made->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  struct coroutine **last = &task->coroutines;
  while (*last) last = &(*last)->next;
  *last = made;
  return made;
}

/* An ended coroutine is of no task any more. */
static void forget(struct coroutine *coroutine) {
  if (!coroutine->task) return;
  for (struct coroutine **link = &coroutine->task->coroutines; *link; link = &(*link)->next) {
    if (*link != coroutine) continue;
    *link = coroutine->next;
    coroutine->task = NULL;
    luaL_unref(coroutine->L, LUA_REGISTRYINDEX, coroutine->reference);
    return;
  }
}

static bool is_error_cancelled(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  return same;
}

/* Its error ends the component. */
static _Noreturn void fail_coroutine(const struct coroutine *coroutine) {
  lua_State *L = coroutine->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, coroutine->reference);
  lua_getiuservalue(L, -1, 2);
  fail_task(coroutine->task, lua_tostring(L, -1));
}

/* After an error: keeps it with its trace as user value 2, and closes the variables with <close>. */
static void close(struct coroutine *coroutine) {
  lua_State *L = coroutine->L, *other = coroutine->task->call->L;
  lua_rawgeti(other, LUA_REGISTRYINDEX, coroutine->reference);
  luaL_traceback(other, L, luaL_tolstring(L, -1, NULL), 0);
  lua_pop(L, 1);
  lua_setiuservalue(other, -2, 2);
  lua_pop(other, 1);
  lua_resetthread(L); /* leaves the error, or that of a <close> */
}

/* The program's function has ended: its result, or the cancellation, is the task's. */
static void answer(struct task *task) {
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

static void end(struct coroutine *coroutine, int status, int values) {
  struct task *task = coroutine->task;
  coroutine->state = ENDED;
  coroutine->failed = status != LUA_OK;
  coroutine->values = values;
  for (struct coroutine *other = task->coroutines; other; other = other->next)
    if (other->state == WAITING && !other->pending) other->state = READY;
  if (coroutine == task->main)
    answer(task);
  else if (!coroutine->failed)
    forget(coroutine);
}

static void run(struct coroutine *coroutine) {
  struct task *task = coroutine->task;
  struct coroutine *before = task->running;
  int count = 0, values = coroutine->values;
  task->running = coroutine;
  coroutine->state = RUNNING;
  coroutine->values = 0;
  int status = lua_resume(coroutine->L, before ? before->L : NULL, values, &count);
  if (status > LUA_YIELD) close(coroutine);
  task->running = before;
  if (status != LUA_YIELD)
    end(coroutine, status, status ? 1 : count);
  else if (coroutine->state == RUNNING)
    fail_task(task, "coroutine.yield outside of a coroutine of the program");
}

static bool is_ready(const struct coroutine *coroutine) {
  return coroutine->state == CREATED || coroutine->state == READY;
}

/* The next coroutine that can go on, null if all wait. */
static struct coroutine *next_ready(const struct task *task) {
  struct coroutine *found = task->coroutines;
  while (found && !is_ready(found)) found = found->next;
  return found;
}

/* ---- Events ------------------------------------------------------------------------------------------------------ */

static void settle(struct pending *pending, uint32_t code) {
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

static void cancel_operation(struct pending *pending) {
  canon_waitable_join(pending->waitable, 0);
  settle(pending, pending->cancel(pending));
}

static void cancel_coroutine(struct coroutine *coroutine) {
  if (coroutine->state == ENDED) return;
  if (coroutine->state == CREATED) { /* never runs */
    lua_settop(coroutine->L, 0);
    lua_rawgetp(coroutine->L, LUA_REGISTRYINDEX, &cancelled);
    end(coroutine, LUA_ERRRUN, 1);
    return;
  }
  coroutine->cancelled = true;
  if (coroutine->pending)
    cancel_operation(coroutine->pending);
  else if (coroutine->state == WAITING || coroutine->state == YIELDED)
    coroutine->state = READY;
}

static void cancel_task(struct task *task) {
  task->cancelled = true;
  for (struct coroutine *at = task->coroutines, *next; at; at = next) {
    next = at->next;
    cancel_coroutine(at);
  }
}

static void deliver(struct task *task, uint32_t event, uint32_t waitable, uint32_t code) {
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

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static bool can_suspend(lua_State *L, const struct task *task) {
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
  deliver(task, event, payload[0], payload[1]);
}

/* After a yield: delivers what has happened meanwhile. */
static void poll(struct task *task) {
  uint32_t payload[2], event;
  while ((event = canon_waitable_set_poll(task->set, payload))) deliver(task, event, payload[0], payload[1]);
}

void may_wait(lua_State *L, const char *what) {
  if (!current()) luaL_error(L, "%s waits: call it in an asynchronous export", what);
  raise_cancelled(L);
}

void wait_for(lua_State *L, struct pending *pending, lua_KFunction then) {
  struct task *task = current();
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
      run(ready);
    else
      wait_in_place(task);
  }
}

static struct coroutine *to_coroutine(lua_State *L, int index) {
  struct coroutine *found = lua_touserdata(L, index);
  if (!found || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &class);
  bool ours = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return ours ? found : NULL;
}

/* Waits until something has happened to the coroutines among the arguments, or to others; goes on like wait_for. */
static void wait_for_coroutines(lua_State *L, lua_KFunction then) {
  struct task *task = current();
  if (can_suspend(L, task)) suspend(L, task->running, NULL, then);
  struct coroutine *ready = next_ready(task);
  for (int at = lua_gettop(L); at; at--) {
    struct coroutine *awaited = to_coroutine(L, at);
    if (awaited && is_ready(awaited)) ready = awaited;
  }
  if (ready)
    run(ready);
  else
    wait_in_place(task);
}

void cancel_pending(lua_State *L, struct pending *pending) {
  if (pending->task != current()) luaL_error(L, "the operation belongs to another task");
  cancel_operation(pending);
}

bool is_cancelled(void) { return current()->running->cancelled; }

void cancel_later(void) { current()->running->cancelled = true; }

void raise_cancelled(lua_State *L) {
  if (!is_cancelled()) return;
  current()->running->cancelled = false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled);
  lua_error(L);
}

/* ---- Exports ----------------------------------------------------------------------------------------------------- */

static void end_task(struct task *task) {
  while (task->coroutines) { /* the main one, and those with an error that nobody has got */
    struct coroutine *left = task->coroutines;
    if (left->failed && !is_error_cancelled(left->L)) fail_coroutine(left);
    forget(left);
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
  for (struct coroutine *ready; (ready = next_ready(task));) run(ready);
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
  task->main = create(call->L, task, parameters);
  lua_pop(call->L, 1);
  return go_on(task);
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)which;
  struct task *task = current();
  if (event)
    deliver(task, (uint32_t)event, (uint32_t)waitable, (uint32_t)code);
  else
    poll(task);
  return go_on(task);
}

/* ---- For programs ------------------------------------------------------------------------------------------------ */

/* `wit.start(f, ...)`: a coroutine that runs when the current one waits or has ended. */
static int start(lua_State *L) {
  luaL_checkany(L, 1);
  struct task *task = current();
  if (!task) return luaL_error(L, "wit.start: call it in an asynchronous export");
  create(L, task, lua_gettop(L) - 1);
  return 1;
}

static struct coroutine *check_coroutine(lua_State *L, int index) {
  struct coroutine *found = to_coroutine(L, index);
  if (!found) luaL_argerror(L, index, "expected what wit.start returns");
  if (found->state != ENDED && found->task != current()) luaL_argerror(L, index, "it belongs to another task");
  return found;
}

/* `call:await()`: waits until it has ended; returns its results or raises its error. */
static int await(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  struct coroutine *awaited = check_coroutine(L, 1);
  while (awaited->state != ENDED) {
    may_wait(L, "await");
    wait_for_coroutines(L, await);
  }
  int count = awaited->values;
  luaL_checkstack(L, count, "too many results");
  luaL_checkstack(awaited->L, count, "too many results");
  for (int at = 0; at < count; at++) lua_pushvalue(awaited->L, -count);
  lua_xmove(awaited->L, L, count);
  if (!awaited->failed) return count;
  forget(awaited);
  return lua_error(L);
}

static int await_method(lua_State *L) {
  lua_settop(L, 1);
  return await(L, LUA_OK, 0);
}

/* `wit.first(call, ...)`: waits until one of them has ended; returns its place. */
static int first(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  for (;;) {
    for (int at = 1; at <= lua_gettop(L); at++) {
      if (check_coroutine(L, at)->state != ENDED) continue;
      lua_pushinteger(L, at);
      return 1;
    }
    may_wait(L, "wit.first");
    wait_for_coroutines(L, first);
  }
}

static int first_function(lua_State *L) {
  check_coroutine(L, 1);
  return first(L, LUA_OK, 0);
}

/* Waits until coroutine 1 has ended, whatever happens meanwhile; its error is lost. */
static int join(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  struct coroutine *joined = check_coroutine(L, 1);
  while (joined->state != ENDED) wait_for_coroutines(L, join);
  if (joined->failed) forget(joined);
  return 0;
}

static int join_function(lua_State *L) { return join(L, LUA_OK, 0); }

/* `call:cancel()`: what it waits for is cancelled, and `wit.cancelled` is raised there. */
static int cancel_method(lua_State *L) {
  cancel_coroutine(check_coroutine(L, 1));
  return 0;
}

static int yielded(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  raise_cancelled(L);
  return 0;
}

/* `wit.yield()`: lets other coroutines, tasks and components go on. */
static int yield(lua_State *L) {
  may_wait(L, "wit.yield");
  struct task *task = current();
  if (!can_suspend(L, task)) {
    poll(task);
    return 0;
  }
  task->running->state = YIELDED;
  return lua_yieldk(L, 0, 0, yielded);
}

static int cancelled_text(lua_State *L) {
  lua_pushliteral(L, "the call was cancelled");
  return 1;
}

/*
 * `wit.together(f, ...)`: calls functions side by side, and returns the first result of each when all have ended. When
 * one fails, the others are cancelled, and its error is raised when they have ended.
 */
static const char together[] =
    "local wit, join = ...\n"
    "function wit.together(...)\n"
    "  local count, left, results, places = select('#', ...), {}, {}, {}\n"
    "  for at = 1, count do\n"
    "    left[at] = wit.start((select(at, ...)))\n"
    "    places[left[at]] = at\n"
    "  end\n"
    "  local fine, problem = pcall(function()\n"
    "    while #left > 0 do\n"
    "      local call = table.remove(left, wit.first(table.unpack(left)))\n"
    "      results[places[call]] = call:await()\n"
    "    end\n"
    "  end)\n"
    "  for _, call in ipairs(left) do call:cancel() end\n"
    "  for _, call in ipairs(left) do join(call) end\n"
    "  if not fine then error(problem, 0) end\n"
    "  return table.unpack(results, 1, count)\n"
    "end\n";

void add_async(lua_State *L) {
  static const luaL_Reg methods[] = {{"await", await_method}, {"cancel", cancel_method}, {NULL, NULL}};
  lua_createtable(L, 0, 2);
  lua_pushliteral(L, "call");
  lua_setfield(L, -2, "__name");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &class);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, cancelled_text);
  lua_setfield(L, -2, "__tostring");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled);
  lua_setfield(L, -2, "cancelled");
  lua_pushcfunction(L, start);
  lua_setfield(L, -2, "start");
  lua_pushcfunction(L, first_function);
  lua_setfield(L, -2, "first");
  lua_pushcfunction(L, yield);
  lua_setfield(L, -2, "yield");
  if (luaL_loadbuffer(L, together, sizeof together - 1, "=together")) lua_error(L);
  lua_pushvalue(L, -2);
  lua_pushcfunction(L, join_function);
  lua_call(L, 2, 0);
}

#else

static const char missing[] = "it is asynchronous, and this library has no asynchronous functions";

void add_async(lua_State *L) { (void)L; }

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

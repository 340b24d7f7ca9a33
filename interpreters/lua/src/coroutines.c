/* The coroutines of tasks: made, run, ended, cancelled. */
#include "coroutines.h"

#ifdef LUA_ASYNC
const char coroutine_class, cancelled_key;

struct coroutine *create_coroutine(lua_State *L, struct task *task, int arguments) {
  luaL_checkstack(L, 4, NULL);
  struct coroutine *made = lua_newuserdatauv(L, sizeof *made, 2);
  *made = (struct coroutine){.task = task, .values = arguments};
  lua_rawgetp(L, LUA_REGISTRYINDEX, &coroutine_class);
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

void forget_coroutine(struct coroutine *coroutine) {
  if (!coroutine->task) return;
  for (struct coroutine **link = &coroutine->task->coroutines; *link; link = &(*link)->next) {
    if (*link != coroutine) continue;
    *link = coroutine->next;
    coroutine->task = NULL;
    luaL_unref(coroutine->L, LUA_REGISTRYINDEX, coroutine->reference);
    return;
  }
}

bool is_error_cancelled(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &cancelled_key);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  return same;
}

_Noreturn void fail_coroutine(const struct coroutine *coroutine) {
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

struct coroutine *to_coroutine(lua_State *L, int index) {
  struct coroutine *found = lua_touserdata(L, index);
  if (!found || !lua_getmetatable(L, index)) return NULL;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &coroutine_class);
  bool ours = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return ours ? found : NULL;
}

static void end_coroutine(struct coroutine *coroutine, int status, int values) {
  struct task *task = coroutine->task;
  coroutine->state = ENDED;
  coroutine->failed = status != LUA_OK;
  coroutine->values = values;
  for (struct coroutine *other = task->coroutines; other; other = other->next)
    if (other->state == WAITING && !other->pending) other->state = READY;
  if (coroutine == task->main)
    answer_task(task);
  else if (!coroutine->failed)
    forget_coroutine(coroutine);
}

void run_coroutine(struct coroutine *coroutine) {
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
    end_coroutine(coroutine, status, status ? 1 : count);
  else if (coroutine->state == RUNNING)
    fail_task(task, "coroutine.yield outside of a coroutine of the program");
}

bool is_ready(const struct coroutine *coroutine) {
  return coroutine->state == CREATED || coroutine->state == READY;
}

struct coroutine *next_ready(const struct task *task) {
  struct coroutine *found = task->coroutines;
  while (found && !is_ready(found)) found = found->next;
  return found;
}

void cancel_coroutine(struct coroutine *coroutine) {
  if (coroutine->state == ENDED) return;
  if (coroutine->state == CREATED) { /* never runs */
    lua_settop(coroutine->L, 0);
    lua_rawgetp(coroutine->L, LUA_REGISTRYINDEX, &cancelled_key);
    end_coroutine(coroutine, LUA_ERRRUN, 1);
    return;
  }
  coroutine->cancelled = true;
  if (coroutine->pending)
    cancel_operation(coroutine->pending);
  else if (coroutine->state == WAITING || coroutine->state == YIELDED)
    coroutine->state = READY;
}
#endif

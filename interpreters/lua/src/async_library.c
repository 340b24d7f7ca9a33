/* What programs call: `wit.start` and what it returns, `wit.first`, `wit.yield`, `wit.together`, `wit.cancelled`. */
#include "coroutines.h"

#ifdef LUA_ASYNC
/* `wit.start(f, ...)`: a coroutine that runs when the current one waits or has ended. */
static int start(lua_State *L) {
  luaL_checkany(L, 1);
  struct task *task = current_task();
  if (!task) return luaL_error(L, "wit.start: call it in an asynchronous export");
  create_coroutine(L, task, lua_gettop(L) - 1);
  return 1;
}

static struct coroutine *check_coroutine(lua_State *L, int index) {
  struct coroutine *found = to_coroutine(L, index);
  if (!found) luaL_argerror(L, index, "expected what wit.start returns");
  if (found->state != ENDED && found->task != current_task()) luaL_argerror(L, index, "it belongs to another task");
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
  forget_coroutine(awaited);
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
  if (joined->failed) forget_coroutine(joined);
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
  struct task *task = current_task();
  if (!can_suspend(L, task)) {
    poll_events(task);
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
  lua_rawsetp(L, LUA_REGISTRYINDEX, &coroutine_class);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, cancelled_text);
  lua_setfield(L, -2, "__tostring");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &cancelled_key);
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

void add_async(lua_State *L) { (void)L; }
#endif

/*
 * Asynchronous functions. A task is a coroutine of Lua: an import that has not returned suspends it, and the callback of
 * the export resumes it.
 */
#include <stdlib.h>

#include "ends.h"
#include "glue.h"

#ifdef LUA_ASYNC
/* Canonical built-ins; their names in a core module are a convention of wasm-tools 1.262 (component new). */
#define ROOT(name) __attribute__((import_module("$root"), import_name(name)))
ROOT("[waitable-set-new]") uint32_t canon_waitable_set_new(void);
ROOT("[waitable-set-drop]") void canon_waitable_set_drop(uint32_t set);
ROOT("[waitable-join]") void canon_waitable_join(uint32_t waitable, uint32_t set);
ROOT("[subtask-drop]") void canon_subtask_drop(uint32_t subtask);
ROOT("[context-get-0]") uint32_t canon_context_get(void);
ROOT("[context-set-0]") void canon_context_set(uint32_t value);

/* CanonicalABI.md: EventCode, Subtask.State, CallbackCode. */
enum { EVENT_SUBTASK = 1 };
enum { RETURNED = 2 };
enum { CODE_EXIT = 0, CODE_WAIT = 2 };
/* A handle is packed above a code of 4 bits. */
enum { CODE_BITS = 4, CODE_MASK = 15 };

/* A call of an export. Its address is in context slot 0 of the task. */
struct task {
  struct call *call;
  const wit_export_func_t *function;
  lua_State *coroutine;
  int reference; /* keeps the coroutine */
  uint32_t set;  /* the subtasks that it waits for */
};

static struct task *current(void) { return (struct task *)(uintptr_t)canon_context_get(); }

/* ---- Exports ----------------------------------------------------------------------------------------------------- */

static void end_task(struct task *task) {
  luaL_unref(task->call->L, LUA_REGISTRYINDEX, task->reference);
  canon_waitable_set_drop(task->set);
  end_call(task->call);
  free(task);
}

/* Goes on with the values on top of the coroutine; returns the callback code. */
static int32_t resume(struct task *task, int values) {
  struct call *call = task->call;
  lua_State *coroutine = task->coroutine;
  int count = 0, status = lua_resume(coroutine, NULL, values, &count);
  drop_collected();
  if (status == LUA_YIELD) {
    lua_pop(coroutine, count);
    return (int32_t)(task->set << CODE_BITS | CODE_WAIT);
  }
  if (status) {
    luaL_traceback(call->L, coroutine, luaL_tolstring(coroutine, -1, NULL), 0);
    fail_with(call->interface, call->name, lua_tostring(call->L, -1));
  }
  drop_borrowed(call);
  if (task->function->result != WIT_NONE) {
    lua_settop(coroutine, 1);
    lua_xmove(coroutine, call->L, 1);
  }
  task->function->task_return(call);
  end_task(task);
  return CODE_EXIT;
}

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  struct call *call = cx;
  lua_State *L = call->L;
  struct task *task = malloc(sizeof *task);
  if (!task) fail_with(call->interface, call->name, "not enough memory");
  *task = (struct task){.call = call, .function = &world->export_funcs[which], .set = canon_waitable_set_new()};
  canon_context_set((uint32_t)(uintptr_t)task);
  int parameters = (int)task->function->nparams;
  push_function(call, task->function->name);
  lua_insert(L, -parameters - 1);
  task->coroutine = lua_newthread(L);
  task->reference = luaL_ref(L, LUA_REGISTRYINDEX);
  if (!lua_checkstack(task->coroutine, parameters + 1)) fail_with(call->interface, call->name, "too many parameters");
  lua_xmove(L, task->coroutine, parameters + 1);
  return resume(task, parameters);
}

/* A task waits for subtasks only; the other events (started, cancelled) change nothing for it. */
int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)which;
  struct task *task = current();
  if (event != EVENT_SUBTASK || code != RETURNED) return (int32_t)(task->set << CODE_BITS | CODE_WAIT);
  canon_waitable_join((uint32_t)waitable, 0);
  canon_subtask_drop((uint32_t)waitable);
  lua_pushinteger(task->coroutine, waitable);
  return resume(task, 1);
}

/* ---- Imports ----------------------------------------------------------------------------------------------------- */

/* For each subtask the coroutine that waits for it: a key in the registry. */
static const char waiting;

struct pending {
  struct call *call;
  const wit_import_func_t *function;
  void *area;
};

static int lift(lua_State *L, struct pending *pending) {
  bool result = pending->function->result != WIT_NONE;
  pending->call->caller = L;
  if (result) {
    pending->function->async_lift_impl(pending->call, pending->area);
    lua_xmove(pending->call->L, L, 1);
  }
  end_call(pending->call);
  free(pending->area);
  free(pending);
  return result;
}

/* The coroutine is resumed with the subtask that has returned. */
static int go_on(lua_State *L, int status, lua_KContext context) {
  (void)status;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &waiting);
  lua_pushnil(L);
  lua_rawseti(L, -2, lua_tointeger(L, -3));
  return lift(L, (struct pending *)context);
}

int call_async(lua_State *L, const wit_import_func_t *function) {
  if (!lua_isyieldable(L)) return luaL_error(L, "%s is asynchronous: call it in an asynchronous export", function->name);
  int parameters = (int)function->nparams;
  struct pending *pending = malloc(sizeof *pending);
  if (!pending) return luaL_error(L, "not enough memory");
  *pending = (struct pending){new_call(function->interface, function->name), function, NULL};
  pending->call->caller = L;
  pending->area = malloc(function->async_abi_area_size + 1);
  if (!pending->area) fail(pending->call, "not enough memory");
  need(pending->call, parameters);
  for (int at = parameters; at; at--) {
    lua_pushvalue(L, at);
    lua_xmove(L, pending->call->L, 1);
  }
  uint32_t started = function->async_impl(pending->call, pending->area), subtask = started >> CODE_BITS;
  if ((started & CODE_MASK) == RETURNED) return lift(L, pending);
  canon_waitable_join(subtask, current()->set);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &waiting);
  lua_pushthread(L);
  lua_rawseti(L, -2, subtask);
  return lua_yieldk(L, 0, (lua_KContext)pending, go_on);
}

/*
 * `wit.together(f, ...)`: calls functions side by side, and returns the first result of each when all are done. Each is a
 * coroutine; a subtask that has returned is passed down to the one that waits for it.
 */
static const char together[] =
    "local waiting = ...\n"
    "local parent = setmetatable({}, { __mode = 'k' })\n"
    "return function(...)\n"
    "  local me, left, results, places = coroutine.running(), select('#', ...), table.pack(...), {}\n"
    "  local function go_on(thread, ...)\n"
    "    local ok, found = coroutine.resume(thread, ...)\n"
    "    if not ok then error(debug.traceback(thread, tostring(found)), 0) end\n"
    "    if coroutine.status(thread) == 'dead' then results[places[thread]], left = found, left - 1 end\n"
    "  end\n"
    "  for at = 1, left do\n"
    "    local thread = coroutine.create(results[at])\n"
    "    results[at], places[thread], parent[thread] = nil, at, me\n"
    "    go_on(thread)\n"
    "  end\n"
    "  while left > 0 do\n"
    "    local subtask = coroutine.yield()\n"
    "    local thread = waiting[subtask]\n"
    "    while parent[thread] ~= me do thread = parent[thread] end\n"
    "    go_on(thread, subtask)\n"
    "  end\n"
    "  return table.unpack(results, 1, results.n)\n"
    "end\n";

void add_async(lua_State *L) {
  if (luaL_loadbuffer(L, together, sizeof together - 1, "=together")) lua_error(L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &waiting);
  lua_call(L, 1, 1);
  lua_setfield(L, -2, "together");
}

#else

int call_async(lua_State *L, const wit_import_func_t *function) {
  return luaL_error(L, "%s is asynchronous, and this library has no asynchronous functions", function->name);
}

void add_async(lua_State *L) { (void)L; }

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  (void)which;
  const struct call *call = cx;
  fail_with(call->interface, call->name, "it is asynchronous, and this library has no asynchronous functions");
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)event, (void)waitable, (void)code;
  fail_with(world->export_funcs[which].interface, world->export_funcs[which].name, "unexpected event");
}
#endif

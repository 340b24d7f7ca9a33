/* Calls of asynchronous imports. */
#include <stdlib.h>

#include "glue.h"

#ifdef LUA_ASYNC
#include "builtins.h"
#include "tasks.h"

struct subtask {
  struct pending pending;
  struct call *call;
  const wit_import_func_t *function;
  void *area;
};

static bool ends(uint32_t code) { return code >= CALL_RETURNED; }
static uint32_t cancel(const struct pending *pending) { return canon_subtask_cancel(pending->waitable); }
static void ended(const struct pending *pending) { canon_subtask_drop(pending->waitable); }

static int finish(lua_State *L, int status, lua_KContext context) {
  (void)status;
  struct subtask *subtask = (struct subtask *)context;
  struct call *call = subtask->call;
  uint32_t code = subtask->pending.code;
  bool result = code == CALL_RETURNED && subtask->function->result != WIT_NONE;
  call->caller = L;
  if (result) {
    subtask->function->async_lift_impl(call, subtask->area);
    lua_xmove(call->L, L, 1);
  }
  if (code == CALL_CANCELLED_BEFORE_STARTED) restore_kept(call, 0);
  end_call(call);
  free(subtask->area);
  free(subtask);
  if (code != CALL_RETURNED) raise_cancelled(L);
  return result;
}

int call_async(lua_State *L, const wit_import_func_t *function) {
  may_wait(L, function->name);
  int parameters = (int)function->nparams;
  struct subtask *subtask = malloc(sizeof *subtask);
  if (!subtask) return luaL_error(L, "not enough memory");
  struct call *call = new_call(function->interface, function->name);
  *subtask = (struct subtask){{.ends = ends, .cancel = cancel, .ended = ended}, call, function, NULL};
  call->caller = L;
  subtask->area = malloc(function->async_abi_area_size + 1);
  if (!subtask->area) fail(call, "not enough memory");
  need(call, parameters);
  for (int at = parameters; at; at--) {
    lua_pushvalue(L, at);
    lua_xmove(L, call->L, 1);
  }
  drop_collected();
  uint32_t started = function->async_impl(call, subtask->area);
  subtask->pending.waitable = started >> CODE_BITS;
  subtask->pending.code = started & CODE_MASK;
  if (!ends(subtask->pending.code)) wait_for(L, &subtask->pending, finish);
  return finish(L, LUA_OK, (lua_KContext)subtask);
}

#else

int call_async(lua_State *L, const wit_import_func_t *function) {
  return luaL_error(L, "%s is asynchronous, and this library has no asynchronous functions", function->name);
}
#endif

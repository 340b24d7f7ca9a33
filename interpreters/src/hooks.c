/*
 * Task hooks of either generation (generator/componentize/task_hooks.py), in libraries of their own: each call is an
 * event. It says nothing to the host by itself, because some hooks run where the component cannot leave. It belongs to no
 * task, because no hook knows which task begins.
 */
#include "fail.h"
#include "memory.h"
#include "script.h"
#include "tasks.h"
#include "trace.h"

#define HOOK(name) __attribute__((visibility("default"), export_name(name)))
#define event_of_none(name) trace_of_none(name, sizeof(name) - 1)

static inline void hook_begin(void) { trace_cannot_leave(); }

static inline void hook_end(void) {
  trace_end();
  trace_can_leave();
}

#if TASK_HOOKS == 1

enum { CALLBACK = 3, WAITS = 4, ASYNC_ENDS = 5, BEFORE_REALLOC = 12, AFTER_REALLOC = 13 };

/* Between 12 and 13 lies one call of cabi_realloc, and nothing else. */
static void check_realloc(uint32_t point) {
  static bool expected;
  static size_t calls;
  if (expected != (point == AFTER_REALLOC)) fail_hook();
  if (expected && memory_realloc_calls != calls + 1) fail_hook();
  expected = point == BEFORE_REALLOC;
  calls = memory_realloc_calls;
}

/* How often `finish` waits is the engine's choice, so nothing after its start is an event. */
static bool is_of_finish(uint32_t point) { return point >= CALLBACK && point <= ASYNC_ENDS && task_is_finish(); }

HOOK("__wasm_task_hook") void boxed_task_hook(uint32_t point) {
  check_realloc(point);
  if (script_is_loading) return; /* the script's own text is not counted, as in cabi_realloc */
  if (is_of_finish(point)) return;
  hook_begin();
  event_of_none("task_hook");
  trace_unsigned(point);
  hook_end();
}

#elif TASK_HOOKS == 2

static void init(unsigned asynchronous) {
  hook_begin();
  event_of_none("init_task");
  trace_unsigned(asynchronous);
  hook_end();
}

HOOK("__wasm_init_task") void boxed_init_task(void) { init(0); }
HOOK("__wasm_init_async_task") void boxed_init_async_task(void) { init(1); }

#endif

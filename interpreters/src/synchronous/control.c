/* `harness:boxed/control` of synchronous worlds, and the asynchronous entries, which they do not have. */
#include "balance.h"
#include "fail.h"
#include "script.h"
#include "stack.h"
#include "trace.h"
#include "wit_dylib.h"

static NOINLINE void run(void) {
  script_load();
  const Frame *frame = script_take_frame(FRAME_RUN, 0);
  if (!frame) fail_no_frame();
  Val *result = script_run_ops(frame->ops, &(Arguments){NULL, 0});
  if (result) fail_result();
  trace_flush();
}

/* These two have no frame on the shadow stack, so the pointer is the caller's. */
CONTROL_EXPORT("", "run") void control_run(void) {
  stack_base_seen(platform_stack_pointer());
  run();
}

CONTROL_EXPORT("", "finish") void control_finish(void) {
  size_t stack_pointer = platform_stack_pointer();
  stack_base_seen(stack_pointer);
  script_load();
  balance_write(stack_pointer);
}

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  (void)cx, (void)which;
  fail_async();
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)event, (void)waitable, (void)code, (void)which;
  fail_async();
}

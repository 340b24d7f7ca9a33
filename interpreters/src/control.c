/* `harness:boxed/control`: the harness's control of this instance. */
#include "context.h"
#include "fail.h"
#include "memory.h"
#include "script.h"
#include "stack.h"
#include "trace.h"
#include "world.h"

static NOINLINE void construct(size_t pointer) {
  if (world_is_known()) fail_initialize(); /* a library that needs this one was constructed before it */
  stack_base_seen(pointer);
}

/* The earliest moment; if a linker omits constructors, a later entry decides. No frame: the pointer is exact. */
__attribute__((constructor)) static void before_anything(void) { construct(platform_stack_pointer()); }

static NOINLINE void run(void) {
  script_load();
  const Frame *frame = script_take_frame(FRAME_RUN, 0);
  if (!frame) fail_no_frame();
  Val *result = script_run_ops(frame->ops, &(Arguments){NULL, 0});
  if (result) fail_result();
  trace_flush();
}

static NOINLINE void finish(size_t stack_pointer) {
  script_load();
  memory_check();
  trace_event("balance");
  trace_signed((int32_t)(uint32_t)memory_out.bytes);
  trace_signed((int32_t)(uint32_t)memory_out.blocks);
  trace_unsigned(context_count());
  trace_signed((int32_t)(uint32_t)(stack_pointer - stack_base()));
  trace_unsigned(script_frames_left());
  trace_end();
  trace_flush();
}

/* These two have no frame on the shadow stack, so the pointer is the caller's. */
CONTROL_EXPORT("run") void control_run(void) {
  stack_base_seen(platform_stack_pointer());
  run();
}

CONTROL_EXPORT("finish") void control_finish(void) {
  size_t stack_pointer = platform_stack_pointer();
  stack_base_seen(stack_pointer);
  finish(stack_pointer);
}

#include "balance.h"

#include "context.h"
#include "memory.h"
#include "script.h"
#include "stack.h"
#include "trace.h"

NOINLINE void balance_write(size_t stack_pointer) {
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

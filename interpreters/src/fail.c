#include "fail.h"

#include "platform.h"
#include "trace.h"

#define DEFINE_FAIL(name)              \
  NOINLINE void fail_##name(void) {    \
    trace_failure(#name);              \
    PLATFORM_TRAP();                   \
  }
FAIL_CAUSES(DEFINE_FAIL)

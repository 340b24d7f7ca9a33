#include "stack.h"

#include "fail.h"
#include "pattern.h"

enum { BELOW = 128, FRAME = 128 };

static size_t base;
static bool base_known;

void stack_base_seen(size_t pointer) {
  if (!base_known) base = pointer;
  base_known = true;
}

size_t stack_base(void) { return base; }

/* No frame: the pointer is that of the calling entry. */
NOINLINE void stack_scribble(void) {
  uint8_t *below = platform_below_stack(BELOW);
  if (below) pattern_fill(below, BELOW, PATTERN_BELOW);
}

/* The body of a function with nothing else in its frame: this begins with the array, where the callee's frame ends. */
#define GUARDED(call)                                                         \
  uint8_t frame[FRAME] __attribute__((aligned(16)));                          \
  pattern_fill(frame, sizeof frame, PATTERN_UNWRITTEN);                       \
  stack_scribble();                                                           \
  size_t pointer = platform_stack_pointer();                                  \
  call;                                                                       \
  pointer = platform_stack_pointer() - pointer;                               \
  if (!pattern_holds(frame, sizeof frame, PATTERN_UNWRITTEN)) fail_guard();   \
  return pointer

NOINLINE size_t stack_call(void (*impl)(void *cx), void *cx) { GUARDED(impl(cx)); }

#if BOXED_ASYNC

NOINLINE size_t stack_call_start(uint32_t (*impl)(void *cx, void *area), void *cx, void *area, uint32_t *status) {
  GUARDED(*status = impl(cx, area));
}

NOINLINE size_t stack_call_with(void (*impl)(void *cx, void *area), void *cx, void *area) { GUARDED(impl(cx, area)); }

NOINLINE size_t stack_call_lift(void (*lift)(void *cx, const void *from), void *cx, const void *from) {
  GUARDED(lift(cx, from));
}

#endif

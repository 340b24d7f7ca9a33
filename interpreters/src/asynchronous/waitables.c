#include "waitables.h"

#include "builtins.h"
#include "ends.h"
#include "fail.h"
#include "faults.h"
#include "subtasks.h"
#include "trace.h"

static size_t sets;

uint32_t waitable_handle(const Val *value) {
  const Call *call;
  switch (value->kind) {
    case V_CALL: call = subtask_of(value); return call->handle;
    case V_STREAM:
    case V_FUTURE:
    case V_SET:
    case V_HANDLE: return (uint32_t)value->bits;
    default: fail_handle();
  }
}

Val *waitable_set_new(void) {
  uint32_t set = canon_waitable_set_new();
  sets++;
  trace_event("set_new");
  trace_answer();
  trace_unsigned(set);
  trace_end();
  return value_scalar(V_SET, set);
}

void waitable_set_drop(uint32_t set) {
  trace_event("set_drop");
  trace_unsigned(set);
  trace_end();
  if (!fault_is(FAULT_set_not_dropped)) canon_waitable_set_drop(set);
  sets--;
}

size_t waitable_set_count(void) { return sets; }

void waitable_join(uint32_t waitable, uint32_t set) {
  trace_event("join");
  trace_unsigned(waitable);
  trace_unsigned(set);
  trace_end();
  if (set || !fault_is(FAULT_left_in_the_set)) canon_waitable_join(waitable, set);
}

bool waitable_is_settled(const Val *object) {
  const Call *call = subtask_of(object);
  if (call) return subtask_is_resolved(call);
  return !end_is_copying(waitable_handle(object));
}

bool waitable_event(uint32_t event, uint32_t handle, uint32_t payload) {
  trace_event("event");
  trace_unsigned(event);
  trace_unsigned(handle);
  trace_unsigned(payload);
  trace_end();
  switch (event) {
    case EVENT_NONE: return false;
    case EVENT_SUBTASK: subtask_event(handle, payload); return false;
    case EVENT_STREAM_READ: end_event(V_STREAM, false, handle, payload); return false;
    case EVENT_STREAM_WRITE: end_event(V_STREAM, true, handle, payload); return false;
    case EVENT_FUTURE_READ: end_event(V_FUTURE, false, handle, payload); return false;
    case EVENT_FUTURE_WRITE: end_event(V_FUTURE, true, handle, payload); return false;
    case EVENT_TASK_CANCELLED: return !fault_is(FAULT_cancelled_unheard);
    default: fail_event();
  }
}

#include "operations.h"

#include "answers.h"
#include "builtins.h"
#include "calls.h"
#include "ends.h"
#include "fail.h"
#include "faults.h"
#include "subtasks.h"
#include "trace.h"
#include "type_path.h"
#include "waitables.h"

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static void op_start(const Ops *ops) {
  Token interface, name;
  ops_name(ops, &interface, &name);
  uint32_t to = ops_register_or_none(ops), which;
  Val *arguments = ops_arguments(ops, interface, name, &which);
  if (!ops->run) return;
  Val *call = subtask_start(which, arguments);
  if (to == NO_REGISTER)
    value_release(call);
  else
    ops_assign(to, call);
}

static Val *delivered(const Val *object) {
  Call *call = subtask_of(object);
  if (!call) return end_take(waitable_handle(object));
  Val *result = call->delivered;
  call->delivered = NULL;
  return result;
}

static void op_got(const Ops *ops) {
  uint32_t to = ops_register_or_none(ops);
  Val *object = ops_value(ops);
  if (!ops->run) return;
  Val *result = delivered(object);
  if (!result) fail_state();
  value_release(object);
  if (to == NO_REGISTER)
    value_release(result);
  else
    ops_assign(to, result);
}

/* ---- Objects ----------------------------------------------------------------------------------------------------- */

/* `v` with an effect on the object. */
static void with_value(const Ops *ops, void (*effect)(const Val *)) {
  Val *value = ops_value(ops);
  if (!ops->run) return;
  effect(value);
  value_release(value);
}

static void leave(const Val *value) { waitable_join(waitable_handle(value), 0); }
static void drop_set(const Val *value) { waitable_set_drop(waitable_handle(value)); }
static void cancel(const Val *value) { subtask_cancel(value, false); }
static void cancel_async(const Val *value) { subtask_cancel(value, true); }

static uint32_t handle(const Ops *ops) {
  Val *value = ops_value(ops);
  if (!ops->run) return 0;
  uint32_t number = waitable_handle(value);
  value_release(value);
  return number;
}

static void op_set(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  if (ops->run) ops_assign(to, waitable_set_new());
}

static void op_join(const Ops *ops) {
  uint32_t waitable = handle(ops), set = handle(ops);
  if (ops->run) waitable_join(waitable, set);
}

static void op_poll(const Ops *ops, Task *task) {
  uint32_t set = handle(ops), payload[2] = {0, 0};
  if (!ops->run) return;
  uint32_t event = canon_waitable_set_poll(set, payload);
  if (fault_is(FAULT_polled_event_lost)) event = EVENT_NONE;
  task->cancelled |= waitable_event(event, payload[0], payload[1]);
}

/* ---- Waits ------------------------------------------------------------------------------------------------------- */

static void op_wait(const Ops *ops, Task *task) {
  uint32_t set = handle(ops);
  if (ops->run) task->wait = (Wait){.kind = WAIT_EVENT, .set = set};
}

static void op_await(const Ops *ops, Task *task) {
  Val *object = ops_value(ops);
  uint32_t set = handle(ops);
  if (ops->run) task->wait = (Wait){.kind = WAIT_SETTLED, .set = set, .object = object};
}

static void op_yield(const Ops *ops, Task *task) {
  uint32_t turns = read_u32(ops->reader);
  if (ops->run) task->wait = (Wait){.kind = WAIT_TURNS, .left = turns};
}

void yield_in_place(void) {
  Task *task = task_pause();
  uint32_t result = canon_thread_yield();
  task_continue(task);
  trace_event("yield");
  trace_answer();
  trace_unsigned(result);
  trace_end();
}

static void op_yield_now(const Ops *ops) {
  uint32_t turns = read_u32(ops->reader);
  for (uint32_t i = 0; ops->run && i < turns; i++) yield_in_place();
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static void op_ends(const Ops *ops) {
  uint32_t writable_to = read_register(ops->reader), readable_to = read_register(ops->reader), type;
  Kind kind = read_type_path(ops->reader, ops->run, &type);
  if (!ops->run) return;
  Val *writable, *readable = end_new(kind, type, &writable);
  ops_assign(writable_to, writable);
  ops_assign(readable_to, readable);
}

static void op_read(const Ops *ops) {
  Val *end = ops_value(ops);
  uint32_t count = read_u32(ops->reader);
  if (!ops->run) return;
  end_read(end, count);
  value_release(end);
}

/* `as`: the number of elements that are offered comes first. */
static void op_write(const Ops *ops, bool as) {
  Val *end = ops_value(ops);
  uint32_t offered = as ? read_u32(ops->reader) : 0, count = read_u32(ops->reader);
  Val *values = ops->run ? value_compound(V_RECORD, count) : NULL;
  for (uint32_t i = 0; i < count; i++) {
    Val *value = ops_value(ops);
    if (values) values->items[i] = value;
  }
  if (!ops->run) return;
  end_write(end, as ? offered : count, values);
  value_release(values);
  value_release(end);
}

/* ---- The task ---------------------------------------------------------------------------------------------------- */

static void op_return(const Ops *ops, Task *task) {
  Val *result = script_value_follows(*ops->reader) ? ops_value(ops) : NULL;
  if (ops->run) answer_return(task, result);
}

static Progress op_ret(const Ops *ops, Task *task) {
  Val *result = script_value_follows(*ops->reader) ? ops_value(ops) : NULL;
  if (!ops->run) return PROGRESS_ON;
  if (task->kind == TASK_SYNC)
    task->result = result;
  else
    answer_return(task, result);
  return PROGRESS_END;
}

static Progress op_code(const Ops *ops, Task *task) {
  uint32_t code = read_u32(ops->reader);
  if (!ops->run) return PROGRESS_ON;
  if (task->kind == TASK_SYNC) fail_async();
  task->code = code;
  return PROGRESS_CODE;
}

static void backpressure(const Ops *ops, int change) {
  if (!ops->run) return;
  trace_event("backpressure");
  trace_signed(change);
  trace_end();
  if (change > 0)
    canon_backpressure_inc();
  else
    canon_backpressure_dec();
  if (change < 0 && fault_is(FAULT_backpressure_twice)) canon_backpressure_dec();
}

/* ---- Conditions -------------------------------------------------------------------------------------------------- */

typedef enum State {
  STATE_STARTING,
  STATE_STARTED,
  STATE_RETURNED,
  STATE_IDLE,
  STATE_COPYING,
  STATE_COMPLETED,
  STATE_DROPPED,
  STATE_CANCELLED,
} State;

static State state_named(Token token) {
  /* arrays and not pointers: those would need relocations */
  static const char names[][sizeof "completed"] = {"starting", "started",   "returned", "idle",
                                                   "copying",  "completed", "dropped",  "cancelled"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (token_is(token, names[i])) return (State)i;
  fail_script_syntax();
}

static bool has_state(const Val *object, State state) {
  const Call *call = subtask_of(object);
  if (call && state == STATE_CANCELLED) return call->state > CALL_RETURNED;
  if (call) return state == (State)call->state;
  EndState end = end_state(waitable_handle(object));
  switch (state) {
    case STATE_IDLE: return end != END_COPYING;
    case STATE_COPYING: return end == END_COPYING;
    case STATE_COMPLETED: return end == END_COMPLETED;
    case STATE_DROPPED: return end == END_DROPPED;
    case STATE_CANCELLED: return end == END_CANCELLED;
    default: return false;
  }
}

/* The next `count` ops; not beyond the end of the frame. */
static void skip(const Ops *ops, uint32_t count) {
  Ops skipping = {ops->reader, ops->arguments, false};
  for (uint32_t i = 0; i < count; i++)
    if (operation(&skipping, NULL) == PROGRESS_END) return;
}

static void op_if(const Ops *ops) {
  State state = state_named(read_token(ops->reader));
  Val *object = ops_value(ops);
  uint32_t count = read_u32(ops->reader);
  if (!ops->run) return;
  if (!has_state(object, state)) skip(ops, count);
  value_release(object);
}

static void op_if_cancelled(const Ops *ops, const Task *task) {
  uint32_t count = read_u32(ops->reader);
  if (ops->run && !task->cancelled) skip(ops, count);
}

/* ---- All --------------------------------------------------------------------------------------------------------- */

static Progress end_of_frame(const Ops *ops, Reader start) {
  *ops->reader = start;
  return PROGRESS_END;
}

/* Words of more than 8 characters. */
static Progress long_operation(const Ops *ops, Task *task, Token word) {
  if (token_is(word, "cancelled")) {
    if (ops->run) answer_cancelled(task);
  } else if (token_is(word, "cancelasync")) {
    with_value(ops, cancel_async);
  } else if (token_is(word, "ifcancelled")) {
    op_if_cancelled(ops, task);
  } else {
    fail_script_syntax();
  }
  return PROGRESS_ON;
}

Progress operation(const Ops *ops, Task *task) {
  Reader start = *ops->reader, at = start;
  uint64_t word = read_word(ops->reader);
  if (ops_common(ops, word)) return PROGRESS_ON;
  switch (word) {
    case WORD('s', 't', 'a', 'r', 't'): op_start(ops); break;
    case WORD('g', 'o', 't'): op_got(ops); break;
    case WORD('w', 's', 'e', 't'): op_set(ops); break;
    case WORD('j', 'o', 'i', 'n'): op_join(ops); break;
    case WORD('l', 'e', 'a', 'v', 'e'): with_value(ops, leave); break;
    case WORD('d', 'r', 'o', 'p', 's', 'e', 't'): with_value(ops, drop_set); break;
    case WORD('w', 'a', 'i', 't'): op_wait(ops, task); break;
    case WORD('p', 'o', 'l', 'l'): op_poll(ops, task); break;
    case WORD('a', 'w', 'a', 'i', 't'): op_await(ops, task); break;
    case WORD('y', 'i', 'e', 'l', 'd'): op_yield(ops, task); break;
    case WORD('y', 'i', 'e', 'l', 'd', 'n', 'o', 'w'): op_yield_now(ops); break;
    case WORD('r', 'e', 't', 'u', 'r', 'n'): op_return(ops, task); break;
    case WORD('r', 'e', 't'): return op_ret(ops, task);
    case WORD('e', 'x', 'i', 't'): return ops->run ? PROGRESS_END : PROGRESS_ON;
    case WORD('c', 'o', 'd', 'e'): return op_code(ops, task);
    case WORD('c', 'a', 'n', 'c', 'e', 'l'): with_value(ops, cancel); break;
    case WORD('d', 'r', 'o', 'p', 'c', 'a', 'l', 'l'): with_value(ops, subtask_drop); break;
    case WORD('e', 'n', 'd', 's'): op_ends(ops); break;
    case WORD('r', 'e', 'a', 'd'): op_read(ops); break;
    case WORD('w', 'r', 'i', 't', 'e'): op_write(ops, false); break;
    case WORD('w', 'r', 'i', 't', 'e', 'a', 's'): op_write(ops, true); break;
    case WORD('s', 't', 'o', 'p'): with_value(ops, end_cancel); break;
    case WORD('d', 'r', 'o', 'p', 'e', 'n', 'd'): with_value(ops, end_drop); break;
    case WORD('i', 'n', 'c'): backpressure(ops, 1); break;
    case WORD('d', 'e', 'c'): backpressure(ops, -1); break;
    case WORD('i', 'f'): op_if(ops); break;
    case WORD('e', 'n', 'd'): return end_of_frame(ops, start);
    default: return long_operation(ops, task, read_token(&at));
  }
  return PROGRESS_ON;
}

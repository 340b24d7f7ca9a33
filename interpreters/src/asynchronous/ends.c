#include "ends.h"

#include "buffer.h"
#include "builtins.h"
#include "channels.h"
#include "context.h"
#include "fail.h"
#include "faults.h"
#include "given.h"
#include "memory.h"
#include "stack.h"
#include "trace.h"

enum {
  MAX_COUNT = 1 << 28, /* CanonicalABI.md, `Buffer.MAX_LENGTH`: so many elements and more trap */
  MAX_OFFERED = 1 << 20, /* bytes that a write has room for beyond what was lowered */
};

/* What is known of an end. It begins when the end is made or first used, and ends when it is dropped or given away. */
typedef struct End {
  struct End *next;
  Kind kind;
  uint32_t handle;
  bool is_writable;
  EndState state;
  bool writing; /* the copy under way: its direction, its type, its memory */
  Channel channel;
  uint32_t count;
  Buffer buffer;
  Context *context; /* of lowered elements */
  Val *delivered;   /* by the last read, until the script takes it */
} End;

static End *ends;

static End *find(uint32_t handle) {
  for (End *end = ends; end; end = end->next)
    if (end->handle == handle) return end;
  return NULL;
}

static End *add(Kind kind, uint32_t handle, bool is_writable) {
  End *end = memory_alloc(sizeof *end);
  *end = (End){.next = ends, .kind = kind, .handle = handle, .is_writable = is_writable};
  ends = end;
  return end;
}

void end_forget(uint32_t handle) {
  for (End **link = &ends; *link; link = &(*link)->next) {
    End *end = *link;
    if (end->handle != handle) continue;
    if (end->state == END_COPYING) return; /* the engine does not let it go */
    *link = end->next;
    value_release(end->delivered);
    memory_free(end);
    return;
  }
}

static Channel channel_of_value(const Val *value) {
  if (value->kind != V_STREAM && value->kind != V_FUTURE) fail_handle();
  return channel_of((Kind)value->kind, value->detail);
}

/* Names of events: both words have the same length. */
#define EVENT(channel, name) \
  trace_named((channel)->kind == V_STREAM ? "stream_" name : "future_" name, sizeof("stream_" name) - 1)

static void event_tail(const Channel *channel, uint32_t number) {
  trace_unsigned(channel->type);
  trace_unsigned(number);
}

static void event_result(uint32_t result) {
  trace_answer();
  trace_unsigned(result);
  trace_end();
}

Val *end_new(Kind kind, uint32_t type, Val **writable) {
  Channel channel = channel_of(kind, type);
  uint64_t both = channel.new_();
  uint32_t readable = (uint32_t)both, other = (uint32_t)(both >> 32);
  EVENT(&channel, "new");
  trace_unsigned(type);
  trace_answer();
  trace_unsigned(readable);
  trace_unsigned(other);
  trace_end();
  end_forget(readable);
  end_forget(other);
  add(kind, other, true);
  *writable = value_handle(kind, type, other);
  return value_handle(kind, type, readable);
}

/* Only of a moved stack pointer: there is one call for each element. */
static void event_balance(const Channel *channel, size_t moved) {
  if (!moved) return;
  EVENT(channel, "balance");
  trace_unsigned(channel->type);
  trace_signed((int32_t)(uint32_t)moved);
  trace_end();
}

/* ---- Copies ------------------------------------------------------------------------------------------------------ */

static Val *lift(const Channel *channel, const uint8_t *from, uint32_t index) {
  EVENT(channel, "lift");
  event_tail(channel, index);
  trace_end();
  Context *context = context_create();
  size_t moved = stack_call_lift(channel->lift, context, from);
  Val *value = context_pop(context);
  context_destroy(context);
  event_balance(channel, moved);
  return value;
}

/* The value of a future, the elements of a stream, or their number if they have no payload. */
static Val *lift_all(const End *end, uint32_t count) {
  const Channel *channel = &end->channel;
  if (channel->kind == V_FUTURE) return count && channel->lift ? lift(channel, end->buffer.start, 0) : NULL;
  if (!channel->lift) return value_scalar(V_U32, count);
  Val *list = value_growing(V_LIST, count);
  for (uint32_t i = 0; i < count; i++) value_append(list, lift(channel, end->buffer.start + i * channel->size, i));
  return list;
}

/* `result`: of the built-in or of an event, not BLOCKED. */
static void settle(End *end, uint32_t result) {
  uint32_t code = end->kind == V_FUTURE ? result : result & CODE_MASK, count = result >> CODE_BITS;
  if (code > COPY_CANCELLED) fail_event();
  if (end->kind == V_FUTURE) count = code == COPY_COMPLETED;
  if (count > end->count) fail_event();
  end->state = code == COPY_COMPLETED ? END_COMPLETED : code == COPY_DROPPED ? END_DROPPED : END_CANCELLED;
  if (code == COPY_CANCELLED && fault_is(FAULT_stopped_elements_lost)) count = 0;
  if (code == COPY_DROPPED && fault_is(FAULT_last_elements_lost)) count = 0;
  fault_lose(end, count);
  if (!end->writing) end->delivered = lift_all(end, fault_is(FAULT_unread_elements_lifted) ? end->count : count);
  if (end->context) context_destroy(end->context);
  end->context = NULL;
  if (!buffer_end(&end->buffer)) fail_buffer();
}

static End *begin_copy(const Val *value, const Channel *channel, bool writing) {
  End *end = find((uint32_t)value->bits);
  if (!end) end = add((Kind)value->kind, (uint32_t)value->bits, false);
  if (end->state == END_COPYING) fail_state();
  value_release(end->delivered);
  end->delivered = NULL;
  end->state = END_COPYING;
  end->kind = channel->kind;
  end->channel = *channel;
  end->writing = writing;
  return end;
}

/* What an interpreter must keep until the copy ends. */
static void free_early(End *end) {
  if (fault_is(FAULT_buffer_freed_early)) buffer_free_early(&end->buffer);
  if (!end->context || !fault_is(FAULT_elements_freed_early)) return;
  context_destroy(end->context);
  end->context = NULL;
}

/* `result`: of the built-in. */
static void begun(End *end, uint32_t result) {
  if (result == BLOCKED)
    free_early(end);
  else
    settle(end, result);
}

static void event_copy(const Channel *channel, bool writing, uint32_t handle, uint32_t count, uint32_t result) {
  if (writing)
    EVENT(channel, "write");
  else
    EVENT(channel, "read");
  event_tail(channel, handle);
  trace_unsigned(count);
  event_result(result);
}

static size_t bytes_of(const Channel *channel, uint32_t count) {
  if (channel->size && count > UINT32_MAX / channel->size) fail_memory();
  return count * channel->size;
}

void end_read(const Val *value, uint32_t count) {
  Channel channel = channel_of_value(value);
  if (channel.kind == V_FUTURE) count = 1;
  End *end = begin_copy(value, &channel, false);
  end->count = count;
  end->buffer = buffer_create(count < MAX_COUNT ? bytes_of(&channel, count) : 0, channel.align);
  uint32_t result = channel_read(&channel, end->handle, end->buffer.start, count);
  event_copy(&channel, false, end->handle, count, result);
  begun(end, result);
}

static void lower(const End *end, uint32_t index, Val *value) {
  const Channel *channel = &end->channel;
  EVENT(channel, "lower");
  event_tail(channel, index);
  trace_end();
  context_push(end->context, value_retain(value));
  size_t moved = stack_call_with(channel->lower, end->context, end->buffer.start + index * channel->size);
  event_balance(channel, moved);
  if (end->context->depth) fail_stack();
}

/* Room for all elements that are offered, unless they are many more than there are values. */
static size_t room_for(const Channel *channel, uint32_t lowered, uint32_t count) {
  if (count > lowered && channel->size && count - lowered <= MAX_OFFERED / channel->size) lowered = count;
  return bytes_of(channel, lowered);
}

void end_write(const Val *value, uint32_t count, Val *values) {
  Channel channel = channel_of_value(value);
  if (channel.kind == V_FUTURE) count = 1;
  End *end = begin_copy(value, &channel, true);
  end->count = count;
  end->buffer = buffer_create(room_for(&channel, values->len, count), channel.align);
  end->context = context_create();
  if (fault_is(FAULT_unread_handles_lost)) fault_keep(end, values);
  for (uint32_t i = 0; channel.lower && i < values->len; i++) lower(end, i, values->items[i]);
  uint32_t result = channel_write(&channel, end->handle, end->buffer.start, count);
  event_copy(&channel, true, end->handle, count, result);
  begun(end, result);
}

void end_cancel(const Val *value) {
  Channel channel = channel_of_value(value);
  End *end = find((uint32_t)value->bits);
  bool writing = end && (end->state == END_COPYING ? end->writing : end->is_writable);
  Task *task = task_pause();
  uint32_t handle = (uint32_t)value->bits, result = writing ? channel.cancel_write(handle) : channel.cancel_read(handle);
  task_continue(task);
  if (writing)
    EVENT(&channel, "cancel_write");
  else
    EVENT(&channel, "cancel_read");
  event_tail(&channel, handle);
  event_result(result);
  if (result == BLOCKED || fault_is(FAULT_stop_not_applied)) return;
  if (!end || end->state != END_COPYING) fail_event();
  settle(end, result);
}

void end_drop(const Val *value) {
  Channel channel = channel_of_value(value);
  uint32_t handle = (uint32_t)value->bits;
  const End *end = find(handle);
  bool is_writable = end && end->is_writable;
  if (is_writable)
    EVENT(&channel, "drop_writable");
  else
    EVENT(&channel, "drop_readable");
  event_tail(&channel, handle);
  trace_end();
  if (!fault_is(FAULT_end_not_dropped)) (is_writable ? channel.drop_writable : channel.drop_readable)(handle);
  end_forget(handle);
}

/* ---- What is known ----------------------------------------------------------------------------------------------- */

/* An end without a copy under way is told that the other end was dropped. An end that was never used here has come as a
 * value: only readable ones do. */
static void idle_event(Kind kind, bool writing, uint32_t handle, uint32_t result) {
  End *end = find(handle);
  if (!end) end = add(kind, handle, false);
  if (end->kind != kind || end->is_writable != writing || end->state == END_DROPPED || result != COPY_DROPPED)
    fail_event();
  end->state = END_DROPPED;
}

void end_event(Kind kind, bool writing, uint32_t handle, uint32_t result) {
  End *end = find(handle);
  if (!end || end->state != END_COPYING) {
    idle_event(kind, writing, handle, result);
    return;
  }
  if (end->kind != kind || end->writing != writing || result == BLOCKED) fail_event();
  settle(end, result);
}

EndState end_state(uint32_t handle) {
  const End *end = find(handle);
  return end ? end->state : END_IDLE;
}

bool end_is_copying(uint32_t handle) { return end_state(handle) == END_COPYING; }

Val *end_take(uint32_t handle) {
  End *end = find(handle);
  if (!end || end->state == END_COPYING) return NULL;
  Val *delivered = end->delivered;
  end->delivered = NULL;
  return delivered;
}

size_t end_copy_count(void) {
  size_t count = 0;
  for (const End *end = ends; end; end = end->next) count += end->state == END_COPYING;
  return count;
}

bool end_may_allocate(void) {
  for (const End *end = ends; end; end = end->next)
    if (end->state == END_COPYING && !end->writing && end->channel.lift) return true;
  return false;
}

void end_pending(void (*visit)(const uint8_t *start, size_t size)) {
  for (const End *end = ends; end; end = end->next)
    if (end->state == END_COPYING && !end->writing && end->channel.lift) visit(end->buffer.start, end->buffer.size);
}

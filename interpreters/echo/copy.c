/* A copy of a stream or future: one element is read, written, and then the next is read. */
#include "task.h"

#if defined(ECHO_COPY) && defined(ECHO_ASYNC)
/* CanonicalABI.md: CopyResult, and what a copy returns that has to wait. */
enum { COMPLETED = 0 };
#define BLOCKED 0xffffffffu

struct copying {
  struct task task;
  wit_type_t type;
  uint32_t from, to;
  void *buffer; /* for one element */
  bool writing, last;
#ifdef MUTANT_WRITTEN_TWICE
  bool again;
#endif
};

static bool is_stream(wit_type_t type) { return WIT_TYPE_KIND(type) == WIT_TYPE_STREAM; }
static const wit_stream_t *stream(wit_type_t type) { return &world->streams[WIT_TYPE_INDEX(type)]; }
static const wit_future_t *future(wit_type_t type) { return &world->futures[WIT_TYPE_INDEX(type)]; }

static uint32_t read(const struct copying *copy) {
  if (is_stream(copy->type)) return stream(copy->type)->read(copy->from, copy->buffer, 1);
  return future(copy->type)->read(copy->from, copy->buffer);
}

static uint32_t write(const struct copying *copy) {
  if (is_stream(copy->type)) return stream(copy->type)->write(copy->to, copy->buffer, 1);
  return future(copy->type)->write(copy->to, copy->buffer);
}

/* The element becomes a value and is written as one. What belongs to it lives until the call ends. */
static void through_a_value(const struct copying *copy) {
  bool streams = is_stream(copy->type);
  wit_lift_fn_t lift = streams ? stream(copy->type)->lift : future(copy->type)->lift;
  wit_lower_fn_t lower = streams ? stream(copy->type)->lower : future(copy->type)->lower;
  if (!lift) return;
  lift(copy->task.cx, copy->buffer);
  lower(copy->task.cx, copy->buffer);
}

static int32_t done(struct copying *copy) {
#ifdef MUTANT_COPY_NOT_ENDED
  return end_task(&copy->task);
#endif
  if (is_stream(copy->type)) {
    stream(copy->type)->drop_readable(copy->from);
    stream(copy->type)->drop_writable(copy->to);
  } else {
    future(copy->type)->drop_readable(copy->from);
    future(copy->type)->drop_writable(copy->to);
  }
  return end_task(&copy->task);
}

/* A copy has this result: above the code, the number of elements that a stream's copy moved. */
static void copied(struct copying *copy, uint32_t result) {
  bool moved = is_stream(copy->type) ? result >> CODE_BITS != 0 : (result & CODE_MASK) == COMPLETED;
  copy->last = copy->last || !moved || (result & CODE_MASK) != COMPLETED;
  if (!copy->writing && moved) {
    through_a_value(copy);
    copy->writing = true;
#ifdef MUTANT_ELEMENT_SKIPPED
    static uint32_t count;
    if (++count % 4 == 0 && is_stream(copy->type)) copy->writing = false;
#endif
#ifdef MUTANT_WRITTEN_TWICE
  } else if (copy->writing && !copy->again && is_stream(copy->type)) {
    copy->again = true;
#endif
  } else {
#ifdef MUTANT_WRITTEN_TWICE
    copy->again = false;
#endif
    copy->writing = false;
    copy->last = copy->last || !is_stream(copy->type);
  }
}

static int32_t go_on(struct copying *copy) {
  while (copy->writing || !copy->last) {
    uint32_t result = copy->writing ? write(copy) : read(copy);
    if (result == BLOCKED) return wait_for(&copy->task, copy->writing ? copy->to : copy->from);
    copied(copy, result);
  }
  return done(copy);
}

static int32_t after_event(struct task *task, uint32_t event, uint32_t result) {
  (void)event;
  struct copying *copy = (struct copying *)task;
  leave(copy->writing ? copy->to : copy->from);
  copied(copy, result);
  return go_on(copy);
}

static bool holds_handles(wit_type_t type) {
  type = resolved(type);
  size_t index = WIT_TYPE_INDEX(type);
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_OWN:
  case WIT_TYPE_BORROW:
  case WIT_TYPE_FUTURE:
  case WIT_TYPE_STREAM:
  case WIT_TYPE_ERROR_CONTEXT: return true;
  case WIT_TYPE_RECORD:
    for (size_t at = 0; at < world->records[index].nfields; at++)
      if (holds_handles(world->records[index].fields[at].ty)) return true;
    return false;
  case WIT_TYPE_TUPLE:
    for (size_t at = 0; at < world->tuples[index].ntypes; at++)
      if (holds_handles(world->tuples[index].types[at])) return true;
    return false;
  case WIT_TYPE_VARIANT:
    for (size_t at = 0; at < world->variants[index].ncases; at++)
      if (holds_handles(world->variants[index].cases[at].ty)) return true;
    return false;
  case WIT_TYPE_OPTION: return holds_handles(world->options[index].ty);
  case WIT_TYPE_RESULT: return holds_handles(world->results[index].ok) || holds_handles(world->results[index].err);
  case WIT_TYPE_LIST: return holds_handles(world->lists[index].ty);
#if WIT_DYLIB_VERSION >= 3
  case WIT_TYPE_MAP: return holds_handles(world->maps[index].key_type) || holds_handles(world->maps[index].value_type);
#endif
  case WIT_TYPE_FIXED_LENGTH_LIST: return holds_handles(world->fixed_length_lists[index].ty);
  default: return false;
  }
}

bool copies(const struct call *call, size_t *chosen) {
  const wit_export_func_t *exported = call->exported;
  wit_type_t type = resolved(exported->result);
  if (!is_stream(type) && WIT_TYPE_KIND(type) != WIT_TYPE_FUTURE) return false;
  if (holds_handles(is_stream(type) ? stream(type)->ty : future(type)->ty)) return false;
  *chosen = exported->nparams;
  for (size_t at = exported->nparams; at; at--)
    if (same_type(exported->params[at - 1], type, false)) *chosen = at - 1;
  for (size_t at = 0; at < exported->nparams; at++)
    if (at != *chosen && holds_handles(exported->params[at])) return false;
  return *chosen < exported->nparams;
}

int32_t start_copy(struct context *cx, const struct call *call, size_t chosen) {
  struct copying *copy = allocate_for(&cx->memory, sizeof *copy);
  wit_type_t type = resolved(call->exported->result);
  uint64_t ends = is_stream(type) ? stream(type)->new_() : future(type)->new_();
  size_t size = is_stream(type) ? stream(type)->abi_payload_size : future(type)->abi_payload_size;
  *copy = (struct copying){.type = type, .to = (uint32_t)(ends >> 32), .buffer = allocate_for(&cx->memory, size)};
  struct value *value = call->args[chosen];
  copy->from = (uint32_t)value->bits;
  value->bits = (uint32_t)ends;
  push(cx, value);
  start_task(&copy->task, cx, after_event);
  call->exported->task_return(cx);
  return go_on(copy);
}

#else

bool copies(const struct call *call, size_t *chosen) {
  (void)call, (void)chosen;
  return false;
}

int32_t start_copy(struct context *cx, const struct call *call, size_t chosen) {
  (void)cx, (void)call, (void)chosen;
  __builtin_trap();
}
#endif

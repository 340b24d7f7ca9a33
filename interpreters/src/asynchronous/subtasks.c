#include "subtasks.h"

#include "builtins.h"
#include "calls.h"
#include "fail.h"
#include "faults.h"
#include "heap.h"
#include "memory.h"
#include "stack.h"
#include "trace.h"
#include "waitables.h"
#include "world.h"

static Call **calls; /* all of this instance, so that a value can name one by its place */
static uint32_t num_calls, room;

static Call *create(Call call) {
  if (num_calls == room) {
    room = room ? room * 2 : 8;
    calls = memory_resize(calls, room * sizeof *calls);
  }
  Call *made = calls[num_calls++] = memory_alloc(sizeof *made);
  *made = call;
  return made;
}

bool subtask_is_resolved(const Call *call) { return call->state >= CALL_RETURNED; }

/* Lifts the result. */
static void lift(Call *call, const wit_import_func_t *func) {
  trace_event("import_lift");
  trace_unsigned(call->which);
  trace_end();
  if (!func->async_lift_impl) fail_async();
  call->context->task = task_current();
  call->moved += stack_call_with(func->async_lift_impl, call->context, call->area.start);
  if (WIT_TYPE_KIND(func->result) != WIT_TYPE_EMPTY) call->delivered = context_pop(call->context);
}

/*
 * The balance counts what the call itself had: other events fall between its start and this moment. The result, which
 * the engine allocated, and the deferred arguments were out before and are not any more.
 */
static void resolve(Call *call) {
  const wit_import_func_t *func = &world()->import_funcs[call->which];
  size_t bytes = memory_out.bytes, expected = context_deferred_bytes(call->context);
  if (call->state == CALL_RETURNED) lift(call, func);
  fault_lose(call->area.start, call->state == CALL_CANCELLED_BEFORE_STARTED ? 0 : UINT32_MAX);
  if (call->delivered) expected += heap_bytes(func->result, call->delivered);
  if (!fault_is(FAULT_call_not_ended)) context_destroy(call->context);
  call->context = NULL;
  if (!buffer_end(&call->area)) fail_area();
  call_trace_balance("import_balance", call->which, memory_out.bytes + expected - bytes, call->moved);
}

static uint32_t state_seen(uint32_t state) {
  return state == CALL_STARTED && fault_is(FAULT_lifted_when_started) ? CALL_RETURNED : state;
}

/* What an interpreter must keep until the call is resolved. */
static void free_early(Call *call) {
  if (fault_is(FAULT_area_freed_early)) buffer_free_early(&call->area);
  if (fault_is(FAULT_arguments_freed_early)) {
    context_destroy(call->context);
    call->context = context_create();
  }
}

static void progress(Call *call, uint32_t state) {
  state = state_seen(state);
  if (subtask_is_resolved(call) || state <= call->state || state > CALL_CANCELLED_BEFORE_RETURNED) fail_event();
  if (state == CALL_CANCELLED_BEFORE_STARTED && call->state != CALL_STARTING) fail_event();
  call->state = state;
  if (subtask_is_resolved(call)) resolve(call);
}

Val *subtask_start(uint32_t which, Val *arguments) {
  const wit_import_func_t *func = &world()->import_funcs[which];
  if (!func->async_impl) fail_async();
  Buffer area = buffer_create(func->async_abi_area_size, func->async_abi_area_align);
  if (fault_is(FAULT_unsent_handles_lost)) fault_keep(area.start, arguments);
  Context *context = call_context(arguments);
  trace_event("import_call");
  trace_unsigned(which);
  trace_end();
  uint32_t status;
  Task *task = task_pause();
  size_t moved = stack_call_start(func->async_impl, context, area.start, &status);
  task_continue(task);
  fault_after_call();
  trace_event("import_start");
  trace_unsigned(which);
  trace_answer();
  trace_unsigned(status);
  trace_end();
  if (context->depth) fail_stack();
  uint32_t state = state_seen(status & CODE_MASK);
  if (state > CALL_RETURNED) fail_event();
  Call *call = create((Call){.which = which, .handle = status >> CODE_BITS, .state = state, .context = context,
                             .area = area, .moved = moved});
  if (subtask_is_resolved(call))
    resolve(call);
  else
    free_early(call);
  return value_scalar(V_CALL, num_calls - 1);
}

static Call *with_handle(uint32_t handle) {
  for (uint32_t i = 0; handle && i < num_calls; i++)
    if (calls[i]->handle == handle) return calls[i];
  return NULL;
}

Call *subtask_of(const Val *value) {
  if (value->kind == V_CALL) return calls[value->bits];
  return value->kind == V_HANDLE ? with_handle((uint32_t)value->bits) : NULL;
}

void subtask_event(uint32_t handle, uint32_t state) {
  Call *call = with_handle(handle);
  if (!call) fail_event();
  progress(call, state);
}

void subtask_cancel(const Val *value, bool asynchronous) {
  uint32_t handle = waitable_handle(value);
  Call *call = subtask_of(value);
  Task *task = task_pause();
  uint32_t status = asynchronous ? canon_subtask_cancel_async(handle) : canon_subtask_cancel(handle);
  task_continue(task);
  trace_event("subtask_cancel");
  trace_unsigned(handle);
  trace_answer();
  trace_unsigned(status);
  trace_end();
  if (status == BLOCKED || fault_is(FAULT_cancel_not_applied)) return;
  if (!call) fail_event();
  progress(call, status);
}

void subtask_drop(const Val *value) {
  uint32_t handle = waitable_handle(value);
  trace_event("subtask_drop");
  trace_unsigned(handle);
  trace_end();
  if (!fault_is(FAULT_call_not_dropped)) canon_subtask_drop(handle);
  Call *call = subtask_of(value);
  if (call) call->handle = 0;
}

size_t subtask_count(void) {
  size_t count = 0;
  for (uint32_t i = 0; i < num_calls; i++) count += !subtask_is_resolved(calls[i]);
  return count;
}

static bool is_pending(const Call *call) {
  return !subtask_is_resolved(call) && WIT_TYPE_KIND(world()->import_funcs[call->which].result) != WIT_TYPE_EMPTY;
}

bool subtask_may_allocate(void) {
  for (uint32_t i = 0; i < num_calls; i++)
    if (is_pending(calls[i])) return true;
  return false;
}

void subtask_pending(void (*visit)(const uint8_t *start, size_t size)) {
  for (uint32_t i = 0; i < num_calls; i++)
    if (is_pending(calls[i])) visit(calls[i]->area.start, calls[i]->area.size);
}

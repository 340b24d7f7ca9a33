#include "calls.h"

#include "context.h"
#include "fail.h"
#include "faults.h"
#include "memory.h"
#include "pending.h"
#include "stack.h"
#include "tasks.h"
#include "trace.h"
#include "world.h"

static void event_index(const char *name, uint32_t index) {
  trace_named(name, strlen(name));
  trace_unsigned(index);
  trace_end();
}

static bool has_result(const wit_import_func_t *func) { return WIT_TYPE_KIND(func->result) != WIT_TYPE_EMPTY; }

Context *call_context(Val *arguments) {
  Context *context = context_create();
  for (uint32_t i = arguments->len; i > 0; i--) context_push(context, value_retain(arguments->items[i - 1]));
  value_release(arguments);
  return context;
}

void call_trace_balance(const char *name, uint32_t which, size_t bytes, size_t stack_pointer) {
  trace_named(name, strlen(name));
  trace_unsigned(which);
  trace_signed((int32_t)(uint32_t)bytes);
  trace_signed((int32_t)(uint32_t)stack_pointer);
  trace_end();
}

Val *call_import(uint32_t which, Val *arguments) {
  const wit_import_func_t *func = &world()->import_funcs[which];
  if (!func->impl) fail_async();
  Context *context = call_context(arguments);
  event_index("import_call", which);
  bool alone = !pending_may_allocate();
  size_t allocations = memory_realloc_calls;
  Task *task = task_pause();
  size_t bytes = memory_out.bytes, moved = stack_call(func->impl, context);
  task_continue(task);
  fault_after_call();
  alone = alone && !pending_may_allocate(); /* another task may have begun something */
  event_index("import_return", which);
  Val *result = has_result(func) ? context_pop(context) : NULL;
  context_destroy(context);
  call_trace_balance("import_balance", which, alone ? memory_out.bytes - bytes : pending_not_behind(allocations),
                     moved);
  return result;
}

/* ---- Resources --------------------------------------------------------------------------------------------------- */

static const wit_resource_t *resource_of(const Val *handle) {
  if (handle->kind != V_OWN && handle->kind != V_BORROW) fail_handle();
  return &world()->resources[world_index(handle->detail, world()->num_resources)];
}

Val *call_resource_new(uint32_t which, uint32_t rep) {
  uint32_t handle = world()->resources[which].new_(rep);
  trace_event("resource_new");
  trace_unsigned(which);
  trace_unsigned(rep);
  trace_answer();
  trace_unsigned(handle);
  trace_end();
  return value_handle(V_OWN, which, handle);
}

Val *call_resource_rep(const Val *handle) {
  const wit_resource_t *resource = resource_of(handle);
  if (!resource->rep) fail_handle();
  uint32_t rep = (uint32_t)resource->rep((uint32_t)handle->bits);
  trace_event("resource_rep");
  trace_unsigned(handle->detail);
  trace_unsigned(handle->bits);
  trace_answer();
  trace_unsigned(rep);
  trace_end();
  return value_scalar(V_U32, rep);
}

static bool is_kept(const Val *handle) {
  return fault_has_lost(handle) || (handle->kind == V_BORROW && fault_is(FAULT_borrow_not_dropped));
}

static void drop_resource(const Val *handle) {
  const wit_resource_t *resource = resource_of(handle);
  if (!resource->drop) fail_handle();
  trace_event("resource_drop");
  trace_unsigned(handle->detail);
  trace_unsigned(handle->bits);
  trace_end();
  Task *task = task_pause();
  if (!is_kept(handle)) resource->drop((uint32_t)handle->bits);
  task_continue(task);
}

/* ---- Error contexts ---------------------------------------------------------------------------------------------- */

static wit_error_context_new_fn_t error_context_new;
static wit_error_context_debug_message_fn_t error_context_debug_message;
static wit_error_context_drop_fn_t error_context_drop;

void wit_dylib_error_context_initialize(wit_error_context_new_fn_t new_fn,
                                        wit_error_context_debug_message_fn_t debug_message_fn,
                                        wit_error_context_drop_fn_t drop_fn) {
  error_context_new = new_fn;
  error_context_debug_message = debug_message_fn;
  error_context_drop = drop_fn;
}

Val *call_error_context_new(const Val *message) {
  if (!error_context_new) fail_error_context();
  if (message->kind != V_STRING) fail_pop_kind();
  const uint8_t *bytes = message->len ? message->bytes : (const uint8_t *)EMPTY_ADDRESS;
  uint32_t handle = error_context_new(bytes, message->len);
  trace_event("error_context_new");
  trace_bytes(bytes, message->len);
  trace_answer();
  trace_unsigned(handle);
  trace_end();
  return value_handle(V_ERROR_CONTEXT, 0, handle);
}

Val *call_error_context_message(const Val *handle) {
  if (!error_context_debug_message) fail_error_context();
  if (handle->kind != V_ERROR_CONTEXT && handle->kind != V_HANDLE) fail_handle();
  HostString message = {NULL, 0};
  error_context_debug_message((uint32_t)handle->bits, &message);
  memory_take(message.bytes, message.len, 1);
  trace_event("error_context_debug_message");
  trace_unsigned(handle->bits);
  trace_answer();
  trace_bytes(message.bytes, message.len);
  trace_end();
  return value_bytes(V_STRING, message.len ? message.bytes : NULL, message.len, message.len);
}

void call_drop(const Val *handle) {
  if (handle->kind != V_ERROR_CONTEXT) {
    drop_resource(handle);
    return;
  }
  if (!error_context_drop) fail_error_context();
  trace_event("error_context_drop");
  trace_unsigned(handle->bits);
  trace_end();
  error_context_drop((uint32_t)handle->bits);
}

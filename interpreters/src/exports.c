/* Entries of the generated library: the start, calls of exports, destructors, freeing. */
#include "context.h"
#include "fail.h"
#include "memory.h"
#include "script.h"
#include "stack.h"
#include "tasks.h"
#include "trace.h"
#include "world.h"

static NOINLINE void construct(size_t pointer) {
  if (world_is_known()) fail_initialize(); /* a library that needs this one was constructed before it */
  stack_base_seen(pointer);
}

/* The earliest moment; if a linker omits constructors, a later entry decides. No frame: the pointer is exact. */
__attribute__((constructor)) static void before_anything(void) { construct(platform_stack_pointer()); }

void wit_dylib_initialize(const wit_t *wit) {
  stack_base_seen(platform_stack_pointer());
  trace_cannot_leave(); /* the component is being instantiated */
  world_initialize(wit);
  trace_can_leave();
}

void wit_dylib_dealloc_bytes(void *cx, void *ptr, size_t byte_size, size_t align, int32_t defer) {
  Context *context = context_of(cx);
  trace_event("dealloc_bytes");
  trace_unsigned(byte_size);
  trace_unsigned(align);
  trace_unsigned((uint32_t)defer);
  trace_end();
  if (defer)
    context_defer(context, ptr, byte_size, align);
  else
    memory_give_back(ptr, byte_size, align);
}

static void event_index(const char *name, size_t index) {
  trace_named(name, strlen(name));
  trace_unsigned(index);
  trace_end();
}

static const wit_export_func_t *export_func(size_t which) {
  return &world()->export_funcs[world_index(which, world()->num_export_funcs)];
}

void *wit_dylib_export_start(size_t which) {
  stack_scribble();
  script_load();
  task_begin();
  event_index("export_start", which);
  export_func(which);
  return context_create();
}

void wit_dylib_export_call(void *cx, size_t which) {
  Context *context = context_of(cx);
  const wit_export_func_t *func = export_func(which);
  event_index("export_call", which);
  if (context->depth != func->nparams) fail_stack();
  const Frame *frame = script_take_frame(FRAME_EXPORT, (uint32_t)which);
  if (!frame) fail_no_frame();
  Val *arguments = context_take_all(context);
  Val *result = script_run_ops(frame->ops, &(Arguments){arguments->items, arguments->len});
  value_release(arguments);
  bool has_result = WIT_TYPE_KIND(func->result) != WIT_TYPE_EMPTY;
  if (result && !has_result) fail_result();
  if (!result && has_result) fail_stack();
  if (result) context_push(context, result);
}

void wit_dylib_export_finish(void *cx, size_t which) {
  trace_cannot_leave(); /* CanonicalABI.md, canon_lift: post-return runs with may_leave false */
  Context *context = context_of(cx);
  event_index("export_finish", which);
  export_func(which);
  context_destroy(context);
  task_end(task_current());
  trace_can_leave();
}

void wit_dylib_resource_dtor(size_t ty, size_t rep) {
  stack_scribble();
  script_load();
  Task *task = task_begin();
  trace_event("resource_dtor");
  trace_unsigned(ty);
  trace_unsigned(rep);
  trace_end();
  world_index(ty, world()->num_resources);
  const Frame *frame = script_take_frame(FRAME_DTOR, (uint32_t)ty);
  if (frame) {
    Val *argument = value_scalar(V_U32, rep);
    if (script_run_ops(frame->ops, &(Arguments){&argument, 1})) fail_result();
    value_release(argument);
  }
  task_end(task);
}

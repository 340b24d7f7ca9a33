#include "context.h"

#include "fail.h"
#include "memory.h"
#include "stack.h"

static Context *contexts;

Context *context_create(void) {
  Context *context = memory_alloc(sizeof *context);
  *context = (Context){.next = contexts};
#if BOXED_ASYNC
  context->task = task_current();
#endif
  contexts = context;
  return context;
}

Context *context_of(void *cx) {
  stack_scribble();
  for (Context *context = contexts; context; context = context->next)
    if (context == cx) {
#if BOXED_ASYNC
      task_enter(context->task); /* another one may have run since this task called the generated code */
#endif
      return context;
    }
  fail_context();
}

size_t context_count(void) {
  size_t count = 0;
  for (Context *context = contexts; context; context = context->next) count++;
  return count;
}

void context_destroy(Context *context) {
  if (context->depth) fail_stack();
  for (Context **link = &contexts; *link; link = &(*link)->next) {
    if (*link != context) continue;
    *link = context->next;
    break;
  }
  for (uint32_t i = 0; i < context->num_held; i++) value_release(context->held[i]);
  for (uint32_t i = 0; i < context->num_deferred; i++) memory_give_back_deferred(context->deferred[i]);
  memory_free(context->stack);
  memory_free(context->held);
  memory_free(context->deferred);
  memory_free(context);
}

#if BOXED_ASYNC
size_t context_deferred_bytes(const Context *context) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < context->num_deferred; i++) bytes += memory_size_deferred(context->deferred[i]);
  return bytes;
}
#endif

/* Room for one more pointer in a growing array. */
static void *with_room(void *array, uint32_t used, uint32_t *room) {
  if (used < *room) return array;
  *room = *room ? *room * 2 : 8;
  return memory_resize(array, *room * sizeof(void *));
}

void context_push(Context *context, Val *value) {
  context->stack = with_room(context->stack, context->depth, &context->room);
  context->stack[context->depth++] = value;
}

Val *context_pop(Context *context) {
  if (!context->depth) fail_stack();
  Val *value = context->stack[--context->depth];
  if (!value_is_complete(value)) fail_list_length();
  return value;
}

Val *context_take_all(Context *context) {
  Val *all = value_compound(V_RECORD, context->depth);
  for (uint32_t i = all->len; i > 0; i--) all->items[i - 1] = context_pop(context);
  return all;
}

Val *context_top(const Context *context) {
  if (!context->depth) fail_stack();
  return context->stack[context->depth - 1];
}

void context_hold(Context *context, Val *value) {
  context->held = with_room(context->held, context->num_held, &context->held_room);
  context->held[context->num_held++] = value;
}

void context_defer(Context *context, void *ptr, size_t size, size_t align) {
  if (!size) return;
  memory_defer(ptr, size, align);
  context->deferred = with_room(context->deferred, context->num_deferred, &context->deferred_room);
  context->deferred[context->num_deferred++] = ptr;
}

/* `cx`: the stack of one call, and the memory that must live until the call is over. */
#ifndef BOXED_CONTEXT_H
#define BOXED_CONTEXT_H

#include "tasks.h"
#include "value.h"

typedef struct Context Context;
struct Context {
  Context *next;
  Val **stack;
  uint32_t depth, room;
  Val **held; /* values whose bytes are in use outside */
  uint32_t num_held, held_room;
  void **deferred; /* canonical allocations to free */
  uint32_t num_deferred, deferred_room;
#if BOXED_ASYNC
  Task *task; /* which uses it now */
#endif
};

Context *context_create(void);
/* At the entry of every function with a cx. fail_context unless it is alive. */
Context *context_of(void *cx);
/* fail_stack unless the stack is empty. */
void context_destroy(Context *context);
size_t context_count(void);

/* Takes the value over. */
void context_push(Context *context, Val *value);
/* Passes the value to the caller; fail_stack if there is none, fail_list_length if it is an unfinished list. */
Val *context_pop(Context *context);
/* The whole stack, the last value on top, as the items of a compound. */
Val *context_take_all(Context *context);
/* The value on top, which stays there. */
Val *context_top(const Context *context);

#if BOXED_ASYNC
/* The canonical allocations that it will free. */
size_t context_deferred_bytes(const Context *context);
#endif

/* Takes the value over until the context ends. */
void context_hold(Context *context, Val *value);
void context_defer(Context *context, void *ptr, size_t size, size_t align);

#endif

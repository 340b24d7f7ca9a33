/* `cx`: the stack of one call, and what has to live until the call is over. */
#ifndef BOXED_CONTEXT_H
#define BOXED_CONTEXT_H

#include "value.h"

typedef struct Context Context;
struct Context {
  Context *next;
  Val **stack;
  uint32_t depth, room;
  Val **held; /* values whose bytes were handed out */
  uint32_t num_held, held_room;
  void **deferred; /* canonical allocations to be given back */
  uint32_t num_deferred, deferred_room;
};

Context *context_create(void);
/* At the entry of every function with a cx. fail_context unless it is alive. */
Context *context_of(void *cx);
/* fail_stack unless the stack is empty. */
void context_destroy(Context *context);
size_t context_count(void);

/* Takes the value over. */
void context_push(Context *context, Val *value);
/* Hands the value over; fail_stack where there is none, fail_list_length where it is an unfinished list. */
Val *context_pop(Context *context);
/* The value on top, without handing it over. */
Val *context_top(const Context *context);

/* Takes the value over until the context ends. */
void context_hold(Context *context, Val *value);
void context_defer(Context *context, void *ptr, size_t size, size_t align);

#endif

/* The script's effects on the world: imports, resources and error-contexts. */
#ifndef BOXED_CALLS_H
#define BOXED_CALLS_H

#include "context.h"
#include "value.h"

/* Calls import `which` with the items of `arguments` (taken over). The result, null if there is none. */
Val *call_import(uint32_t which, Val *arguments);

/* A context with these arguments (taken over), the first on top. */
Context *call_context(Val *arguments);
/* The event of this name, a balance of one call: the change of bytes out and of the stack pointer. */
void call_trace_balance(const char *name, uint32_t which, size_t bytes, size_t stack_pointer);

Val *call_resource_new(uint32_t which, uint32_t rep);
Val *call_resource_rep(const Val *handle);
Val *call_error_context_new(const Val *message);
Val *call_error_context_message(const Val *handle);
/* resource.drop or error-context.drop, by the handle's kind. */
void call_drop(const Val *handle);

#endif

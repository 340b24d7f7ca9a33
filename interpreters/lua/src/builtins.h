/* Canonical built-ins; their names in a core module are a convention of wasm-tools 1.262 (component new). */
#ifndef LUA_BUILTINS_H
#define LUA_BUILTINS_H

#include <stdint.h>

#define BUILTIN(module, name) __attribute__((import_module(module), import_name(name)))
BUILTIN("$root", "[waitable-set-new]") uint32_t canon_waitable_set_new(void);
BUILTIN("$root", "[waitable-set-drop]") void canon_waitable_set_drop(uint32_t set);
/* Returns the event; `payload` gets the waitable and the code. */
BUILTIN("$root", "[waitable-set-wait]") uint32_t canon_waitable_set_wait(uint32_t set, uint32_t *payload);
/* The same, 0 if there is no event. */
BUILTIN("$root", "[waitable-set-poll]") uint32_t canon_waitable_set_poll(uint32_t set, uint32_t *payload);
BUILTIN("$root", "[waitable-join]") void canon_waitable_join(uint32_t waitable, uint32_t set);
BUILTIN("$root", "[subtask-cancel]") uint32_t canon_subtask_cancel(uint32_t subtask);
BUILTIN("$root", "[subtask-drop]") void canon_subtask_drop(uint32_t subtask);
BUILTIN("$root", "[context-get-0]") uint32_t canon_context_get(void);
BUILTIN("$root", "[context-set-0]") void canon_context_set(uint32_t value);
BUILTIN("[export]$root", "[task-cancel]") void canon_task_cancel(void);

/* CanonicalABI.md: EventCode, Subtask.State, CallbackCode, CopyResult. */
enum { EVENT_TASK_CANCELLED = 6 };
enum { CALL_RETURNED = 2, CALL_CANCELLED_BEFORE_STARTED = 3 };
enum { CALLBACK_EXIT, CALLBACK_YIELD, CALLBACK_WAIT };
enum { COPY_COMPLETED, COPY_DROPPED, COPY_CANCELLED };
#define BLOCKED UINT32_MAX
/* A handle or a count is packed above a code of 4 bits. */
enum { CODE_BITS = 4, CODE_MASK = 15 };

#endif

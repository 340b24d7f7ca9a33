/* Canonical built-ins that the interpreter imports itself (CanonicalABI.md). The names in a core module are a convention
 * of wasm-tools 1.262 (component new); streams and futures come with the wit_t. */
#ifndef BOXED_BUILTINS_H
#define BOXED_BUILTINS_H

#include "platform.h"

#define BUILTIN(module, name) __attribute__((import_module(module), import_name(name)))
#define ROOT(name) BUILTIN("$root", name)
#define EXPORTED(name) BUILTIN("[export]" NATIVE_CONTROL, name)

ROOT("[waitable-set-new]") uint32_t canon_waitable_set_new(void);
/* The event's code; `payload` gets its two numbers. */
ROOT("[waitable-set-wait]") uint32_t canon_waitable_set_wait(uint32_t set, uint32_t *payload);
ROOT("[waitable-set-poll]") uint32_t canon_waitable_set_poll(uint32_t set, uint32_t *payload);
ROOT("[waitable-set-drop]") void canon_waitable_set_drop(uint32_t set);
ROOT("[waitable-join]") void canon_waitable_join(uint32_t waitable, uint32_t set);

ROOT("[subtask-cancel]") uint32_t canon_subtask_cancel(uint32_t subtask);
ROOT("[async-lower][subtask-cancel]") uint32_t canon_subtask_cancel_async(uint32_t subtask);
ROOT("[subtask-drop]") void canon_subtask_drop(uint32_t subtask);

ROOT("[backpressure-inc]") void canon_backpressure_inc(void);
ROOT("[backpressure-dec]") void canon_backpressure_dec(void);
ROOT("[thread-yield]") uint32_t canon_thread_yield(void);
ROOT("[context-get-0]") uint32_t canon_context_get(void);
ROOT("[context-set-0]") void canon_context_set(uint32_t value);

EXPORTED("[task-cancel]") void canon_task_cancel(void);
EXPORTED("[task-return]run") void canon_run_return(void);
EXPORTED("[task-return]finish") void canon_finish_return(void);

/* CanonicalABI.md: EventCode, Subtask.State, CallbackCode, CopyResult. */
enum { EVENT_NONE, EVENT_SUBTASK, EVENT_STREAM_READ, EVENT_STREAM_WRITE, EVENT_FUTURE_READ, EVENT_FUTURE_WRITE,
       EVENT_TASK_CANCELLED };
enum { CALL_STARTING, CALL_STARTED, CALL_RETURNED, CALL_CANCELLED_BEFORE_STARTED, CALL_CANCELLED_BEFORE_RETURNED };
enum { CALLBACK_EXIT, CALLBACK_YIELD, CALLBACK_WAIT };
enum { COPY_COMPLETED, COPY_DROPPED, COPY_CANCELLED };
#define BLOCKED UINT32_MAX
/* A handle is packed above a code of 4 bits. */
enum { CODE_BITS = 4, CODE_MASK = 15 };

#endif

#include "trace.h"

#include "memory.h"
#include "value_text.h"

enum { FLUSH_AT = 32 * 1024 };

static Text buffer;
static unsigned inside; /* entries that cannot leave */
static bool started, eager;

static void field(void) { text_literal(&buffer, " "); }

#if BOXED_ASYNC

static uint32_t task, told_task;

void trace_task(uint32_t number) { task = number; }

void trace_of_none(const char *name, size_t len) { text_append(&buffer, name, len); }

void trace_named(const char *name, size_t len) {
  if (task && task != told_task) {
    told_task = task;
    text_literal(&buffer, "task");
    trace_unsigned(task);
    text_literal(&buffer, "\n");
  }
  text_append(&buffer, name, len);
}

#else
void trace_named(const char *name, size_t len) { text_append(&buffer, name, len); }
#endif

void trace_unsigned(uint64_t value) {
  field();
  text_unsigned(&buffer, value);
}

void trace_signed(int64_t value) {
  field();
  text_signed(&buffer, value);
}

void trace_hex(uint64_t bits, unsigned digits) {
  field();
  text_hex(&buffer, bits, digits);
}

void trace_bytes_only(const uint8_t *bytes, size_t len) {
  field();
  text_bytes_hex(&buffer, bytes, len);
}

void trace_bytes(const uint8_t *bytes, size_t len) {
  trace_unsigned(len);
  trace_bytes_only(bytes, len);
}

void trace_items(const Val *compound) { value_text_items(&buffer, compound); }

void trace_answer(void) { text_literal(&buffer, " ="); }

void trace_end(void) {
  text_literal(&buffer, "\n");
  if (eager || buffer.len >= FLUSH_AT) trace_flush();
}

void trace_cannot_leave(void) { inside++; }
void trace_can_leave(void) { inside--; }

void trace_flush(void) {
  if (!started || inside || !buffer.len) return;
  host_trace(buffer.bytes, buffer.len);
  buffer.len = 0;
}

void trace_start(Text *dump, bool is_eager) {
  if (dump->len) host_trace(dump->bytes, dump->len);
  memory_free(dump->bytes);
  started = true;
  eager = is_eager;
  if (eager) trace_flush();
}

void trace_failure(const char *name) {
  static bool failing; /* out of memory in this very line: trap without it */
  if (failing) return;
  failing = true;
  started = true; /* errors in the script are traced, too */
  text_literal(&buffer, "fail ");
  text_append(&buffer, name, strlen(name));
  text_literal(&buffer, "\n");
  trace_flush();
}

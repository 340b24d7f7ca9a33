/* wit_dylib_pop_*: values that generated code lowers. */
#include "context.h"
#include "fail.h"
#include "faults.h"
#include "given.h"
#include "memory.h"
#include "trace.h"
#include "world.h"

/* Pops a value of this kind; its number. */
static uint64_t pop_bits(void *cx, Kind kind) {
  Val *value = context_pop(context_of(cx));
  if (value->kind != kind) fail_pop_kind();
  uint64_t bits = value->bits;
  value_release(value);
  return bits;
}

static uint64_t answer_unsigned(const char *event, uint64_t value) {
  trace_named(event, strlen(event));
  trace_answer();
  trace_unsigned(value);
  trace_end();
  return value;
}

static int64_t answer_signed(const char *event, int64_t value) {
  trace_named(event, strlen(event));
  trace_answer();
  trace_signed(value);
  trace_end();
  return value;
}

static uint32_t unsigned32(void *cx, const char *event, Kind kind) {
  return (uint32_t)answer_unsigned(event, (uint32_t)pop_bits(cx, kind));
}

static int32_t signed32(void *cx, const char *event, Kind kind) {
  return (int32_t)answer_signed(event, (int32_t)(uint32_t)pop_bits(cx, kind));
}

int32_t wit_dylib_pop_bool(void *cx) { return (int32_t)unsigned32(cx, "pop_bool", V_BOOL); }
uint32_t wit_dylib_pop_char(void *cx) { return unsigned32(cx, "pop_char", V_CHAR); }
int32_t wit_dylib_pop_u8(void *cx) { return (int32_t)unsigned32(cx, "pop_u8", V_U8); }
int32_t wit_dylib_pop_u16(void *cx) { return (int32_t)unsigned32(cx, "pop_u16", V_U16); }
uint32_t wit_dylib_pop_u32(void *cx) { return unsigned32(cx, "pop_u32", V_U32); }
uint64_t wit_dylib_pop_u64(void *cx) { return answer_unsigned("pop_u64", pop_bits(cx, V_U64)); }
int32_t wit_dylib_pop_s8(void *cx) { return signed32(cx, "pop_s8", V_S8); }
int32_t wit_dylib_pop_s16(void *cx) { return signed32(cx, "pop_s16", V_S16); }
int32_t wit_dylib_pop_s32(void *cx) { return signed32(cx, "pop_s32", V_S32); }
int64_t wit_dylib_pop_s64(void *cx) { return answer_signed("pop_s64", (int64_t)pop_bits(cx, V_S64)); }

static uint64_t answer_hex(const char *event, uint64_t bits, unsigned digits) {
  trace_named(event, strlen(event));
  trace_answer();
  trace_hex(bits, digits);
  trace_end();
  return bits;
}

float wit_dylib_pop_f32(void *cx) {
  uint32_t bits = (uint32_t)answer_hex("pop_f32", pop_bits(cx, V_F32), 8);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

double wit_dylib_pop_f64(void *cx) {
  uint64_t bits = answer_hex("pop_f64", pop_bits(cx, V_F64), 16);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint32_t answer_typed(const char *event, size_t ty, uint64_t bits) {
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_answer();
  trace_unsigned((uint32_t)bits);
  trace_end();
  return (uint32_t)bits;
}

uint32_t wit_dylib_pop_flags(void *cx, size_t ty) {
  world_index(ty, world()->num_flags);
  return answer_typed("pop_flags", ty, pop_bits(cx, V_FLAGS));
}

uint32_t wit_dylib_pop_enum(void *cx, size_t ty) {
  world_index(ty, world()->num_enums);
  return answer_typed("pop_enum", ty, pop_bits(cx, V_ENUM));
}

/* A handle of kind `kind` or `other`, or a bare number from the script. */
static uint32_t pop_handle(void *cx, Kind kind, Kind other) {
  Val *value = context_pop(context_of(cx));
  if (value->kind != kind && value->kind != other && value->kind != V_HANDLE) fail_pop_kind();
  uint32_t handle = (uint32_t)value->bits;
  value_release(value);
  return handle;
}

uint32_t wit_dylib_pop_own(void *cx, size_t ty) {
  world_index(ty, world()->num_resources);
  return answer_typed("pop_own", ty, pop_handle(cx, V_OWN, V_BORROW));
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t ty) {
  world_index(ty, world()->num_resources);
  return answer_typed("pop_borrow", ty, pop_handle(cx, V_BORROW, V_OWN));
}

static uint32_t given_end(const char *event, size_t ty, uint32_t handle) {
  end_forget(handle);
  return answer_typed(event, ty, handle);
}

uint32_t wit_dylib_pop_future(void *cx, size_t ty) {
  world_index(ty, world()->num_futures);
  if (fault_is(FAULT_given_end_dropped)) fault_given(cx, world()->futures[ty].drop_readable);
  return given_end("pop_future", ty, pop_handle(cx, V_FUTURE, V_FUTURE));
}

uint32_t wit_dylib_pop_stream(void *cx, size_t ty) {
  world_index(ty, world()->num_streams);
  if (fault_is(FAULT_given_end_dropped)) fault_given(cx, world()->streams[ty].drop_readable);
  return given_end("pop_stream", ty, pop_handle(cx, V_STREAM, V_STREAM));
}

uint32_t wit_dylib_pop_error_context(void *cx) {
  return (uint32_t)answer_unsigned("pop_error_context", pop_handle(cx, V_ERROR_CONTEXT, V_ERROR_CONTEXT));
}

size_t wit_dylib_pop_string(void *cx, char **ptr) {
  Context *context = context_of(cx);
  Val *value = context_pop(context);
  if (value->kind != V_STRING && value->kind != V_POINTER) fail_pop_kind();
  size_t len = value->len;
  trace_event("pop_string");
  trace_answer();
  if (value->kind == V_POINTER) {
    *ptr = (char *)(uintptr_t)value->bits;
    trace_unsigned(len);
    trace_bytes_only(NULL, 0); /* its contents are unknown */
  } else {
    *ptr = len ? (char *)value->bytes : (char *)EMPTY_ADDRESS;
    trace_bytes(value->bytes, len);
  }
  trace_end();
  context_hold(context, value);
  return len;
}

static void product(void *cx, const char *event, size_t ty, size_t num_fields) {
  Context *context = context_of(cx);
  Val *value = context_pop(context);
  if (value->kind != V_RECORD || value->len != num_fields) fail_pop_kind();
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_end();
  for (uint32_t i = value->len; i > 0; i--) context_push(context, value_retain(value->items[i - 1]));
  value_release(value);
}

void wit_dylib_pop_record(void *cx, size_t ty) {
  product(cx, "pop_record", ty, world()->records[world_index(ty, world()->num_records)].nfields);
}

void wit_dylib_pop_tuple(void *cx, size_t ty) {
  product(cx, "pop_tuple", ty, world()->tuples[world_index(ty, world()->num_tuples)].ntypes);
}

void wit_dylib_pop_fixed_length_list(void *cx, size_t ty) {
  size_t count = world()->num_fixed_length_lists;
  product(cx, "pop_fixed_length_list", ty, world()->fixed_length_lists[world_index(ty, count)].size);
}

static uint32_t sum(void *cx, const char *event, size_t ty) {
  Context *context = context_of(cx);
  Val *value = context_pop(context);
  if (value->kind != V_VARIANT) fail_pop_kind();
  uint32_t discriminant = answer_typed(event, ty, value->detail);
  if (value->len) context_push(context, value_retain(value->items[0]));
  value_release(value);
  return discriminant;
}

uint32_t wit_dylib_pop_variant(void *cx, size_t ty) {
  world_index(ty, world()->num_variants);
  return sum(cx, "pop_variant", ty);
}

uint32_t wit_dylib_pop_option(void *cx, size_t ty) {
  world_index(ty, world()->num_options);
  return sum(cx, "pop_option", ty);
}

uint32_t wit_dylib_pop_result(void *cx, size_t ty) {
  world_index(ty, world()->num_results);
  return sum(cx, "pop_result", ty);
}

/* wit_dylib_push_*: values that generated code lifted. */
#include "context.h"
#include "fail.h"
#include "given.h"
#include "memory.h"
#include "trace.h"
#include "world.h"

static void number(void *cx, const char *event, Kind kind, uint64_t bits) {
  Context *context = context_of(cx);
  trace_named(event, strlen(event));
  trace_unsigned(bits);
  trace_end();
  context_push(context, value_scalar(kind, bits));
}

static void signed_number(void *cx, const char *event, Kind kind, int64_t value) {
  Context *context = context_of(cx);
  trace_named(event, strlen(event));
  trace_signed(value);
  trace_end();
  context_push(context, value_scalar(kind, (uint64_t)value));
}

static void bit_pattern(void *cx, const char *event, Kind kind, uint64_t bits, unsigned digits) {
  Context *context = context_of(cx);
  trace_named(event, strlen(event));
  trace_hex(bits, digits);
  trace_end();
  context_push(context, value_scalar(kind, bits));
}

void wit_dylib_push_bool(void *cx, int32_t value) { number(cx, "push_bool", V_BOOL, (uint32_t)value); }
void wit_dylib_push_char(void *cx, uint32_t value) { number(cx, "push_char", V_CHAR, value); }
void wit_dylib_push_u8(void *cx, int32_t value) { number(cx, "push_u8", V_U8, (uint32_t)value); }
void wit_dylib_push_u16(void *cx, int32_t value) { number(cx, "push_u16", V_U16, (uint32_t)value); }
void wit_dylib_push_u32(void *cx, uint32_t value) { number(cx, "push_u32", V_U32, value); }
void wit_dylib_push_u64(void *cx, uint64_t value) { number(cx, "push_u64", V_U64, value); }
void wit_dylib_push_s8(void *cx, int32_t value) { signed_number(cx, "push_s8", V_S8, value); }
void wit_dylib_push_s16(void *cx, int32_t value) { signed_number(cx, "push_s16", V_S16, value); }
void wit_dylib_push_s32(void *cx, int32_t value) { signed_number(cx, "push_s32", V_S32, value); }
void wit_dylib_push_s64(void *cx, int64_t value) { signed_number(cx, "push_s64", V_S64, value); }

void wit_dylib_push_f32(void *cx, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bit_pattern(cx, "push_f32", V_F32, bits, 8);
}

void wit_dylib_push_f64(void *cx, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  bit_pattern(cx, "push_f64", V_F64, bits, 16);
}

/* Values of one number that belong to a type of the wit_t: flags, enum, handles. */
static void typed(void *cx, const char *event, Kind kind, size_t ty, size_t count, uint32_t bits) {
  Context *context = context_of(cx);
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_unsigned(bits);
  trace_end();
  context_push(context, value_handle(kind, (uint32_t)world_index(ty, count), bits));
}

void wit_dylib_push_flags(void *cx, size_t ty, uint32_t bits) {
  typed(cx, "push_flags", V_FLAGS, ty, world()->num_flags, bits);
}

void wit_dylib_push_enum(void *cx, size_t ty, uint32_t discr) {
  typed(cx, "push_enum", V_ENUM, ty, world()->num_enums, discr);
}

void wit_dylib_push_own(void *cx, size_t ty, uint32_t handle) {
  typed(cx, "push_own", V_OWN, ty, world()->num_resources, handle);
}

void wit_dylib_push_borrow(void *cx, size_t ty, uint32_t handle) {
  typed(cx, "push_borrow", V_BORROW, ty, world()->num_resources, handle);
}

void wit_dylib_push_future(void *cx, size_t ty, uint32_t handle) {
  end_forget(handle);
  typed(cx, "push_future", V_FUTURE, ty, world()->num_futures, handle);
}

void wit_dylib_push_stream(void *cx, size_t ty, uint32_t handle) {
  end_forget(handle);
  typed(cx, "push_stream", V_STREAM, ty, world()->num_streams, handle);
}

void wit_dylib_push_error_context(void *cx, uint32_t handle) {
  number(cx, "push_error_context", V_ERROR_CONTEXT, handle);
}

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
  Context *context = context_of(cx);
  memory_take(bytes, len, 1);
  trace_event("push_string");
  trace_bytes(bytes, len);
  trace_end();
  context_push(context, value_bytes(V_STRING, len ? bytes : NULL, len, len));
}

static void product(void *cx, const char *event, size_t ty, size_t num_fields) {
  Context *context = context_of(cx);
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_end();
  Val *value = value_compound(V_RECORD, num_fields);
  for (size_t i = num_fields; i > 0; i--) value->items[i - 1] = context_pop(context);
  context_push(context, value);
}

void wit_dylib_push_record(void *cx, size_t ty) {
  product(cx, "push_record", ty, world()->records[world_index(ty, world()->num_records)].nfields);
}

void wit_dylib_push_tuple(void *cx, size_t ty) {
  product(cx, "push_tuple", ty, world()->tuples[world_index(ty, world()->num_tuples)].ntypes);
}

void wit_dylib_push_fixed_length_list(void *cx, size_t ty) {
  size_t count = world()->num_fixed_length_lists;
  product(cx, "push_fixed_length_list", ty, world()->fixed_length_lists[world_index(ty, count)].size);
}

static void sum(void *cx, const char *event, size_t ty, uint32_t discr, bool has_payload) {
  Context *context = context_of(cx);
  Val *value = value_compound(V_VARIANT, has_payload);
  value->detail = discr;
  if (has_payload) value->items[0] = context_pop(context);
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_unsigned(discr);
  trace_end();
  context_push(context, value);
}

static bool is_payload(wit_type_t type) { return WIT_TYPE_KIND(type) != WIT_TYPE_EMPTY; }

void wit_dylib_push_variant(void *cx, size_t ty, uint32_t discr) {
  const wit_variant_t *variant = &world()->variants[world_index(ty, world()->num_variants)];
  if (discr >= variant->ncases) fail_discriminant();
  sum(cx, "push_variant", ty, discr, is_payload(variant->cases[discr].ty));
}

void wit_dylib_push_option(void *cx, size_t ty, uint32_t discr) {
  world_index(ty, world()->num_options);
  if (discr > 1) fail_discriminant();
  sum(cx, "push_option", ty, discr, discr == 1);
}

void wit_dylib_push_result(void *cx, size_t ty, uint32_t discr) {
  const wit_result_t *result = &world()->results[world_index(ty, world()->num_results)];
  if (discr > 1) fail_discriminant();
  sum(cx, "push_result", ty, discr, is_payload(discr ? result->err : result->ok));
}

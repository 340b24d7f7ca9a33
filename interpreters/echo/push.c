/* From the Canonical ABI onto the stack. */
#include "value.h"

static void push_bits(void *cx, uint64_t bits) {
  struct value *value = new_value(cx);
  value->bits = bits;
  push(cx, value);
}

void wit_dylib_push_bool(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_char(void *cx, uint32_t value) { push_bits(cx, value); }
void wit_dylib_push_u8(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_s8(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_u16(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_s16(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_u32(void *cx, uint32_t value) { push_bits(cx, value); }
void wit_dylib_push_s32(void *cx, int32_t value) { push_bits(cx, (uint32_t)value); }
void wit_dylib_push_u64(void *cx, uint64_t value) { push_bits(cx, value); }
void wit_dylib_push_s64(void *cx, int64_t value) { push_bits(cx, (uint64_t)value); }

/* Floats keep their bits, so that NaNs keep theirs. */
void wit_dylib_push_f32(void *cx, float value) {
  uint32_t bits;
  copy(&bits, &value, sizeof bits);
  push_bits(cx, bits);
}

void wit_dylib_push_f64(void *cx, double value) {
  uint64_t bits;
  copy(&bits, &value, sizeof bits);
  push_bits(cx, bits);
}

void wit_dylib_push_flags(void *cx, size_t ty, uint32_t bits) {
  (void)ty;
  push_bits(cx, bits);
}

void wit_dylib_push_enum(void *cx, size_t ty, uint32_t discr) {
  (void)ty;
  push_bits(cx, discr);
}

void wit_dylib_push_own(void *cx, size_t ty, uint32_t handle) {
  (void)ty;
  push_bits(cx, handle);
}

void wit_dylib_push_borrow(void *cx, size_t ty, uint32_t handle) {
  (void)ty;
  push_bits(cx, handle);
}

void wit_dylib_push_future(void *cx, size_t ty, uint32_t handle) {
  (void)ty;
  push_bits(cx, handle);
}

void wit_dylib_push_stream(void *cx, size_t ty, uint32_t handle) {
  (void)ty;
#ifdef MUTANT_NO_STREAMS
  __builtin_trap();
#endif
  push_bits(cx, handle);
}

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len) {
  struct value *value = new_value(cx);
  value->bytes = bytes;
  value->length = len;
  if (len) adopt(&((struct context *)cx)->memory, bytes);
  push(cx, value);
}

/* Replaces `count` values by one with these parts. */
static void gather(struct context *cx, size_t count) {
  struct value *value = new_parts(cx, count);
  while (count) value->parts[--count] = pop(cx);
  push(cx, value);
}

void wit_dylib_push_record(void *cx, size_t ty) {
  gather(cx, world->records[ty].nfields);
#ifdef MUTANT_EXCHANGED_FIELDS
  struct value *value = top(cx);
  if (value->length > 1) {
    struct value *first = value->parts[0];
    value->parts[0] = value->parts[1];
    value->parts[1] = first;
  }
#endif
}

void wit_dylib_push_tuple(void *cx, size_t ty) { gather(cx, world->tuples[ty].ntypes); }

void wit_dylib_push_fixed_length_list(void *cx, size_t ty) { gather(cx, world->fixed_length_lists[ty].size); }

static void push_case(struct context *cx, uint32_t discr, wit_type_t payload) {
  gather(cx, WIT_TYPE_KIND(payload) != WIT_TYPE_EMPTY);
  top(cx)->bits = discr;
}

void wit_dylib_push_variant(void *cx, size_t ty, uint32_t discr) {
  push_case(cx, discr, world->variants[ty].cases[discr].ty);
}

void wit_dylib_push_option(void *cx, size_t ty, uint32_t discr) {
  push_case(cx, discr, discr ? world->options[ty].ty : WIT_TYPE_EMPTY);
}

void wit_dylib_push_result(void *cx, size_t ty, uint32_t discr) {
  push_case(cx, discr, discr ? world->results[ty].err : world->results[ty].ok);
}

/* Bytes stay in their canonical form, any other list comes by element: so both ways are used. */
bool wit_dylib_push_list(void *cx, size_t ty, uint8_t *bytes, size_t len) {
  if (WIT_TYPE_KIND(world->lists[ty].ty) == WIT_TYPE_U8 && len) {
    wit_dylib_push_string(cx, bytes, len);
    return true;
  }
  push(cx, new_value(cx));
  return false;
}

void wit_dylib_list_append(void *cx, size_t ty) {
  (void)ty;
  struct value *element = pop(cx);
#ifdef MUTANT_FIRST_ELEMENT_DROPPED
  struct value *list = top(cx);
  if (!list->next) {
    list->next = 1;
    return;
  }
#endif
  append(cx, top(cx), element);
}

#if WIT_DYLIB_VERSION >= 3
void wit_dylib_push_map(void *cx, size_t ty, size_t len) {
  (void)ty, (void)len;
  push(cx, new_value(cx));
}

void wit_dylib_map_append(void *cx, size_t ty) {
  (void)ty;
  struct value *value = pop(cx), *key = pop(cx);
  append(cx, top(cx), key);
  append(cx, top(cx), value);
}
#endif

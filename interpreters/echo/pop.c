/* From the stack to the Canonical ABI. */
#include "value.h"

static uint64_t pop_bits(void *cx) { return pop(cx)->bits; }

int32_t wit_dylib_pop_bool(void *cx) { return (int32_t)pop_bits(cx); }
uint32_t wit_dylib_pop_char(void *cx) { return (uint32_t)pop_bits(cx); }
int32_t wit_dylib_pop_u8(void *cx) { return (int32_t)pop_bits(cx); }

#ifdef MUTANT_ENDLESS
int32_t wit_dylib_pop_s8(void *cx) {
  for (volatile int32_t more = 1; more;) more = 1;
  return (int32_t)pop_bits(cx);
}
#else
int32_t wit_dylib_pop_s8(void *cx) { return (int32_t)pop_bits(cx); }
#endif

int32_t wit_dylib_pop_u16(void *cx) { return (int32_t)pop_bits(cx); }
int32_t wit_dylib_pop_s16(void *cx) { return (int32_t)pop_bits(cx); }
uint32_t wit_dylib_pop_u32(void *cx) { return (uint32_t)pop_bits(cx); }
int32_t wit_dylib_pop_s32(void *cx) { return (int32_t)pop_bits(cx); }
uint64_t wit_dylib_pop_u64(void *cx) { return pop_bits(cx); }

#ifdef MUTANT_NO_SIGN
int64_t wit_dylib_pop_s64(void *cx) { return (uint32_t)pop_bits(cx); }
#else
int64_t wit_dylib_pop_s64(void *cx) { return (int64_t)pop_bits(cx); }
#endif

float wit_dylib_pop_f32(void *cx) {
  uint32_t bits = (uint32_t)pop_bits(cx);
  float value;
  copy(&value, &bits, sizeof value);
  return value;
}

double wit_dylib_pop_f64(void *cx) {
  uint64_t bits = pop_bits(cx);
  double value;
  copy(&value, &bits, sizeof value);
  return value;
}

uint32_t wit_dylib_pop_flags(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

uint32_t wit_dylib_pop_enum(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

uint32_t wit_dylib_pop_own(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

uint32_t wit_dylib_pop_future(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

uint32_t wit_dylib_pop_stream(void *cx, size_t ty) {
  (void)ty;
  return (uint32_t)pop_bits(cx);
}

size_t wit_dylib_pop_string(void *cx, char **ptr) {
  struct value *value = pop(cx);
  *ptr = (char *)value->bytes;
  return value->length;
}

/* Replaces a value by its parts, the first on top. */
static uint32_t spread(struct context *cx) {
  struct value *value = pop(cx);
  for (size_t at = value->length; at; at--) push(cx, value->parts[at - 1]);
  return (uint32_t)value->bits;
}

void wit_dylib_pop_record(void *cx, size_t ty) {
  (void)ty;
  spread(cx);
}

void wit_dylib_pop_tuple(void *cx, size_t ty) {
  (void)ty;
  spread(cx);
}

void wit_dylib_pop_fixed_length_list(void *cx, size_t ty) {
  (void)ty;
  spread(cx);
}

uint32_t wit_dylib_pop_variant(void *cx, size_t ty) {
  (void)ty;
  return spread(cx);
}

uint32_t wit_dylib_pop_option(void *cx, size_t ty) {
  (void)ty;
  return spread(cx);
}

uint32_t wit_dylib_pop_result(void *cx, size_t ty) {
  (void)ty;
  return spread(cx);
}

/* A list without canonical form stays on the stack as its own iterator. */
size_t wit_dylib_pop_list(void *cx, size_t ty, void **ptr) {
  (void)ty;
  struct value *list = top(cx);
  *ptr = list->bytes;
  if (list->bytes)
    pop(cx);
  else
    list->next = 0;
  return list->length;
}

static void iterate(struct context *cx) {
  struct value *list = top(cx);
  if (list->next >= list->length) __builtin_trap();
  push(cx, list->parts[list->next++]);
}

#if WIT_DYLIB_VERSION >= 3
void wit_dylib_pop_list_iter_next(void *cx, size_t ty) {
  (void)ty;
  iterate(cx);
}

void wit_dylib_pop_list_iter(void *cx, size_t ty) {
  (void)ty;
  pop(cx);
}

size_t wit_dylib_pop_map(void *cx, size_t ty) {
  (void)ty;
  struct value *map = top(cx);
  map->next = 0;
  return map->length / 2;
}

/* The key on top, its value below. */
void wit_dylib_pop_map_iter_next(void *cx, size_t ty) {
  (void)ty;
  struct value *map = top(cx);
  if (map->next + 1 >= map->length) __builtin_trap();
  push(cx, map->parts[map->next + 1]);
  push(cx, map->parts[map->next]);
  map->next += 2;
}

void wit_dylib_pop_map_iter(void *cx, size_t ty) {
  (void)ty;
  pop(cx);
}
#else
void wit_dylib_pop_iter_next(void *cx, size_t ty) {
  (void)ty;
  iterate(cx);
}

void wit_dylib_pop_iter(void *cx, size_t ty) {
  (void)ty;
  pop(cx);
}
#endif

/*
 * An interpreter for several worlds (wit_dylib.h, "EXTENSION: several worlds"): an export calls the import of the same
 * name in its own world; a function may stand for a method. It traps when a call mixes two worlds. It never frees memory.
 */
#define WIT_DYLIB_SEVERAL_WORLDS 1
#include "wit_dylib.h"

enum { HEAP = 1 << 16, DEPTH = 64, WORLDS = 8 };

typedef struct value {
  uint64_t bits; /* a scalar, a handle, a discriminant, or how far an iterator is */
  size_t count;  /* of parts, or of bytes */
  struct value *parts;
  uint8_t *bytes;
} value_t;

typedef struct context {
  const wit_t *world;
  size_t top;
  value_t stack[DEPTH];
  size_t num_lent; /* borrowed handles, which must be dropped before the export returns */
  const wit_resource_t *lent_of[DEPTH];
  uint32_t lent[DEPTH];
} context_t;

static _Alignas(16) uint8_t heap[HEAP];
static size_t used;
static const wit_t *worlds[WORLDS];
static size_t num_worlds;

static void check(bool right) {
  if (!right)
    __builtin_trap();
}

static void *allocate(size_t size, size_t align) {
  used = (used + align - 1) / align * align;
  check(size <= HEAP - used);
  used += size;
  return heap + used - size;
}

static value_t *parts_of(size_t count) { return allocate(count * sizeof(value_t), _Alignof(value_t)); }

/* The context of a call from the library of this world. */
static context_t *context_of(void *cx, const wit_t *wit) {
  context_t *context = cx;
  check(context->world == wit);
  return context;
}

static void push(void *cx, const wit_t *wit, value_t value) {
  context_t *context = context_of(cx, wit);
  check(context->top < DEPTH);
  context->stack[context->top++] = value;
}

static value_t pop(void *cx, const wit_t *wit) {
  context_t *context = context_of(cx, wit);
  check(context->top > 0);
  return context->stack[--context->top];
}

static void push_bits(void *cx, const wit_t *wit, uint64_t bits) { push(cx, wit, (value_t){.bits = bits}); }

/* Entries */

void wit_dylib_initialize(const wit_t *wit, uint32_t several_worlds) {
  check(several_worlds == WIT_DYLIB_SEVERAL_WORLDS && wit->version == WIT_DYLIB_VERSION && num_worlds < WORLDS);
  worlds[num_worlds++] = wit;
}

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  uint8_t *new = allocate(new_size, align);
  for (size_t i = 0; i < old_size && i < new_size; i++)
    new[i] = ((uint8_t *)old)[i];
  return new;
}

void wit_dylib_dealloc_bytes(void *cx, void *ptr, size_t byte_size, size_t align, int32_t defer, const wit_t *wit) {
  context_of(cx, wit);
  (void)ptr, (void)byte_size, (void)align, (void)defer;
}

void *wit_dylib_export_start(size_t which, const wit_t *wit) {
  bool known = false;
  for (size_t i = 0; i < num_worlds; i++)
    known |= worlds[i] == wit;
  check(known && which < wit->num_export_funcs);
  context_t *context = allocate(sizeof(context_t), _Alignof(context_t));
  context->world = wit;
  context->top = context->num_lent = 0;
  return context;
}

/* Whether a function has that name; of the name of a method, only what is after the resource. */
static bool is_called(const char *function, const char *name) {
  for (const char *at = function; *at; at++)
    if (*at == '.')
      function = at + 1;
  while (*function && *function == *name)
    function++, name++;
  return *function == *name;
}

void wit_dylib_export_call(void *cx, size_t which, const wit_t *wit) {
  context_t *context = context_of(cx, wit);
  for (size_t low = 0, high = context->top; low + 1 < high; low++, high--) { /* an import has the first on top */
    value_t value = context->stack[low];
    context->stack[low] = context->stack[high - 1];
    context->stack[high - 1] = value;
  }
  for (size_t i = 0; i < wit->num_import_funcs; i++)
    if (is_called(wit->import_funcs[i].name, wit->export_funcs[which].name)) {
      wit->import_funcs[i].impl(cx);
      while (context->num_lent--)
        context->lent_of[context->num_lent]->drop(context->lent[context->num_lent]);
      return;
    }
  __builtin_trap();
}

void wit_dylib_export_finish(void *cx, size_t which, const wit_t *wit) {
  check(context_of(cx, wit)->top == 0 && which < wit->num_export_funcs);
}

/* Scalars */

#define SCALAR(name, type)                                                                                             \
  void wit_dylib_push_##name(void *cx, type value, const wit_t *wit) { push_bits(cx, wit, (uint64_t)value); }          \
  type wit_dylib_pop_##name(void *cx, const wit_t *wit) { return (type)pop(cx, wit).bits; }
SCALAR(bool, int32_t)
SCALAR(char, uint32_t)
SCALAR(u8, int32_t)
SCALAR(s8, int32_t)
SCALAR(u16, int32_t)
SCALAR(s16, int32_t)
SCALAR(u32, uint32_t)
SCALAR(s32, int32_t)
SCALAR(u64, uint64_t)
SCALAR(s64, int64_t)

#define INDEXED(name, array)                                                                                           \
  void wit_dylib_push_##name(void *cx, size_t ty, uint32_t value, const wit_t *wit) {                                  \
    check(ty < wit->num_##array);                                                                                      \
    push_bits(cx, wit, value);                                                                                         \
  }                                                                                                                    \
  uint32_t wit_dylib_pop_##name(void *cx, size_t ty, const wit_t *wit) {                                               \
    check(ty < wit->num_##array);                                                                                      \
    return (uint32_t)pop(cx, wit).bits;                                                                                \
  }
INDEXED(flags, flags)
INDEXED(enum, enums)
INDEXED(own, resources)

void wit_dylib_push_borrow(void *cx, size_t ty, uint32_t handle, const wit_t *wit) {
  context_t *context = context_of(cx, wit);
  check(ty < wit->num_resources && !wit->resources[ty].rep && context->num_lent < DEPTH); /* an imported resource */
  context->lent_of[context->num_lent] = &wit->resources[ty];
  context->lent[context->num_lent++] = handle;
  push_bits(cx, wit, handle);
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t ty, const wit_t *wit) {
  check(ty < wit->num_resources);
  return (uint32_t)pop(cx, wit).bits;
}

void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len, const wit_t *wit) {
  push(cx, wit, (value_t){.bytes = bytes, .count = len});
}

size_t wit_dylib_pop_string(void *cx, char **ptr, const wit_t *wit) {
  value_t value = pop(cx, wit);
  *ptr = (char *)value.bytes;
  return value.count;
}

/* Products: the last part is on top before, the first after. */

static void push_product(void *cx, const wit_t *wit, size_t count) {
  value_t product = {.count = count, .parts = parts_of(count)};
  while (count--)
    product.parts[count] = pop(cx, wit);
  push(cx, wit, product);
}

static void pop_product(void *cx, const wit_t *wit, size_t count) {
  value_t product = pop(cx, wit);
  check(product.count == count);
  while (count--)
    push(cx, wit, product.parts[count]);
}

#define PRODUCT(name, array, num)                                                                                      \
  void wit_dylib_push_##name(void *cx, size_t ty, const wit_t *wit) { push_product(cx, wit, wit->array[ty].num); }     \
  void wit_dylib_pop_##name(void *cx, size_t ty, const wit_t *wit) { pop_product(cx, wit, wit->array[ty].num); }
PRODUCT(record, records, nfields)
PRODUCT(tuple, tuples, ntypes)

/* Sums */

static void push_sum(void *cx, const wit_t *wit, uint32_t discr, bool payload) {
  value_t sum = {.bits = discr, .count = payload, .parts = parts_of(payload)};
  if (payload)
    sum.parts[0] = pop(cx, wit);
  push(cx, wit, sum);
}

static uint32_t pop_sum(void *cx, const wit_t *wit) {
  value_t sum = pop(cx, wit);
  if (sum.count)
    push(cx, wit, sum.parts[0]);
  return (uint32_t)sum.bits;
}

#define SUM(name, payload)                                                                                             \
  void wit_dylib_push_##name(void *cx, size_t ty, uint32_t discr, const wit_t *wit) {                                  \
    push_sum(cx, wit, discr, payload);                                                                                 \
  }                                                                                                                    \
  uint32_t wit_dylib_pop_##name(void *cx, size_t ty, const wit_t *wit) {                                               \
    (void)ty;                                                                                                          \
    return pop_sum(cx, wit);                                                                                           \
  }
SUM(variant, (check(discr < wit->variants[ty].ncases), wit->variants[ty].cases[discr].ty != UINT32_MAX))
SUM(option, (check(ty < wit->num_options), discr == 1))
SUM(result, (discr ? wit->results[ty].err : wit->results[ty].ok) != UINT32_MAX)

/* Lists go by element. */

bool wit_dylib_push_list(void *cx, size_t ty, uint8_t *bytes, size_t len, const wit_t *wit) {
  check(ty < wit->num_lists);
  (void)bytes;
  push(cx, wit, (value_t){.parts = parts_of(len)});
  return false;
}

void wit_dylib_list_append(void *cx, size_t ty, const wit_t *wit) {
  check(ty < wit->num_lists);
  value_t element = pop(cx, wit), list = pop(cx, wit);
  list.parts[list.count++] = element;
  push(cx, wit, list);
}

size_t wit_dylib_pop_list(void *cx, size_t ty, void **ptr, const wit_t *wit) {
  check(ty < wit->num_lists);
  value_t list = pop(cx, wit);
  *ptr = NULL;
  push(cx, wit, list); /* as its iterator */
  return list.count;
}

void wit_dylib_pop_list_iter_next(void *cx, size_t ty, const wit_t *wit) {
  check(ty < wit->num_lists);
  value_t iterator = pop(cx, wit);
  check(iterator.bits < iterator.count);
  value_t element = iterator.parts[iterator.bits++];
  push(cx, wit, iterator);
  push(cx, wit, element);
}

void wit_dylib_pop_list_iter(void *cx, size_t ty, const wit_t *wit) {
  check(ty < wit->num_lists);
  value_t iterator = pop(cx, wit);
  check(iterator.bits == iterator.count);
}

#include "canonical.h"

#include "fail.h"
#include "memory.h"
#include "parts.h"
#include "world.h"

#define LARGEST ((uint64_t)0x60000000)

typedef struct Scalar {
  uint8_t size;
  uint8_t kind;
  bool is_signed;
} Scalar;

/* By WIT_TYPE_*: types that are one number in memory. */
static const Scalar SCALARS[] = {
    [WIT_TYPE_U8] = {1, V_U8, false},     [WIT_TYPE_U16] = {2, V_U16, false}, [WIT_TYPE_U32] = {4, V_U32, false},
    [WIT_TYPE_U64] = {8, V_U64, false},   [WIT_TYPE_S8] = {1, V_S8, true},    [WIT_TYPE_S16] = {2, V_S16, true},
    [WIT_TYPE_S32] = {4, V_S32, true},    [WIT_TYPE_S64] = {8, V_S64, true},  [WIT_TYPE_BOOL] = {1, V_BOOL, false},
    [WIT_TYPE_CHAR] = {4, V_CHAR, false}, [WIT_TYPE_F32] = {4, V_F32, false}, [WIT_TYPE_F64] = {8, V_F64, false},
};
enum { NUM_SCALARS = sizeof SCALARS / sizeof *SCALARS };

bool canonical_is_number(wit_type_t type) {
  return type < NUM_SCALARS && type != WIT_TYPE_BOOL && type != WIT_TYPE_CHAR;
}

/* ---- Types and their parts --------------------------------------------------------------------------------------- */

typedef enum Shape {
  SHAPE_SCALAR,
  SHAPE_BITS,    /* flags */
  SHAPE_PRODUCT, /* parts in order */
  SHAPE_SUM,     /* a discriminant and one of the parts */
  SHAPE_POINTER, /* string, list, map */
  SHAPE_HANDLE,
} Shape;

static Shape shape_of(wit_type_t type) {
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_FLAGS: return SHAPE_BITS;
    case WIT_TYPE_RECORD:
    case WIT_TYPE_TUPLE:
    case WIT_TYPE_FIXED_LENGTH_LIST: return SHAPE_PRODUCT;
    case WIT_TYPE_VARIANT:
    case WIT_TYPE_ENUM:
    case WIT_TYPE_OPTION:
    case WIT_TYPE_RESULT: return SHAPE_SUM;
    case WIT_TYPE_STRING:
#if WIT_DYLIB_VERSION >= 3
    case WIT_TYPE_MAP:
#endif
    case WIT_TYPE_LIST: return SHAPE_POINTER;
    case WIT_TYPE_ERROR_CONTEXT:
    case WIT_TYPE_OWN:
    case WIT_TYPE_BORROW:
    case WIT_TYPE_FUTURE:
    case WIT_TYPE_STREAM: return SHAPE_HANDLE;
    default:
      if (type >= NUM_SCALARS) fail_type();
      return SHAPE_SCALAR;
  }
}

static bool is_none(wit_type_t type) { return WIT_TYPE_KIND(type) == WIT_TYPE_EMPTY; }

/* ---- Layout ------------------------------------------------------------------------------------------------------ */

static uint32_t align_to(uint64_t offset, uint32_t align) {
  offset = (offset + align - 1) & ~(uint64_t)(align - 1);
  if (offset > LARGEST) fail_type();
  return (uint32_t)offset;
}

static uint32_t discriminant_size(size_t cases) { return cases <= 1u << 8 ? 1 : cases <= 1u << 16 ? 2 : 4; }

static uint32_t flags_size(size_t labels) { return labels <= 8 ? 1 : labels <= 16 ? 2 : 4; }

static Layout product_layout(wit_type_t type) {
  Layout all = {0, 1, false};
  size_t count = parts_count(type);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_FIXED_LENGTH_LIST) {
    all = canonical_layout(parts_at(type, 0));
    if (count > LARGEST) fail_type();
    all.size = align_to((uint64_t)all.size * count, all.align);
    return all;
  }
  for (size_t i = 0; i < count; i++) {
    Layout one = canonical_layout(parts_at(type, i));
    all.size = align_to((uint64_t)align_to(all.size, one.align) + one.size, 1);
    if (one.align > all.align) all.align = one.align;
    all.has_handles |= one.has_handles;
  }
  all.size = align_to(all.size, all.align);
  return all;
}

static uint32_t payload_offset(wit_type_t type) {
  uint32_t offset = discriminant_size(parts_count(type)), align = 1;
  for (size_t i = 0; i < parts_count(type) && WIT_TYPE_KIND(type) != WIT_TYPE_ENUM; i++) {
    if (is_none(parts_at(type, i))) continue;
    uint32_t one = canonical_layout(parts_at(type, i)).align;
    if (one > align) align = one;
  }
  return align_to(offset, align);
}

static Layout sum_layout(wit_type_t type) {
  uint32_t offset = payload_offset(type);
  Layout all = {offset, (uint8_t)discriminant_size(parts_count(type)), false};
  for (size_t i = 0; i < parts_count(type) && WIT_TYPE_KIND(type) != WIT_TYPE_ENUM; i++) {
    if (is_none(parts_at(type, i))) continue;
    Layout one = canonical_layout(parts_at(type, i));
    uint32_t end = align_to((uint64_t)offset + one.size, 1);
    if (end > all.size) all.size = end;
    if (one.align > all.align) all.align = one.align;
    all.has_handles |= one.has_handles;
  }
  all.size = align_to(all.size, all.align);
  return all;
}

static Layout pointer_layout(wit_type_t type) {
  Layout all = {8, 4, false};
  for (size_t i = 0; i < parts_count(type); i++) all.has_handles |= canonical_layout(parts_at(type, i)).has_handles;
  return all;
}

static Layout make_layout(wit_type_t type) {
  switch (shape_of(type)) {
    case SHAPE_SCALAR: return (Layout){SCALARS[type].size, SCALARS[type].size, false};
    case SHAPE_BITS: {
      uint32_t size = flags_size(parts_count(type));
      return (Layout){size, (uint8_t)size, false};
    }
    case SHAPE_PRODUCT: return product_layout(type);
    case SHAPE_SUM: return sum_layout(type);
    case SHAPE_POINTER: return pointer_layout(type);
    default: return (Layout){4, 4, true};
  }
}

/* Cached layouts of types; without them, doubling types would take forever. `align` 0: this one is in computation. */
typedef struct Known {
  wit_type_t type;
  Layout layout;
  struct Known *next;
} Known;

enum { BUCKETS = 64 };
static Known *known[BUCKETS];

Layout canonical_layout(wit_type_t type) {
  type = world_resolve_alias(type);
  if (type < NUM_SCALARS) return make_layout(type);
  Known **bucket = &known[(type ^ type >> 8) % BUCKETS];
  for (const Known *one = *bucket; one; one = one->next) {
    if (one->type != type) continue;
    if (!one->layout.align) fail_type();
    return one->layout;
  }
  Known *made = memory_alloc(sizeof *made);
  *made = (Known){type, {0, 0, false}, *bucket};
  *bucket = made;
  made->layout = make_layout(type);
  return made->layout;
}

/* ---- Loading ----------------------------------------------------------------------------------------------------- */

static uint64_t load_bits(const uint8_t *from, size_t size) {
  uint64_t bits = 0;
  memcpy(&bits, from, size);
  return bits;
}

static Val *load_scalar(wit_type_t type, const uint8_t *from) {
  const Scalar scalar = SCALARS[type];
  uint64_t bits = load_bits(from, scalar.size);
  if (scalar.is_signed && bits >> (8 * scalar.size - 1)) bits |= ~(uint64_t)0 << (8 * scalar.size - 1);
  return value_scalar((Kind)scalar.kind, bits);
}

static Val *load_product(wit_type_t type, const uint8_t *from) {
  Val *value = value_compound(V_RECORD, parts_count(type));
  uint32_t offset = 0;
  for (uint32_t i = 0; i < value->len; i++) {
    Layout layout = canonical_layout(parts_at(type, i));
    offset = align_to(offset, layout.align);
    value->items[i] = canonical_load(parts_at(type, i), from + offset);
    offset += layout.size;
  }
  return value;
}

static Val *load_sum(wit_type_t type, const uint8_t *from) {
  uint32_t discriminant = (uint32_t)load_bits(from, discriminant_size(parts_count(type)));
  if (discriminant >= parts_count(type)) fail_discriminant();
  if (WIT_TYPE_KIND(type) == WIT_TYPE_ENUM) return value_scalar(V_ENUM, discriminant);
  wit_type_t payload = parts_at(type, discriminant);
  Val *value = value_compound(V_VARIANT, !is_none(payload));
  value->detail = discriminant;
  if (!is_none(payload)) value->items[0] = canonical_load(payload, from + payload_offset(type));
  return value;
}

#if WIT_DYLIB_VERSION >= 3
Layout canonical_entry_layout(wit_type_t type, uint32_t *value_at) {
  Layout key = canonical_layout(parts_at(type, 0)), value = canonical_layout(parts_at(type, 1));
  uint8_t align = key.align > value.align ? key.align : value.align;
  *value_at = align_to(key.size, value.align);
  return (Layout){align_to((uint64_t)*value_at + value.size, align), align, false};
}

static Val *load_map(wit_type_t type, uint8_t *bytes, size_t len) {
  uint32_t value_at;
  Layout entry = canonical_entry_layout(type, &value_at);
  if (len > LARGEST / entry.size) fail_block();
  memory_take(bytes, len * entry.size, entry.align);
  Val *map = value_compound(V_MAP, 2 * len);
  map->detail = (uint32_t)len;
  for (size_t i = 0; i < len; i++) {
    map->items[2 * i] = canonical_load(parts_at(type, 0), bytes + i * entry.size);
    map->items[2 * i + 1] = canonical_load(parts_at(type, 1), bytes + i * entry.size + value_at);
  }
  if (len) memory_free(bytes);
  return map;
}
#endif

Val *canonical_load_list(wit_type_t element, uint8_t *bytes, size_t len) {
  Layout layout = canonical_layout(element);
  if (len > LARGEST / layout.size) fail_block();
  memory_take(bytes, len * layout.size, layout.align);
  Val *list = value_compound(V_LIST, len);
  list->detail = (uint32_t)len;
  for (size_t i = 0; i < len; i++) list->items[i] = canonical_load(element, bytes + i * layout.size);
  if (len) memory_free(bytes);
  return list;
}

static Val *load_pointer(wit_type_t type, const uint8_t *from) {
  uint8_t *bytes = (uint8_t *)(uintptr_t)load_bits(from, 4);
  size_t len = (size_t)load_bits(from + 4, 4);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_LIST) return canonical_load_list(parts_at(type, 0), bytes, len);
#if WIT_DYLIB_VERSION >= 3
  if (WIT_TYPE_KIND(type) == WIT_TYPE_MAP) return load_map(type, bytes, len);
#endif
  memory_take(bytes, len, 1);
  return value_bytes(V_STRING, len ? bytes : NULL, len, len);
}

Val *canonical_load(wit_type_t type, const uint8_t *from) {
  type = world_resolve_alias(type);
  switch (shape_of(type)) {
    case SHAPE_SCALAR: return load_scalar(type, from);
    case SHAPE_BITS: return value_scalar(V_FLAGS, load_bits(from, flags_size(parts_count(type))));
    case SHAPE_PRODUCT: return load_product(type, from);
    case SHAPE_SUM: return load_sum(type, from);
    case SHAPE_POINTER: return load_pointer(type, from);
    default: fail_type();
  }
}

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

static void store_number(uint8_t *to, size_t size, const Val *value, Kind kind) {
  if (value->kind != kind) fail_pop_kind();
  memcpy(to, &value->bits, size);
}

static void store_product(Context *context, wit_type_t type, uint8_t *to, const Val *value) {
  if (value->kind != V_RECORD || value->len != parts_count(type)) fail_pop_kind();
  uint32_t offset = 0;
  for (uint32_t i = 0; i < value->len; i++) {
    Layout layout = canonical_layout(parts_at(type, i));
    offset = align_to(offset, layout.align);
    canonical_store(context, parts_at(type, i), to + offset, value->items[i]);
    offset += layout.size;
  }
}

static void store_sum(Context *context, wit_type_t type, uint8_t *to, const Val *value) {
  size_t cases = parts_count(type);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_ENUM) {
    store_number(to, discriminant_size(cases), value, V_ENUM);
    return;
  }
  if (value->kind != V_VARIANT) fail_pop_kind();
  wit_type_t payload = value->detail < cases ? parts_at(type, value->detail) : (wit_type_t)-1;
  if (value->len != !is_none(payload)) fail_pop_kind();
  memcpy(to, &value->detail, discriminant_size(cases));
  if (value->len) canonical_store(context, payload, to + payload_offset(type), value->items[0]);
}

static uint8_t *held(Context *context, size_t size) {
  if (!size) return NULL;
  uint8_t *bytes = memory_alloc_given(size);
  context_hold(context, value_bytes(V_RAW, bytes, 0, size));
  return bytes;
}

uint8_t *canonical_store_list(Context *context, wit_type_t element, Val *list) {
  Layout layout = canonical_layout(element);
  uint8_t *bytes = held(context, (size_t)list->len * layout.size);
  for (uint32_t i = 0; i < list->len; i++) canonical_store(context, element, bytes + i * layout.size, list->items[i]);
  return bytes;
}

#if WIT_DYLIB_VERSION >= 3
static uint8_t *store_map(Context *context, wit_type_t type, const Val *map) {
  uint32_t value_at;
  Layout entry = canonical_entry_layout(type, &value_at);
  uint8_t *bytes = held(context, (size_t)map->detail * entry.size);
  for (uint32_t i = 0; i < map->detail; i++) {
    canonical_store(context, parts_at(type, 0), bytes + i * entry.size, map->items[2 * i]);
    canonical_store(context, parts_at(type, 1), bytes + i * entry.size + value_at, map->items[2 * i + 1]);
  }
  return bytes;
}
#endif

static void store_pointer(Context *context, wit_type_t type, uint8_t *to, Val *value) {
  unsigned kind = WIT_TYPE_KIND(type);
  const uint8_t *bytes = NULL;
  uint32_t len = value->len;
  if (value->kind == V_POINTER) {
    bytes = (const uint8_t *)(uintptr_t)value->bits;
  } else if ((kind == WIT_TYPE_STRING && value->kind == V_STRING) || (kind == WIT_TYPE_LIST && value->kind == V_RAW)) {
    context_hold(context, value_retain(value));
    bytes = value->bytes;
  } else if (kind == WIT_TYPE_LIST && value->kind == V_LIST) {
    bytes = canonical_store_list(context, parts_at(type, 0), value);
#if WIT_DYLIB_VERSION >= 3
  } else if (kind == WIT_TYPE_MAP && value->kind == V_MAP) {
    bytes = store_map(context, type, value);
    len = value->detail;
#endif
  } else {
    fail_pop_kind();
  }
  if (!bytes) bytes = (const uint8_t *)EMPTY_ADDRESS;
  uint32_t address = (uint32_t)(uintptr_t)bytes;
  memcpy(to, &address, sizeof address);
  memcpy(to + 4, &len, sizeof len);
}

void canonical_store(Context *context, wit_type_t type, uint8_t *to, Val *value) {
  type = world_resolve_alias(type);
  switch (shape_of(type)) {
    case SHAPE_SCALAR: store_number(to, SCALARS[type].size, value, (Kind)SCALARS[type].kind); return;
    case SHAPE_BITS: store_number(to, flags_size(parts_count(type)), value, V_FLAGS); return;
    case SHAPE_PRODUCT: store_product(context, type, to, value); return;
    case SHAPE_SUM: store_sum(context, type, to, value); return;
    case SHAPE_POINTER: store_pointer(context, type, to, value); return;
    default: fail_type();
  }
}

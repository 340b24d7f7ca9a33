#include "heap.h"

#include "canonical.h"
#include "parts.h"
#include "world.h"

static size_t of_list(wit_type_t element, const Val *list) {
  if (list->kind == V_RAW) return list->size; /* a list of numbers that was taken whole */
  size_t bytes = (size_t)list->len * canonical_layout(element).size;
  for (uint32_t i = 0; i < list->len; i++) bytes += heap_bytes(element, list->items[i]);
  return bytes;
}

#if WIT_DYLIB_VERSION >= 3
static size_t of_map(wit_type_t type, const Val *map) {
  uint32_t value_at;
  size_t bytes = (size_t)map->detail * canonical_entry_layout(type, &value_at).size;
  for (uint32_t i = 0; i < map->len; i++) bytes += heap_bytes(parts_at(type, i % 2), map->items[i]);
  return bytes;
}
#endif

static size_t of_product(wit_type_t type, const Val *value) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < value->len; i++) bytes += heap_bytes(parts_at(type, i), value->items[i]);
  return bytes;
}

size_t heap_bytes(wit_type_t type, const Val *value) {
  type = world_resolve_alias(type);
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_STRING: return value->len;
    case WIT_TYPE_LIST: return of_list(parts_at(type, 0), value);
#if WIT_DYLIB_VERSION >= 3
    case WIT_TYPE_MAP: return of_map(type, value);
#endif
    case WIT_TYPE_RECORD:
    case WIT_TYPE_TUPLE:
    case WIT_TYPE_FIXED_LENGTH_LIST: return of_product(type, value);
    case WIT_TYPE_VARIANT:
    case WIT_TYPE_OPTION:
    case WIT_TYPE_RESULT: return value->len ? heap_bytes(parts_at(type, value->detail), value->items[0]) : 0;
    default: return 0;
  }
}

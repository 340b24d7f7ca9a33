/* Lists and maps, in both directions: whole in canonical form, or element by element. */
#include "canonical.h"
#include "context.h"
#include "fail.h"
#include "memory.h"
#include "script.h"
#include "trace.h"
#include "world.h"

static wit_type_t element_type(size_t ty) {
  return world_resolve_alias(world()->lists[world_index(ty, world()->num_lists)].ty);
}

/* ---- Push -------------------------------------------------------------------------------------------------------- */

static void event_announced(const char *event, size_t ty, size_t len) {
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_unsigned(len);
}

static void event_push_list(size_t ty, size_t len, bool whole) {
  event_announced("push_list", ty, len);
  trace_answer();
  trace_unsigned(whole);
}

static Val *take_numbers(size_t ty, wit_type_t element, uint8_t *bytes, size_t len) {
  size_t element_size = canonical_layout(element).size;
  if (len > UINT32_MAX / element_size) fail_block();
  size_t size = len * element_size;
  memory_take(bytes, size, element_size);
  event_push_list(ty, len, true);
  trace_bytes_only(bytes, size);
  Val *value = value_bytes(V_RAW, size ? bytes : NULL, len, size);
  value->detail = element;
  return value;
}

static Val *take_any(size_t ty, wit_type_t element, uint8_t *bytes, size_t len) {
  Val *value = canonical_load_list(element, bytes, len);
  event_push_list(ty, len, true);
  trace_items(value);
  return value;
}

static bool goes_whole(wit_type_t element) {
  return script_lists == LISTS_ANY && !canonical_layout(element).has_handles;
}

bool wit_dylib_push_list(void *cx, size_t ty, uint8_t *bytes, size_t len) {
  Context *context = context_of(cx);
  wit_type_t element = element_type(ty);
  Val *whole = NULL;
  if (script_lists == LISTS_OF_NUMBERS && canonical_is_number(element))
    whole = take_numbers(ty, element, bytes, len);
  else if (goes_whole(element))
    whole = take_any(ty, element, bytes, len);
  else
    event_push_list(ty, len, false);
  trace_end();
  context_push(context, whole ? whole : value_growing(V_LIST, (uint32_t)len));
  return whole;
}

/* The list or map on top, which has room for one more element. */
static Val *growing(const Context *context, Kind kind) {
  Val *value = context_top(context);
  if (value->kind != kind || value->references != 1) fail_pop_kind();
  if (value_is_complete(value)) fail_list_length();
  return value;
}

static void event_type(const char *event, size_t ty) {
  trace_named(event, strlen(event));
  trace_unsigned(ty);
  trace_end();
}

void wit_dylib_list_append(void *cx, size_t ty) {
  Context *context = context_of(cx);
  world_index(ty, world()->num_lists);
  event_type("list_append", ty);
  Val *element = context_pop(context);
  value_append(growing(context, V_LIST), element);
}

/* ---- Pop --------------------------------------------------------------------------------------------------------- */

static size_t give_whole(Context *context, size_t ty, Val *value, void **ptr) {
  size_t len = value->len;
  trace_event("pop_list");
  trace_unsigned(ty);
  trace_answer();
  trace_unsigned(len);
  if (value->kind == V_POINTER) {
    *ptr = (void *)(uintptr_t)value->bits;
    trace_bytes_only(NULL, 0);
  } else {
    *ptr = value->size ? value->bytes : (void *)EMPTY_ADDRESS;
    trace_bytes_only(value->bytes, value->size);
  }
  trace_end();
  context_hold(context, value);
  return len;
}

/* Nothing is traced before all elements are stored: one of them may be of a wrong kind. */
static size_t give_any(Context *context, size_t ty, wit_type_t element, Val *list, void **ptr) {
  uint8_t *bytes = canonical_store_list(context, element, list);
  *ptr = bytes ? bytes : (void *)EMPTY_ADDRESS;
  trace_event("pop_list");
  trace_unsigned(ty);
  trace_answer();
  trace_unsigned(list->len);
  trace_items(list);
  trace_end();
  size_t len = list->len;
  context_hold(context, list);
  return len;
}

/* The length that a collection claims to have when it goes element by element. That of a pointer is followed by no
   element: the first `iter_next` fails. */
static size_t claimed_length(const Val *value, Kind kind) {
  if (value->kind != kind && value->kind != V_POINTER) fail_pop_kind();
  return value->kind == V_MAP ? value->detail : value->len;
}

/* Takes `collection` over and leaves an iterator over it. */
static void push_iterator(Context *context, Kind kind, Val *collection) {
  Val *iterator = value_compound(kind, 1);
  iterator->items[0] = collection;
  context_push(context, iterator);
}

size_t wit_dylib_pop_list(void *cx, size_t ty, void **ptr) {
  Context *context = context_of(cx);
  world_index(ty, world()->num_lists);
  Val *value = context_pop(context);
  if (value->kind == V_RAW || (value->kind == V_POINTER && (uintptr_t)value->bits)) /* null means an iterator */
    return give_whole(context, ty, value, ptr);
  size_t len = claimed_length(value, V_LIST);
  wit_type_t element = element_type(ty);
  if (value->kind == V_LIST && goes_whole(element)) return give_any(context, ty, element, value, ptr);
  *ptr = NULL;
  push_iterator(context, V_LIST_ITERATOR, value);
  trace_event("pop_list");
  trace_unsigned(ty);
  trace_answer();
  trace_unsigned(len);
  trace_end();
  return len;
}

static Val *iterator_on_top(const Context *context, Kind kind) {
  Val *iterator = context_top(context);
  if (iterator->kind != kind) fail_pop_kind();
  return iterator;
}

static void end_iterator(void *cx, const char *event, size_t ty, Kind kind) {
  Context *context = context_of(cx);
  event_type(event, ty);
  Val *iterator = iterator_on_top(context, kind);
  if (iterator->bits != iterator->items[0]->len) fail_iterator();
  value_release(context_pop(context));
}

static void next_element(void *cx, const char *event, size_t ty) {
  Context *context = context_of(cx);
  event_type(event, ty);
  Val *iterator = iterator_on_top(context, V_LIST_ITERATOR);
  const Val *list = iterator->items[0];
  if (list->kind == V_POINTER || iterator->bits >= list->len) fail_iterator();
  context_push(context, value_retain(list->items[iterator->bits++]));
}

#if WIT_DYLIB_VERSION >= 3

void wit_dylib_pop_list_iter_next(void *cx, size_t ty) { next_element(cx, "pop_list_iter_next", ty); }
void wit_dylib_pop_list_iter(void *cx, size_t ty) { end_iterator(cx, "pop_list_iter", ty, V_LIST_ITERATOR); }

/* ---- Maps -------------------------------------------------------------------------------------------------------- */

void wit_dylib_push_map(void *cx, size_t ty, size_t len) {
  Context *context = context_of(cx);
  world_index(ty, world()->num_maps);
  event_announced("push_map", ty, len);
  trace_end();
  context_push(context, value_growing(V_MAP, (uint32_t)len));
}

void wit_dylib_map_append(void *cx, size_t ty) {
  Context *context = context_of(cx);
  world_index(ty, world()->num_maps);
  event_type("map_append", ty);
  Val *value = context_pop(context), *key = context_pop(context), *map = growing(context, V_MAP);
  value_append(map, key);
  value_append(map, value);
}

size_t wit_dylib_pop_map(void *cx, size_t ty) {
  Context *context = context_of(cx);
  world_index(ty, world()->num_maps);
  Val *map = context_pop(context);
  size_t len = claimed_length(map, V_MAP);
  push_iterator(context, V_MAP_ITERATOR, map);
  trace_event("pop_map");
  trace_unsigned(ty);
  trace_answer();
  trace_unsigned(len);
  trace_end();
  return len;
}

void wit_dylib_pop_map_iter_next(void *cx, size_t ty) {
  Context *context = context_of(cx);
  event_type("pop_map_iter_next", ty);
  Val *iterator = iterator_on_top(context, V_MAP_ITERATOR);
  const Val *map = iterator->items[0];
  if (map->kind == V_POINTER || iterator->bits >= map->len) fail_iterator();
  size_t next = (size_t)iterator->bits;
  iterator->bits += 2;
  context_push(context, value_retain(map->items[next + 1]));
  context_push(context, value_retain(map->items[next]));
}

void wit_dylib_pop_map_iter(void *cx, size_t ty) { end_iterator(cx, "pop_map_iter", ty, V_MAP_ITERATOR); }

#else

void wit_dylib_pop_iter_next(void *cx, size_t ty) { next_element(cx, "pop_list_iter_next", ty); }
void wit_dylib_pop_iter(void *cx, size_t ty) { end_iterator(cx, "pop_list_iter", ty, V_LIST_ITERATOR); }

#endif

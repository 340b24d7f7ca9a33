#include "value.h"

#include "canonical.h"
#include "fail.h"
#include "memory.h"

static Val *create(Kind kind) {
  Val *value = memory_alloc(sizeof(Val));
  *value = (Val){.kind = (uint8_t)kind, .references = 1};
  return value;
}

Val *value_scalar(Kind kind, uint64_t bits) {
  Val *value = create(kind);
  value->bits = bits;
  return value;
}

Val *value_handle(Kind kind, uint32_t index, uint32_t handle) {
  Val *value = value_scalar(kind, handle);
  value->detail = index;
  return value;
}

Val *value_compound(Kind kind, size_t len) {
  Val *value = create(kind);
  if (len > UINT32_MAX / sizeof(Val *)) fail_memory();
  value->items = memory_alloc(len * sizeof(Val *));
  value->len = (uint32_t)len;
  return value;
}

Val *value_bytes(Kind kind, uint8_t *bytes, size_t len, size_t size) {
  Val *value = create(kind);
  value->bytes = bytes;
  value->len = (uint32_t)len;
  value->size = (uint32_t)size;
  return value;
}

Val *value_growing(Kind kind, uint32_t announced) {
  Val *value = create(kind);
  value->detail = announced;
  return value;
}

void value_append(Val *list, Val *item) {
  if (list->len == list->size) {
    uint32_t room = list->size ? list->size * 2 : 8;
    list->items = memory_resize(list->items, room * sizeof(Val *));
    list->size = room;
  }
  list->items[list->len++] = item;
}

bool value_is_complete(const Val *value) {
  switch (value->kind) {
    case V_LIST: return value->len == value->detail;
    case V_MAP: return value->len == 2 * (uint64_t)value->detail;
    default: return true;
  }
}

Val *value_retain(Val *value) {
  value->references++;
  return value;
}

static bool has_items(const Val *value) {
  switch (value->kind) {
    case V_RECORD:
    case V_VARIANT:
    case V_LIST:
    case V_MAP:
    case V_LIST_ITERATOR:
    case V_MAP_ITERATOR: return true;
    default: return false;
  }
}

/* Without recursion: the stack stays flat for values of any depth. */
void value_release(Val *value) {
  if (!value || --value->references) return;
  Val *todo = NULL;
  for (;;) {
    if (has_items(value)) {
      Val **items = value->items;
      for (uint32_t i = 0; i < value->len; i++) {
        Val *item = items[i];
        if (--item->references) continue;
        item->bits = (uintptr_t)todo; /* no code reads its bits any more: they link the values to release */
        todo = item;
      }
      memory_free(items);
    } else if (value->kind == V_STRING || value->kind == V_RAW) {
      memory_free(value->bytes);
    }
    memory_free(value);
    if (!todo) return;
    value = todo;
    todo = (Val *)(uintptr_t)value->bits;
  }
}

static Val *pick_raw(const Val *raw, size_t index) {
  if (!canonical_is_number(raw->detail)) fail_pick();
  size_t size = canonical_layout(raw->detail).size;
  if (index >= raw->len || raw->size / size <= index) fail_pick();
  return canonical_load(raw->detail, raw->bytes + index * size);
}

Val *value_pick(const Val *value, size_t index) {
  if (value->kind == V_RAW) return pick_raw(value, index);
  if (!has_items(value) || index >= value->len) fail_pick();
  return value_retain(value->items[index]);
}

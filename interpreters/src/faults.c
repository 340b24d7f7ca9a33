#include "faults.h"

#include "context.h"
#include "memory.h"

static Fault chosen;

/* The mutant calls this before anything else; the numbers are the places in FAULTS, from 1. */
__attribute__((visibility("default"))) void boxed_choose_fault(uint32_t fault) { chosen = (Fault)fault; }

bool fault_is(Fault fault) { return chosen == fault; }

/* ---- Handles that are lost --------------------------------------------------------------------------------------- */

typedef struct Kept {
  struct Kept *next;
  const void *key;
  Val *values;
} Kept;

static Kept *kept;

void fault_keep(const void *key, Val *values) {
  Kept *made = memory_alloc(sizeof *made);
  *made = (Kept){kept, key, value_retain(values)};
  kept = made;
}

typedef struct Lost {
  struct Lost *next;
  uint64_t type, handle;
} Lost;

static Lost *lost;

static void lose(const Val *value) {
  if (value->kind == V_OWN) {
    Lost *made = memory_alloc(sizeof *made);
    *made = (Lost){lost, value->detail, value->bits};
    lost = made;
  } else if (value->kind >= V_RECORD && value->kind <= V_MAP) {
    for (uint32_t i = 0; i < value->len; i++) lose(value->items[i]);
  }
}

void fault_lose(const void *key, uint32_t from) {
  for (Kept **link = &kept; *link; link = &(*link)->next) {
    Kept *found = *link;
    if (found->key != key) continue;
    for (uint32_t i = from; i < found->values->len; i++) lose(found->values->items[i]);
    *link = found->next;
    value_release(found->values);
    memory_free(found);
    return;
  }
}

bool fault_has_lost(const Val *handle) {
  for (const Lost *item = lost; item; item = item->next)
    if (item->type == handle->detail && item->handle == handle->bits) return true;
  return false;
}

/* ---- Others ------------------------------------------------------------------------------------------------------ */

uint32_t fault_set(uint32_t set) {
  static uint32_t last;
  if (!fault_is(FAULT_waits_in_another_set)) return set;
  uint32_t other = last ? last : set;
  last = set;
  return other;
}

static void (*given_drop)(uint32_t end);
static uint32_t given_end;

void fault_given(void *cx, void (*drop)(uint32_t end)) {
  given_drop = drop;
  given_end = (uint32_t)context_top(context_of(cx))->bits;
}

void fault_after_call(void) {
  if (given_drop) given_drop(given_end);
  given_drop = NULL;
}

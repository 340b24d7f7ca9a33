/* Handles of resources, and readable ends of streams and futures. */
#include "handles.h"

/* The representation of a resource that this component exports is the address of this. */
struct wrapper {
  uint32_t handle; /* of the imported resource; 0: given away */
  void (*drop)(uint32_t handle);
};

static const wit_resource_t *resource_of(wit_type_t handle) { return &world->resources[WIT_TYPE_INDEX(handle)]; }

static bool is_end(wit_type_t type) {
  return WIT_TYPE_KIND(type) == WIT_TYPE_STREAM || WIT_TYPE_KIND(type) == WIT_TYPE_FUTURE;
}

static void drop_end(uint32_t end, wit_type_t type) {
  uint32_t index = WIT_TYPE_INDEX(type);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_STREAM)
    world->streams[index].drop_readable(end);
  else
    world->futures[index].drop_readable(end);
}

/* A borrow of an exported resource is its representation, not a handle, so it is not dropped. */
void drop_handle(struct value *handle, wit_type_t type) {
  if (is_end(type)) {
#ifdef MUTANT_END_LEAKED
    return;
#endif
    drop_end((uint32_t)handle->bits, type);
    return;
  }
  const wit_resource_t *resource = resource_of(type);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_BORROW && resource->new_) return;
#ifdef MUTANT_OWN_LEAKED
  if (WIT_TYPE_KIND(type) == WIT_TYPE_OWN) return;
#endif
  resource->drop((uint32_t)handle->bits);
}

void drop_owned(struct value *handle, wit_type_t type) {
  if (WIT_TYPE_KIND(type) != WIT_TYPE_BORROW) drop_handle(handle, type);
}

void drop_borrow(struct value *handle, wit_type_t type) {
#ifdef MUTANT_BORROW_KEPT
  return;
#endif
  if (WIT_TYPE_KIND(type) == WIT_TYPE_BORROW) drop_handle(handle, type);
}

/* ---- Faulty variants, for tests: what they give is not the end that they got ------------------------------------- */

#if defined(MUTANT_NEW_END) || defined(MUTANT_EARLIER_END)
static uint32_t new_end(wit_type_t type) {
  uint32_t index = WIT_TYPE_INDEX(type);
  return (uint32_t)(WIT_TYPE_KIND(type) == WIT_TYPE_STREAM ? world->streams[index].new_() : world->futures[index].new_());
}
#endif

#if defined(MUTANT_EARLIER_END) || defined(MUTANT_END_TWICE) || defined(MUTANT_EXCHANGED_ENDS)
/* An end of each type: the last one, or the first one of the call. */
enum { TYPES = 64 };
static struct value *given[2][TYPES];

static struct value **given_of(wit_type_t type) {
  if (WIT_TYPE_INDEX(type) >= TYPES) __builtin_trap();
  return &given[WIT_TYPE_KIND(type) == WIT_TYPE_STREAM][WIT_TYPE_INDEX(type)];
}
#endif

void forget_given(void) {
#if defined(MUTANT_END_TWICE) || defined(MUTANT_EXCHANGED_ENDS)
  for (size_t at = 0; at < TYPES; at++) given[0][at] = given[1][at] = 0;
#endif
}

void give(struct value *handle, wit_type_t type) {
  if (!is_end(type)) return;
  (void)handle;
#ifdef MUTANT_NEW_END
  drop_end((uint32_t)handle->bits, type);
  handle->bits = new_end(type);
#endif
#ifdef MUTANT_EARLIER_END
  struct value **kept = given_of(type);
  if (!*kept) {
    *kept = allocate(sizeof **kept);
    (*kept)->bits = new_end(type);
  }
  uint64_t earlier = (*kept)->bits;
  (*kept)->bits = handle->bits;
  handle->bits = earlier;
#endif
#ifdef MUTANT_END_TWICE
  struct value **first = given_of(type);
  if (*first)
    handle->bits = (*first)->bits;
  else
    *first = handle;
#endif
#ifdef MUTANT_EXCHANGED_ENDS
  struct value **first = given_of(type);
  if (*first) {
    uint64_t bits = (*first)->bits;
    (*first)->bits = handle->bits;
    handle->bits = bits;
  } else {
    *first = handle;
  }
#endif
}

/* ---- Resources that are imported and exported -------------------------------------------------------------------- */

void unwrap(struct value *handle, wit_type_t type) {
  if (is_end(type)) {
    give(handle, type);
    return;
  }
  const wit_resource_t *resource = resource_of(type);
  if (!resource->new_) return;
  uint32_t own = (uint32_t)handle->bits;
  bool borrowed = WIT_TYPE_KIND(type) == WIT_TYPE_BORROW;
  struct wrapper *wrapper = (struct wrapper *)(borrowed ? handle->bits : resource->rep(own));
  handle->bits = wrapper->handle;
  if (!borrowed) {
    wrapper->handle = 0;
    resource->drop(own);
  }
}

static const wit_resource_t *imported_resource(const wit_resource_t *exported) {
  for (size_t at = 0; at < world->num_resources; at++) {
    const wit_resource_t *found = &world->resources[at];
    if (!found->new_ && same_name(found->interface, exported->interface) && same_name(found->name, exported->name))
      return found;
  }
  __builtin_trap();
}

void wrap(struct value *handle, wit_type_t type) {
  if (is_end(type)) {
    give(handle, type);
    return;
  }
  const wit_resource_t *resource = resource_of(type);
  if (!resource->new_) return;
  struct wrapper *wrapper = allocate(sizeof *wrapper);
  *wrapper = (struct wrapper){(uint32_t)handle->bits, imported_resource(resource)->drop};
  handle->bits = resource->new_((size_t)wrapper);
}

void wit_dylib_resource_dtor(size_t ty, size_t rep) {
  (void)ty;
  struct wrapper *wrapper = (struct wrapper *)rep;
  if (wrapper->handle) wrapper->drop(wrapper->handle);
  release(wrapper);
}

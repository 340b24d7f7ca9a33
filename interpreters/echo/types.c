/* Types of the world. */
#include "types.h"

wit_type_t resolved(wit_type_t type) {
  while (WIT_TYPE_KIND(type) == WIT_TYPE_ALIAS) type = world->aliases[WIT_TYPE_INDEX(type)].ty;
  return type;
}

bool same_name(const char *one, const char *other) {
  if (!one || !other) return one == other;
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

static bool same_resource(uint32_t one, uint32_t other, bool paired) {
  const wit_resource_t *a = &world->resources[one], *b = &world->resources[other];
  if (one == other) return true;
  return paired && !a->new_ != !b->new_ && same_name(a->interface, b->interface) && same_name(a->name, b->name);
}

static bool same_names(size_t count, const char *const *one, size_t other_count, const char *const *other) {
  if (count != other_count) return false;
  for (size_t at = 0; at < count; at++)
    if (!same_name(one[at], other[at])) return false;
  return true;
}

#define BOTH(array) const __typeof__(world->array[0]) *a = &world->array[i], *b = &world->array[j]

bool same_type(wit_type_t one, wit_type_t other, bool paired) {
  one = resolved(one), other = resolved(other);
  if (one == other) return true;
  if (WIT_TYPE_KIND(one) != WIT_TYPE_KIND(other)) return false;
  uint32_t i = WIT_TYPE_INDEX(one), j = WIT_TYPE_INDEX(other);
  switch (WIT_TYPE_KIND(one)) {
  case WIT_TYPE_OWN:
  case WIT_TYPE_BORROW:
    return same_resource(i, j, paired);
  case WIT_TYPE_RECORD: {
    BOTH(records);
    if (a->nfields != b->nfields) return false;
    for (size_t at = 0; at < a->nfields; at++)
      if (!same_name(a->fields[at].name, b->fields[at].name) ||
          !same_type(a->fields[at].ty, b->fields[at].ty, paired))
        return false;
    return true;
  }
  case WIT_TYPE_TUPLE: {
    BOTH(tuples);
    if (a->ntypes != b->ntypes) return false;
    for (size_t at = 0; at < a->ntypes; at++)
      if (!same_type(a->types[at], b->types[at], paired)) return false;
    return true;
  }
  case WIT_TYPE_VARIANT: {
    BOTH(variants);
    if (a->ncases != b->ncases) return false;
    for (size_t at = 0; at < a->ncases; at++)
      if (!same_name(a->cases[at].name, b->cases[at].name) || !same_type(a->cases[at].ty, b->cases[at].ty, paired))
        return false;
    return true;
  }
  case WIT_TYPE_FLAGS: {
    BOTH(flags);
    return same_names(a->nnames, a->names, b->nnames, b->names);
  }
  case WIT_TYPE_ENUM: {
    BOTH(enums);
    return same_names(a->nnames, a->names, b->nnames, b->names);
  }
  case WIT_TYPE_OPTION: {
    BOTH(options);
    return same_type(a->ty, b->ty, paired);
  }
  case WIT_TYPE_RESULT: {
    BOTH(results);
    return same_type(a->ok, b->ok, paired) && same_type(a->err, b->err, paired);
  }
  case WIT_TYPE_LIST: {
    BOTH(lists);
    return same_type(a->ty, b->ty, paired);
  }
#if WIT_DYLIB_VERSION >= 3
  case WIT_TYPE_MAP: {
    BOTH(maps);
    return same_type(a->key_type, b->key_type, paired) && same_type(a->value_type, b->value_type, paired);
  }
#endif
  case WIT_TYPE_FIXED_LENGTH_LIST: {
    BOTH(fixed_length_lists);
    return a->size == b->size && same_type(a->ty, b->ty, paired);
  }
  /* Who gives an end on does not see what it carries, so resources in it must be the same. */
  case WIT_TYPE_FUTURE: {
    BOTH(futures);
    return same_type(a->ty, b->ty, false);
  }
  case WIT_TYPE_STREAM: {
    BOTH(streams);
    return same_type(a->ty, b->ty, false);
  }
  default: /* a primitive type of another name */
    return false;
  }
}

/* The type of part `at` of a value. */
static wit_type_t part_type(const struct value *value, wit_type_t type, size_t at) {
  uint32_t index = WIT_TYPE_INDEX(type);
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_RECORD: return world->records[index].fields[at].ty;
  case WIT_TYPE_TUPLE: return world->tuples[index].types[at];
  case WIT_TYPE_VARIANT: return world->variants[index].cases[value->bits].ty;
  case WIT_TYPE_OPTION: return world->options[index].ty;
  case WIT_TYPE_RESULT: return value->bits ? world->results[index].err : world->results[index].ok;
  case WIT_TYPE_LIST: return world->lists[index].ty;
#if WIT_DYLIB_VERSION >= 3
  case WIT_TYPE_MAP: return at & 1 ? world->maps[index].value_type : world->maps[index].key_type;
#endif
  case WIT_TYPE_FIXED_LENGTH_LIST: return world->fixed_length_lists[index].ty;
  default: __builtin_trap();
  }
}

void visit_handles(struct value *value, wit_type_t type, handle_visitor visit) {
  type = resolved(type);
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_OWN:
  case WIT_TYPE_BORROW:
  case WIT_TYPE_FUTURE:
  case WIT_TYPE_STREAM:
    visit(value, type);
    return;
  default:
    for (size_t at = 0; value->parts && at < value->length; at++)
      visit_handles(value->parts[at], part_type(value, type, at), visit);
  }
}

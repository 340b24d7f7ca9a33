/* Types of the world: aliases, equality, and the type that a program means by a text of WIT. */
#include <stdlib.h>
#include <string.h>

#include "glue.h"

wit_type_t resolved(wit_type_t type) {
  while (WIT_TYPE_KIND(type) == WIT_TYPE_ALIAS) type = world->aliases[WIT_TYPE_INDEX(type)].ty;
  return type;
}

bool may_be_nil(wit_type_t type) { return WIT_TYPE_KIND(resolved(type)) == WIT_TYPE_OPTION; }

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

struct type_part type_part(wit_type_t type, size_t at) {
  size_t index = WIT_TYPE_INDEX(type);
  static const struct type_part none = {NULL, WIT_NONE, false};
#define ONE(array) (at ? none : (struct type_part){"", world->array[index].ty, true})
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_RECORD: {
    const wit_record_t *record = &world->records[index];
    return at < record->nfields ? (struct type_part){record->fields[at].name, record->fields[at].ty, true} : none;
  }
  case WIT_TYPE_TUPLE: {
    const wit_tuple_t *tuple = &world->tuples[index];
    return at < tuple->ntypes ? (struct type_part){"", tuple->types[at], true} : none;
  }
  case WIT_TYPE_VARIANT: {
    const wit_variant_t *variant = &world->variants[index];
    return at < variant->ncases ? (struct type_part){variant->cases[at].name, variant->cases[at].ty, true} : none;
  }
  case WIT_TYPE_FLAGS: {
    const wit_flags_t *flags = &world->flags[index];
    return at < flags->nnames ? (struct type_part){flags->names[at], WIT_NONE, true} : none;
  }
  case WIT_TYPE_ENUM: {
    const wit_enum_t *type = &world->enums[index];
    return at < type->nnames ? (struct type_part){type->names[at], WIT_NONE, true} : none;
  }
  case WIT_TYPE_RESULT:
    if (at > 1) return none;
    return (struct type_part){at ? "err" : "ok", at ? world->results[index].err : world->results[index].ok, true};
#if WIT_DYLIB_VERSION >= 3
  case WIT_TYPE_MAP:
    if (at > 1) return none;
    return (struct type_part){at ? "value" : "key", at ? world->maps[index].value_type : world->maps[index].key_type,
                              true};
#endif
  case WIT_TYPE_OPTION: return ONE(options);
  case WIT_TYPE_LIST: return ONE(lists);
  case WIT_TYPE_FIXED_LENGTH_LIST: return ONE(fixed_length_lists);
  case WIT_TYPE_FUTURE: return ONE(futures);
  case WIT_TYPE_STREAM: return ONE(streams);
  default: return none;
  }
#undef ONE
}

/* ---- Equality ---------------------------------------------------------------------------------------------------- */

static bool is_resource(wit_type_t type) {
  return WIT_TYPE_KIND(type) == WIT_TYPE_OWN || WIT_TYPE_KIND(type) == WIT_TYPE_BORROW;
}

bool same_type(wit_type_t one, wit_type_t other) {
  one = resolved(one), other = resolved(other);
  if (one == other) return true;
  if (WIT_TYPE_KIND(one) != WIT_TYPE_KIND(other) || is_resource(one) || one == WIT_NONE || other == WIT_NONE)
    return false;
  if (WIT_TYPE_KIND(one) == WIT_TYPE_FIXED_LENGTH_LIST &&
      world->fixed_length_lists[WIT_TYPE_INDEX(one)].size != world->fixed_length_lists[WIT_TYPE_INDEX(other)].size)
    return false;
  for (size_t at = 0;; at++) {
    struct type_part first = type_part(one, at), second = type_part(other, at);
    if (first.present != second.present) return false;
    if (!first.present) return true;
    if (strcmp(first.name, second.name) || !same_type(first.type, second.type)) return false;
  }
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static const char *const words[] = {
    [WIT_TYPE_U8] = "u8", [WIT_TYPE_U16] = "u16", [WIT_TYPE_U32] = "u32", [WIT_TYPE_U64] = "u64",
    [WIT_TYPE_S8] = "s8", [WIT_TYPE_S16] = "s16", [WIT_TYPE_S32] = "s32", [WIT_TYPE_S64] = "s64",
    [WIT_TYPE_BOOL] = "bool", [WIT_TYPE_CHAR] = "char", [WIT_TYPE_F32] = "f32", [WIT_TYPE_F64] = "f64",
    [WIT_TYPE_STRING] = "string", [WIT_TYPE_ERROR_CONTEXT] = "error-context", [WIT_TYPE_RECORD] = "record",
    [WIT_TYPE_OWN] = "own", [WIT_TYPE_BORROW] = "borrow", [WIT_TYPE_FLAGS] = "flags", [WIT_TYPE_TUPLE] = "tuple",
    [WIT_TYPE_VARIANT] = "variant", [WIT_TYPE_ENUM] = "enum", [WIT_TYPE_OPTION] = "option",
    [WIT_TYPE_RESULT] = "result", [WIT_TYPE_LIST] = "list", [WIT_TYPE_FIXED_LENGTH_LIST] = "fixed-length list",
    [WIT_TYPE_FUTURE] = "future", [WIT_TYPE_STREAM] = "stream",
#if WIT_DYLIB_VERSION >= 3
    [WIT_TYPE_MAP] = "map",
#endif
};

const char *type_word(wit_type_t type) { return words[WIT_TYPE_KIND(type)]; }

/* The name that a type has in an interface, null if it has none. The interface is null in the world. */
static const char *name_of(wit_type_t type, const char **interface) {
  size_t index = WIT_TYPE_INDEX(type);
#define NAMED(kind, array) \
  case kind: *interface = world->array[index].interface; return world->array[index].name
  switch (WIT_TYPE_KIND(type)) {
    NAMED(WIT_TYPE_RECORD, records);
    NAMED(WIT_TYPE_OWN, resources);
    NAMED(WIT_TYPE_FLAGS, flags);
    NAMED(WIT_TYPE_TUPLE, tuples);
    NAMED(WIT_TYPE_VARIANT, variants);
    NAMED(WIT_TYPE_ENUM, enums);
    NAMED(WIT_TYPE_OPTION, options);
    NAMED(WIT_TYPE_RESULT, results);
    NAMED(WIT_TYPE_LIST, lists);
    NAMED(WIT_TYPE_FIXED_LENGTH_LIST, fixed_length_lists);
    NAMED(WIT_TYPE_FUTURE, futures);
    NAMED(WIT_TYPE_STREAM, streams);
    NAMED(WIT_TYPE_ALIAS, aliases);
#if WIT_DYLIB_VERSION >= 3
    NAMED(WIT_TYPE_MAP, maps);
#endif
  default: return NULL;
  }
#undef NAMED
}

/* Takes a word from the text, after spaces, and nothing if the text goes on otherwise. */
static bool take(const char **text, const char *word) {
  const char *at = *text + strspn(*text, " ");
  size_t length = strlen(word);
  bool whole = !strspn(word, "<,>#"); /* a word ends where no letter follows */
  if (strncmp(at, word, length) || (whole && at[length] && !strchr(" <,>#", at[length]))) return false;
  *text = at + length;
  return true;
}

/* `name` or `interface#name`. */
static bool take_name(const char **text, wit_type_t type) {
  const char *interface = NULL, *name = name_of(type, &interface), *at = *text;
  if (!name) return false;
  if (take(text, name)) return true;
  if (interface && take(&at, interface) && take(&at, "#") && take(&at, name)) {
    *text = at;
    return true;
  }
  return false;
}

static bool take_type(const char **text, wit_type_t type);

static bool take_length(const char **text, size_t length) {
  char *end;
  if (!take(text, ",")) return false;
  bool same = strtoull(*text, &end, 10) == length;
  *text = end;
  return same;
}

/* `<part, part>`; `_` is no type, and none of these at the end. */
static bool take_parts(const char **text, wit_type_t type) {
  size_t count = 0;
  for (size_t at = 0; type_part(type, at).present; at++)
    if (type_part(type, at).type != WIT_NONE) count = at + 1;
  for (size_t at = 0; at < count; at++) {
    wit_type_t part = type_part(type, at).type;
    if (!take(text, at ? "," : "<") || !(part == WIT_NONE ? take(text, "_") : take_type(text, part))) return false;
  }
  if (WIT_TYPE_KIND(type) == WIT_TYPE_FIXED_LENGTH_LIST &&
      !take_length(text, world->fixed_length_lists[WIT_TYPE_INDEX(type)].size))
    return false;
  return !count || take(text, ">");
}

static bool take_type(const char **text, wit_type_t type) {
  if (take_name(text, type)) return true;
  const char *at = *text;
  bool taken;
  switch (WIT_TYPE_KIND(type)) {
  case WIT_TYPE_ALIAS: return take_type(text, world->aliases[WIT_TYPE_INDEX(type)].ty);
  case WIT_TYPE_RECORD:
  case WIT_TYPE_VARIANT:
  case WIT_TYPE_FLAGS:
  case WIT_TYPE_ENUM: return false;
  case WIT_TYPE_OWN: taken = take(&at, "own") && take(&at, "<") && take_name(&at, type) && take(&at, ">"); break;
  case WIT_TYPE_FIXED_LENGTH_LIST: taken = take(&at, "list") && take_parts(&at, type); break;
  default: taken = take(&at, type_word(type)) && take_parts(&at, type);
  }
  if (taken) *text = at;
  return taken;
}

bool spelled(const char *text, wit_type_t type) {
  return type != WIT_NONE && take_type(&text, type) && !text[strspn(text, " ")];
}

#include "parts.h"

#include "world.h"

/* The entry of a type in its array; `plural` is the array, `num_plural` its length. */
#define ENTRY(plural, type) (world()->plural[world_index(WIT_TYPE_INDEX(type), world()->num_##plural)])

size_t parts_count(wit_type_t type) {
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_RECORD: return ENTRY(records, type).nfields;
    case WIT_TYPE_TUPLE: return ENTRY(tuples, type).ntypes;
    case WIT_TYPE_FIXED_LENGTH_LIST: return ENTRY(fixed_length_lists, type).size;
    case WIT_TYPE_VARIANT: return ENTRY(variants, type).ncases;
    case WIT_TYPE_ENUM: return ENTRY(enums, type).nnames;
    case WIT_TYPE_FLAGS: return ENTRY(flags, type).nnames;
    case WIT_TYPE_LIST: return 1;
    case WIT_TYPE_STRING: return 0;
    default: return 2; /* option, result, map */
  }
}

wit_type_t parts_at(wit_type_t type, size_t i) {
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_RECORD: return ENTRY(records, type).fields[i].ty;
    case WIT_TYPE_TUPLE: return ENTRY(tuples, type).types[i];
    case WIT_TYPE_FIXED_LENGTH_LIST: return ENTRY(fixed_length_lists, type).ty;
    case WIT_TYPE_VARIANT: return ENTRY(variants, type).cases[i].ty;
    case WIT_TYPE_OPTION: return i ? ENTRY(options, type).ty : (wit_type_t)-1;
    case WIT_TYPE_RESULT: return i ? ENTRY(results, type).err : ENTRY(results, type).ok;
    case WIT_TYPE_LIST: return ENTRY(lists, type).ty;
#if WIT_DYLIB_VERSION >= 3
    case WIT_TYPE_MAP: return i ? ENTRY(maps, type).value_type : ENTRY(maps, type).key_type;
#endif
    default: return (wit_type_t)-1; /* a case of an enum */
  }
}

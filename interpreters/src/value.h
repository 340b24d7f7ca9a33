/* `Val`: every value of the Component Model, boxed. Values have reference counts and are immutable once built. */
#ifndef BOXED_VALUE_H
#define BOXED_VALUE_H

#include "platform.h"

typedef enum Kind {
  V_BOOL,
  V_U8,
  V_U16,
  V_U32,
  V_U64,
  V_S8,
  V_S16,
  V_S32,
  V_S64,
  V_F32,
  V_F64,
  V_CHAR,
  V_FLAGS,
  V_ENUM,
  V_STRING,
  V_RECORD,  /* record, tuple, fixed-length list */
  V_VARIANT, /* variant, option, result; a payload is its one item */
  V_LIST,    /* element by element */
  V_MAP,     /* keys and values in turn */
  V_RAW,     /* a list as its canonical bytes */
  V_POINTER, /* given as the pointer and length of a string or list, with any contents */
  V_HANDLE,  /* a handle without a resource */
  V_OWN,
  V_BORROW,
  V_ERROR_CONTEXT,
  V_FUTURE,
  V_STREAM,
  V_LIST_ITERATOR, /* its item is the list; bits is the next index */
  V_MAP_ITERATOR,
  V_CALL, /* an asynchronous call; bits is its place among all calls */
  V_SET,  /* a waitable set */
} Kind;

typedef struct Val Val;
struct Val {
  uint8_t kind;
  uint32_t references;
  /* V_VARIANT: discriminant. V_OWN, V_BORROW, V_FUTURE, V_STREAM: index in the wit_t. V_RAW: element's type word.
   * V_LIST, V_MAP: the final number of elements or entries. */
  uint32_t detail;
  uint32_t len; /* items; V_STRING: bytes; V_RAW, V_POINTER: length as given */
  uint64_t bits; /* numbers, handles, addresses */
  union {
    Val **items;
    uint8_t *bytes;
  };
  uint32_t size; /* V_RAW: bytes; V_LIST, V_MAP: room for items */
};

Val *value_scalar(Kind kind, uint64_t bits);
Val *value_handle(Kind kind, uint32_t index, uint32_t handle);
/* With room for `len` items, which the caller must fill before anything else happens. */
Val *value_compound(Kind kind, size_t len);
/* Takes `bytes` over (interpreter's memory; null if empty). */
Val *value_bytes(Kind kind, uint8_t *bytes, size_t len, size_t size);
/* A list or map that grows up to `announced` elements. */
Val *value_growing(Kind kind, uint32_t announced);
void value_append(Val *list, Val *item);
/* Whether all announced elements are present (always, for other kinds). */
bool value_is_complete(const Val *value);

Val *value_retain(Val *value);
void value_release(Val *value); /* null is allowed */

/* The part at `index` (field, element, payload, key or value), retained; fail_pick if there is none. */
Val *value_pick(const Val *value, size_t index);

#endif

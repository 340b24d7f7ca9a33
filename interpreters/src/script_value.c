#include "script.h"

#include "fail.h"
#include "memory.h"
#if BOXED_ASYNC
#include "asynchronous/type_path.h"
#endif
#include "wit_dylib.h"

enum { MAX_DEPTH = 500 };

typedef struct Values {
  Reader *reader;
  const Arguments *arguments;
  bool build;
} Values;

Val *script_registers[256];

uint32_t read_register(Reader *reader) {
  uint32_t number = read_u32(reader);
  if (number > 255) fail_script_syntax();
  return number;
}

static Val *scalar(const Values *from, Kind kind, uint64_t bits) {
  return from->build ? value_scalar(kind, bits) : NULL;
}

static Val *any_value(const Values *from, unsigned depth);

/* `count` values as the items of a compound. Each needs a token, so the earlier check limits the memory. */
static Val *compound(const Values *from, Kind kind, uint64_t count, unsigned depth) {
  Val *value = from->build ? value_compound(kind, (size_t)count) : NULL;
  for (uint64_t i = 0; i < count; i++) {
    Val *item = any_value(from, depth);
    if (value) value->items[i] = item;
  }
  return value;
}

static Val *with_detail(Val *value, uint32_t detail) {
  if (value) value->detail = detail;
  return value;
}

static Val *listed(const Values *from, Kind kind, unsigned per_entry, unsigned depth) {
  uint32_t count = read_u32(from->reader);
  return with_detail(compound(from, kind, (uint64_t)count * per_entry, depth), count);
}

static Val *variant(const Values *from, uint32_t items, unsigned depth) {
  uint32_t discriminant = read_u32(from->reader);
  return with_detail(compound(from, V_VARIANT, items, depth), discriminant);
}

static Val *bytes(const Values *from, Kind kind) {
  size_t size, len = kind == V_RAW ? read_u32(from->reader) : 0;
  uint8_t *content = read_bytes(from->reader, from->build, &size);
  if (!from->build) return NULL;
  Val *value = value_bytes(kind, content, kind == V_RAW ? len : size, size);
  if (kind == V_RAW) value->detail = WIT_TYPE_EMPTY;
  return value;
}

static Val *pointer(const Values *from) {
  uint64_t address = read_integer(from->reader);
  uint32_t len = read_u32(from->reader);
  Val *value = scalar(from, V_POINTER, address);
  if (value) value->len = len;
  return value;
}

static Val *stored(const Values *from, Val *const *values, uint32_t number, size_t count) {
  if (!from->build) return NULL;
  if (number >= count || !values[number]) fail_register_empty();
  return value_retain(values[number]);
}

#if BOXED_ASYNC
/* An end of a stream or a future. */
static Val *end(const Values *from) {
  uint32_t type;
  Kind kind = read_type_path(from->reader, from->build, &type);
  Val *value = scalar(from, kind, read_u32(from->reader));
  return with_detail(value, from->build ? type : 0);
}
#endif

static Val *integer(const Values *from, Kind kind) { return scalar(from, kind, read_integer(from->reader)); }

static Val *any_value(const Values *from, unsigned depth) {
  Reader *reader = from->reader;
  if (depth > MAX_DEPTH) fail_script_depth();
  switch (read_word(reader)) {
    case WORD('b', 'o', 'o', 'l'): return integer(from, V_BOOL);
    case WORD('u', '8'): return integer(from, V_U8);
    case WORD('u', '1', '6'): return integer(from, V_U16);
    case WORD('u', '3', '2'): return integer(from, V_U32);
    case WORD('u', '6', '4'): return integer(from, V_U64);
    case WORD('s', '8'): return integer(from, V_S8);
    case WORD('s', '1', '6'): return integer(from, V_S16);
    case WORD('s', '3', '2'): return integer(from, V_S32);
    case WORD('s', '6', '4'): return integer(from, V_S64);
    case WORD('f', '3', '2'): return scalar(from, V_F32, read_hex(reader, 8));
    case WORD('f', '6', '4'): return scalar(from, V_F64, read_hex(reader, 16));
    case WORD('c', 'h', 'a', 'r'): return scalar(from, V_CHAR, read_hex(reader, 8));
    case WORD('f', 'l', 'a', 'g', 's'): return scalar(from, V_FLAGS, read_hex(reader, 8));
    case WORD('e', 'n', 'u', 'm'): return scalar(from, V_ENUM, read_u32(reader));
    case WORD('h', 'a', 'n', 'd', 'l', 'e'): return scalar(from, V_HANDLE, read_u32(reader));
    case WORD('s', 't', 'r'): return bytes(from, V_STRING);
    case WORD('r', 'a', 'w'): return bytes(from, V_RAW);
    case WORD('p', 't', 'r'): return pointer(from);
    case WORD('r', 'e', 'c'): return compound(from, V_RECORD, read_u32(reader), depth + 1);
    case WORD('v', 'a', 'r'): return variant(from, 0, depth + 1);
    case WORD('v', 'a', 'r', 'p'): return variant(from, 1, depth + 1);
    case WORD('l', 'i', 's', 't'): return listed(from, V_LIST, 1, depth + 1);
    case WORD('m', 'a', 'p'): return listed(from, V_MAP, 2, depth + 1);
    case WORD('r', 'e', 'g'): return stored(from, script_registers, read_register(reader), 256);
    case WORD('a', 'r', 'g'): return stored(from, from->arguments->values, read_u32(reader), from->arguments->count);
#if BOXED_ASYNC
    case WORD('e', 'n', 'd'): return end(from);
#endif
    default: fail_script_syntax();
  }
}

#if BOXED_ASYNC
bool script_value_follows(Reader reader) {
  switch (read_word(&reader)) {
    case WORD('b', 'o', 'o', 'l'):
    case WORD('u', '8'):
    case WORD('u', '1', '6'):
    case WORD('u', '3', '2'):
    case WORD('u', '6', '4'):
    case WORD('s', '8'):
    case WORD('s', '1', '6'):
    case WORD('s', '3', '2'):
    case WORD('s', '6', '4'):
    case WORD('f', '3', '2'):
    case WORD('f', '6', '4'):
    case WORD('c', 'h', 'a', 'r'):
    case WORD('f', 'l', 'a', 'g', 's'):
    case WORD('e', 'n', 'u', 'm'):
    case WORD('h', 'a', 'n', 'd', 'l', 'e'):
    case WORD('s', 't', 'r'):
    case WORD('r', 'a', 'w'):
    case WORD('p', 't', 'r'):
    case WORD('r', 'e', 'c'):
    case WORD('v', 'a', 'r'):
    case WORD('v', 'a', 'r', 'p'):
    case WORD('l', 'i', 's', 't'):
    case WORD('m', 'a', 'p'):
    case WORD('r', 'e', 'g'):
    case WORD('a', 'r', 'g'): return true;
    case WORD('e', 'n', 'd'): { /* an end of a stream or a future, or that of the frame */
      Token side = read_token(&reader);
      return token_is(side, "import") || token_is(side, "export");
    }
    default: return false;
  }
}
#endif

Val *script_value(Reader *reader, const Arguments *arguments, bool build) {
  Values from = {reader, arguments, build};
  return any_value(&from, 0);
}

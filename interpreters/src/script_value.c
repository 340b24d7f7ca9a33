#include "script.h"

#include "fail.h"
#include "memory.h"
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

/* `count` values as the items of a compound. Each needs a token, so that checking first bounds the memory. */
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

/* Decimal numbers, kept as written: what does not fit is cut off by whoever pops them. */
static const Keyword INTEGERS[] = {"u32", "u8", "s32", "s8", "u64", "s64", "u16", "s16", "bool"};
static const uint8_t INTEGER_KINDS[] = {V_U32, V_U8, V_S32, V_S8, V_U64, V_S64, V_U16, V_S16, V_BOOL};
enum { NUM_INTEGERS = sizeof INTEGER_KINDS };

enum other { STR, REC, LIST, VAR, VARP, REG, ARG, F32, F64, CHAR, FLAGS, ENUM, RAW, MAP, HANDLE, PTR, NUM_OTHERS };
static const Keyword OTHERS[NUM_OTHERS] = {
    [STR] = "str", [REC] = "rec",   [LIST] = "list", [VAR] = "var",     [VARP] = "varp", [REG] = "reg",
    [ARG] = "arg", [F32] = "f32",   [F64] = "f64",   [CHAR] = "char",   [FLAGS] = "flags", [ENUM] = "enum",
    [RAW] = "raw", [MAP] = "map",   [HANDLE] = "handle", [PTR] = "ptr",
};

static Val *any_value(const Values *from, unsigned depth) {
  Reader *reader = from->reader;
  if (depth > MAX_DEPTH) fail_script_depth();
  Reader start = *reader;
  unsigned integer = read_keyword(reader, INTEGERS, NUM_INTEGERS);
  if (integer < NUM_INTEGERS) return scalar(from, (Kind)INTEGER_KINDS[integer], read_integer(reader));
  *reader = start;
  switch ((enum other)read_keyword(reader, OTHERS, NUM_OTHERS)) {
    case F32: return scalar(from, V_F32, read_hex(reader, 8));
    case F64: return scalar(from, V_F64, read_hex(reader, 16));
    case CHAR: return scalar(from, V_CHAR, read_hex(reader, 8));
    case FLAGS: return scalar(from, V_FLAGS, read_hex(reader, 8));
    case ENUM: return scalar(from, V_ENUM, read_u32(reader));
    case HANDLE: return scalar(from, V_HANDLE, read_u32(reader));
    case STR: return bytes(from, V_STRING);
    case RAW: return bytes(from, V_RAW);
    case PTR: return pointer(from);
    case REC: return compound(from, V_RECORD, read_u32(reader), depth + 1);
    case VAR: return variant(from, 0, depth + 1);
    case VARP: return variant(from, 1, depth + 1);
    case LIST: return listed(from, V_LIST, 1, depth + 1);
    case MAP: return listed(from, V_MAP, 2, depth + 1);
    case REG: return stored(from, script_registers, read_register(reader), 256);
    case ARG: return stored(from, from->arguments->values, read_u32(reader), from->arguments->count);
    case NUM_OTHERS: break;
  }
  fail_script_syntax();
}

Val *script_value(Reader *reader, const Arguments *arguments, bool build) {
  Values from = {reader, arguments, build};
  return any_value(&from, 0);
}

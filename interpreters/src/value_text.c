#include "value_text.h"

/* Arrays, not pointers, which would need relocations. */
static const char WORDS[][8] = {
    [V_BOOL] = " bool",   [V_U8] = " u8",     [V_U16] = " u16",   [V_U32] = " u32",   [V_U64] = " u64",
    [V_S8] = " s8",       [V_S16] = " s16",   [V_S32] = " s32",   [V_S64] = " s64",   [V_F32] = " f32",
    [V_F64] = " f64",     [V_CHAR] = " char", [V_FLAGS] = " flags", [V_ENUM] = " enum", [V_STRING] = " str",
    [V_RECORD] = " rec",  [V_VARIANT] = " var", [V_LIST] = " list", [V_MAP] = " map",   [V_RAW] = " raw",
    [V_POINTER] = " ptr",
};

static void number(Text *text, uint64_t value) {
  text_literal(text, " ");
  text_unsigned(text, value);
}

static void hex(Text *text, uint64_t bits, unsigned digits) {
  text_literal(text, " ");
  text_hex(text, bits, digits);
}

static unsigned digits_of(uint64_t bits) {
  unsigned digits = 1;
  while (bits >>= 4) digits++;
  return digits;
}

static void bytes(Text *text, const Val *value, size_t size) {
  text_literal(text, " ");
  text_bytes_hex(text, value->bytes, size);
}

static uint64_t without_payload(const Val *value) {
  if (value->kind == V_F32) return (value->bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : value->bits;
  return (value->bits & ~((uint64_t)1 << 63)) > (uint64_t)0x7ff << 52 ? (uint64_t)0x7ff8 << 48 : value->bits;
}

static void one(Text *text, const Val *value) {
  const char *word = value->kind == V_VARIANT && value->len ? " varp" : WORDS[value->kind];
  text_append(text, word, strlen(word));
  switch (value->kind) {
    case V_S8:
    case V_S16:
    case V_S32:
    case V_S64:
      text_literal(text, " ");
      text_signed(text, (int64_t)value->bits);
      break;
    case V_F32: hex(text, without_payload(value), 8); break;
    case V_F64: hex(text, without_payload(value), 16); break;
    case V_CHAR:
    case V_FLAGS: hex(text, value->bits, digits_of(value->bits)); break;
    case V_STRING: bytes(text, value, value->len); break;
    case V_RAW:
      number(text, value->len);
      bytes(text, value, value->size);
      break;
    case V_POINTER:
      number(text, value->bits);
      number(text, value->len);
      break;
    case V_RECORD:
    case V_LIST: number(text, value->len); break;
    case V_VARIANT:
    case V_MAP: number(text, value->detail); break;
    default: number(text, value->bits);
  }
  switch (value->kind) {
    case V_RECORD:
    case V_LIST:
    case V_VARIANT:
    case V_MAP: value_text_items(text, value);
    default: break;
  }
}

void value_text_items(Text *text, const Val *compound) {
  for (uint32_t i = 0; i < compound->len; i++) one(text, compound->items[i]);
}

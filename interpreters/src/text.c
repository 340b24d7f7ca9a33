#include "text.h"

#include "memory.h"

static const char DIGITS[] = "0123456789abcdef";

static NOINLINE void grow(Text *text, size_t need) {
  size_t capacity = text->capacity ? text->capacity * 2 : 4096;
  if (capacity < need) capacity = need;
  text->bytes = memory_resize(text->bytes, capacity);
  text->capacity = capacity;
}

static inline uint8_t *reserve(Text *text, size_t more) {
  if (text->capacity - text->len < more) grow(text, text->len + more);
  return text->bytes + text->len;
}

/* Names are short, and an engine may turn a copy of unknown length into a call. */
void text_append(Text *text, const char *bytes, size_t len) {
  uint8_t *to = reserve(text, len);
  text->len += len;
  for (; len >= 4; len -= 4, to += 4, bytes += 4) memcpy(to, bytes, 4);
  for (; len; len--) *to++ = (uint8_t)*bytes++;
}

void text_unsigned(Text *text, uint64_t value) {
  if (value < 10) {
    *reserve(text, 1) = (uint8_t)('0' + value);
    text->len++;
    return;
  }
  uint8_t digits[20];
  unsigned count = 0;
  if (value <= UINT32_MAX) { /* divisions of 32 bits are much faster, and nearly all numbers are small */
    uint32_t small = (uint32_t)value;
    do {
      digits[count++] = (uint8_t)('0' + small % 10);
      small /= 10;
    } while (small);
  } else {
    do {
      digits[count++] = (uint8_t)('0' + value % 10);
      value /= 10;
    } while (value);
  }
  uint8_t *to = reserve(text, count);
  for (unsigned i = 0; i < count; i++) to[i] = digits[count - 1 - i];
  text->len += count;
}

void text_signed(Text *text, int64_t value) {
  if (value < 0) text_literal(text, "-");
  text_unsigned(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_hex(Text *text, uint64_t value, unsigned digits) {
  uint8_t *to = reserve(text, digits);
  for (unsigned i = 0; i < digits; i++) to[i] = (uint8_t)DIGITS[(value >> (4 * (digits - 1 - i))) & 15];
  text->len += digits;
}

/* The digits of four bytes at once: strings are the largest part of a trace. Both orders are little-endian. */
static uint64_t eight_digits(uint32_t bytes) {
  const uint64_t each = 0x0101010101010101;
  uint64_t spread = bytes;
  spread = (spread | spread << 16) & 0x0000ffff0000ffff;
  spread = (spread | spread << 8) & 0x00ff00ff00ff00ff;
  uint64_t nibbles = (spread >> 4 & 0x000f000f000f000f) | (spread & 0x000f000f000f000f) << 8;
  uint64_t letters = (nibbles + 6 * each) >> 4 & each;
  return nibbles + '0' * each + letters * ('a' - '0' - 10);
}

void text_bytes_hex(Text *text, const uint8_t *bytes, size_t len) {
  if (!len) {
    text_literal(text, "-");
    return;
  }
  uint8_t *to = reserve(text, 2 * len);
  size_t i = 0;
  for (; i + 4 <= len; i += 4) {
    uint32_t four;
    memcpy(&four, bytes + i, sizeof four);
    uint64_t digits = eight_digits(four);
    memcpy(to + 2 * i, &digits, sizeof digits);
  }
  for (; i < len; i++) {
    to[2 * i] = (uint8_t)DIGITS[bytes[i] >> 4];
    to[2 * i + 1] = (uint8_t)DIGITS[bytes[i] & 15];
  }
  text->len += 2 * len;
}

void text_name(Text *text, const char *name) {
  if (!name) {
    text_literal(text, "-");
    return;
  }
  for (; *name; name++) {
    uint8_t byte = (uint8_t)*name;
    if (byte > ' ' && byte < 0x7f && byte != '%') {
      *reserve(text, 1) = byte;
      text->len++;
    } else {
      text_literal(text, "%");
      text_hex(text, byte, 2);
    }
  }
}

#include "pattern.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNCHECKED __attribute__((no_sanitize_address))
#else
#define UNCHECKED
#endif

static uint64_t eight_of(uint8_t byte) { return byte * (uint64_t)0x0101010101010101; }

static size_t until_aligned(const uint8_t *at, size_t size) {
  size_t bytes = (size_t)(-(uintptr_t)at & 7);
  return bytes < size ? bytes : size;
}

/* Most fills are short, and an engine may turn a fill instruction into a call. */
UNCHECKED void pattern_fill(uint8_t *at, size_t size, uint8_t byte) {
  uint8_t *end = at + size, *words = at + until_aligned(at, size);
  while (at < words) *at++ = byte;
  uint64_t eight = eight_of(byte);
  for (; (size_t)(end - at) >= 8; at += 8) *(volatile uint64_t *)(void *)at = eight;
  while (at < end) *at++ = byte;
}

UNCHECKED bool pattern_holds(const uint8_t *at, size_t size, uint8_t byte) {
  const uint8_t *end = at + size, *words = at + until_aligned(at, size);
  for (; at < words; at++)
    if (*at != byte) return false;
  uint64_t eight = eight_of(byte);
  for (; (size_t)(end - at) >= 8; at += 8)
    if (*(const uint64_t *)(const void *)at != eight) return false;
  for (; at < end; at++)
    if (*at != byte) return false;
  return true;
}

/* Fill patterns for memory that no code may rely on or change. */
#ifndef BOXED_PATTERN_H
#define BOXED_PATTERN_H

#include "platform.h"

enum {
  PATTERN_UNWRITTEN = 0xa5, /* a fresh allocation, and the guards around it */
  PATTERN_FREED = 0xdd,
  PATTERN_BELOW = 0xab, /* below the stack pointer */
};

/* Both may touch memory that AddressSanitizer has as poisoned. */
void pattern_fill(uint8_t *at, size_t size, uint8_t byte);
bool pattern_holds(const uint8_t *at, size_t size, uint8_t byte);

#endif

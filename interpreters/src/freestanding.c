/* The functions of C that the compiler and this library call, for builds without libc. */
#include "platform.h"

#ifdef __wasm__

/* With bulk memory these builtins are one instruction each, not calls of the enclosing functions. */
void *(memcpy)(void *restrict to, const void *restrict from, size_t len) { return __builtin_memcpy(to, from, len); }
void *memset(void *to, int byte, size_t len) { return __builtin_memset(to, byte, len); }

int memcmp(const void *a, const void *b, size_t len) {
  const uint8_t *left = a, *right = b;
  for (size_t i = 0; i < len; i++)
    if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
  return 0;
}

size_t strlen(const char *text) {
  size_t len = 0;
  while (text[len]) len++;
  return len;
}

#endif

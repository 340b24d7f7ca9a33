/* Memory that generated code and the engine write to, between two margins that they must leave alone. */
#ifndef BOXED_BUFFER_H
#define BOXED_BUFFER_H

#include "platform.h"

typedef struct Buffer {
  uint8_t *block;
  uint8_t *start; /* aligned as requested and no more */
  size_t size;
} Buffer;

/* `align`: a power of two up to 16. Everything is filled with a pattern. */
Buffer buffer_create(size_t size, size_t align);
/* A fault: frees it while it is in use; its end then checks nothing. */
void buffer_free_early(Buffer *buffer);
/* Frees it; whether its margins still have the pattern. */
bool buffer_end(Buffer *buffer);

#endif

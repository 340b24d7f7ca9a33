/* Memory of the echo interpreter: blocks that belong to a call, and are freed with it. */
#ifndef ECHO_MEMORY_H
#define ECHO_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Blocks that live until the end of a call. */
struct owner {
  struct block *first;
};

/* A block of `size` bytes, aligned to 16. Traps if there is no memory. */
void *allocate(size_t size);
/* Frees a block that belongs to no call. */
void release(void *block);
/* From now on the block belongs to the call. */
void adopt(struct owner *owner, void *block);
/* A block that belongs to the call. */
void *allocate_for(struct owner *owner, size_t size);
/* Frees everything that belongs to the call. */
void release_all(struct owner *owner);

void copy(void *to, const void *from, size_t size);

#endif

/* The allocator. It knows of every block how large it is, how it is aligned and whose it is. */
#ifndef BOXED_MEMORY_H
#define BOXED_MEMORY_H

#include "platform.h"

typedef struct MemoryBalance {
  size_t bytes;
  size_t blocks;
} MemoryBalance;

/* What cabi_realloc gave out and what neither was freed nor became the interpreter's (PROTOCOL.md, "Balance"). */
extern MemoryBalance memory_out;
/* The interpreter's own. */
extern MemoryBalance memory_own;

/* Memory of the interpreter itself; `size` may be 0, then null. Free with memory_free; null is allowed there. */
void *memory_alloc(size_t size);
void *memory_resize(void *ptr, size_t new_size);
void memory_free(void *ptr);

/* The same for bytes that generated code is given: a guarded block. */
void *memory_alloc_given(size_t size);

/* A canonical allocation becomes the interpreter's; fail_block unless exactly that was allocated. Nothing for size 0. */
void memory_take(void *ptr, size_t size, size_t align);

/* A canonical allocation is given back: fail_dealloc unless exactly that was allocated. Nothing for size 0. */
void memory_give_back(void *ptr, size_t size, size_t align);

/* The same in two steps; between them the block still counts as out, and a second attempt is fail_dealloc. */
void memory_defer(void *ptr, size_t size, size_t align);
void memory_give_back_deferred(void *ptr);

/* Looks at all blocks: fail_guard and fail_freed where somebody wrote what he does not own. */
void memory_check(void);

/* Where an empty list or string points to: not null, aligned for every type, not an allocation. */
#define EMPTY_ADDRESS ((uintptr_t)8)

#endif

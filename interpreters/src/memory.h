/* The allocator. It knows the size, alignment and owner of every block. */
#ifndef BOXED_MEMORY_H
#define BOXED_MEMORY_H

#include "platform.h"

typedef struct MemoryBalance {
  size_t bytes;
  size_t blocks;
} MemoryBalance;

/* Memory from cabi_realloc that was neither freed nor taken over by the interpreter (PROTOCOL.md, "Balance"). */
extern MemoryBalance memory_out;
extern size_t memory_realloc_calls; /* how often cabi_realloc was called */
/* The interpreter's own. */
extern MemoryBalance memory_own;

/* Memory of the interpreter itself; `size` may be 0, then null. Free with memory_free; null is allowed there. */
void *memory_alloc(size_t size);
void *memory_resize(void *ptr, size_t new_size);
void memory_free(void *ptr);

/* The same for bytes that generated code gets: a guarded block. */
void *memory_alloc_given(size_t size);

/* The interpreter takes a canonical allocation over; fail_block unless it was allocated so. Nothing for size 0. */
void memory_take(void *ptr, size_t size, size_t align);

/* Frees a canonical allocation: fail_dealloc unless it was allocated so. Nothing for size 0. */
void memory_give_back(void *ptr, size_t size, size_t align);

/* The same in two steps; between them the block still counts as out, and a second attempt is fail_dealloc. */
void memory_defer(void *ptr, size_t size, size_t align);
size_t memory_size_deferred(void *ptr);
void memory_give_back_deferred(void *ptr);

/* Blocks that cabi_realloc made after its first `since` calls: claims the one that begins at any address `ptr`, and says
 * its size; 0 if there is none, or if it was claimed before. */
size_t memory_claim(const void *ptr, size_t since);
/* The bytes of all those that nobody claimed. Ends all claims. */
size_t memory_unclaimed(size_t since);

/*
 * For a library that initialises the component before its first call (PROTOCOL.md, "Initial state"). The first ends the
 * initialisation: all that is out then belongs to the initial state and is out no more; nothing may move or free it.
 * Both return the bytes of the initial state.
 */
#define BOXED_EXPORT __attribute__((visibility("default")))
BOXED_EXPORT size_t boxed_initialized(void);
BOXED_EXPORT size_t boxed_initial(void);

/* Checks all blocks: fail_guard and fail_freed if code wrote to memory that it does not own. */
void memory_check(void);

/* The address of an empty list or string: not null, aligned for every type, not an allocation. */
#define EMPTY_ADDRESS ((uintptr_t)8)

#endif

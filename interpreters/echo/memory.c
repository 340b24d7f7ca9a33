/* An allocator with a list of free blocks for each power of two. */
#include "memory.h"

struct block {
  struct block *next; /* in the list of its call, or of free blocks */
  uint32_t order;     /* its size is 1 << order, this header included */
  uint32_t unused[2];
};

enum { SMALLEST = 5, ORDERS = 31, PAGE = 16 };

static struct block *free_blocks[ORDERS];
static uintptr_t fresh, fresh_end;

static uintptr_t more(size_t size) {
  if (fresh_end - fresh < size) {
    size_t pages = (size + (1u << PAGE) - 1) >> PAGE;
    uintptr_t grown = __builtin_wasm_memory_grow(0, pages);
    if (grown == (uintptr_t)-1) __builtin_trap();
    if (grown << PAGE != fresh_end) fresh = grown << PAGE;
    fresh_end = (grown + pages) << PAGE;
  }
  uintptr_t found = fresh;
  fresh += size;
  return found;
}

void *allocate(size_t size) {
  uint32_t order = SMALLEST;
  while (order < ORDERS && (((size_t)1 << order) - sizeof(struct block)) < size) order++;
  if (order == ORDERS) __builtin_trap();
  struct block *block = free_blocks[order];
  if (block)
    free_blocks[order] = block->next;
  else
    block = (struct block *)more((size_t)1 << order);
  block->order = order;
  block->next = 0;
  return block + 1;
}

void release(void *memory) {
  struct block *block = (struct block *)memory - 1;
  block->next = free_blocks[block->order];
  free_blocks[block->order] = block;
}

void adopt(struct owner *owner, void *memory) {
  struct block *block = (struct block *)memory - 1;
  block->next = owner->first;
  owner->first = block;
}

void *allocate_for(struct owner *owner, size_t size) {
  void *memory = allocate(size);
  adopt(owner, memory);
  return memory;
}

void release_all(struct owner *owner) {
  struct block *block = owner->first;
  owner->first = 0;
  while (block) {
    struct block *next = block->next;
    release(block + 1);
    block = next;
  }
}

void copy(void *to, const void *from, size_t size) {
  unsigned char *out = to;
  const unsigned char *in = from;
  while (size--) *out++ = *in++;
}

/*
 * Blocks come in size classes (multiples of 16 bytes up to 64, then four classes for each doubling) and go back to the
 * list of their class. Memory is never given back, so a long run needs at most the peak of each class.
 */
#include "memory.h"

#include "fail.h"
#include "script.h"
#include "trace.h"
#include "wit_dylib.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(ptr, size) __asan_poison_memory_region(ptr, size)
#define UNPOISON(ptr, size) __asan_unpoison_memory_region(ptr, size)
#else
#define POISON(ptr, size) ((void)0)
#define UNPOISON(ptr, size) ((void)0)
#endif

enum { HEADER = 16, MAX_ALIGN = 16, CLASSES = 104 };
#define MAX_SIZE ((size_t)0x60000000)

typedef enum Owner {
  OWNER_NONE, /* free */
  OWNER_INTERPRETER,
  OWNER_ABI,
  OWNER_DEFERRED,
} Owner;

typedef struct Block {
  uint32_t magic; /* depends on the address, so that a copy of a header is not one */
  uint32_t size;  /* as asked for */
  uint32_t next;  /* of a free block: the next of its class, in units of 16 bytes from the heap's start; 0 ends */
  uint8_t align;
  uint8_t owner;
  uint8_t class;
  uint8_t unused;
} Block;
_Static_assert(sizeof(Block) == HEADER, "the payload is aligned to 16 if the header has 16 bytes");

MemoryBalance memory_out, memory_own;
static uint32_t free_lists[CLASSES];
static uint8_t *heap_start; /* 16 bytes before the first block, so that no block has offset 0 */
static uint8_t *fresh, *fresh_end;

static unsigned class_of(size_t size) {
  if (size <= 64) return size <= 16 ? 0 : (unsigned)((size - 1) >> 4);
  unsigned doubling = 25 - (unsigned)__builtin_clz((unsigned)(size - 1));
  return 4 + 4 * doubling + (unsigned)(((size - 1) >> (4 + doubling)) & 3);
}

static size_t class_size(unsigned class) {
  if (class < 4) return 16 * (size_t)(class + 1);
  unsigned doubling = (class - 4) / 4, step = (class - 4) % 4;
  return ((size_t)64 << doubling) + ((size_t)16 << doubling) * (step + 1);
}

static MemoryBalance *balance_of(const Block *block) {
  return block->owner == OWNER_INTERPRETER ? &memory_own : &memory_out;
}

static void count(const Block *block) {
  MemoryBalance *balance = balance_of(block);
  balance->bytes += block->size;
  balance->blocks++;
}

static void uncount(const Block *block) {
  MemoryBalance *balance = balance_of(block);
  balance->bytes -= block->size;
  balance->blocks--;
}

static uint32_t magic_of(const Block *block) { return 0xb0c5ed01u ^ (uint32_t)(uintptr_t)block; }

static void grow(size_t need) {
  size_t pages = (need + HEADER + PAGE_SIZE - 1) / PAGE_SIZE;
  uint8_t *more = platform_grow(pages);
  if (!more) fail_memory();
  if (!heap_start) {
    heap_start = more;
    fresh = more + HEADER;
  } else if (more != fresh_end) {
    fresh = more; /* somebody else grew the memory in between: the rest of the old piece is lost */
  }
  fresh_end = more + pages * PAGE_SIZE;
  POISON(fresh, (size_t)(fresh_end - fresh));
}

static void *allocate(size_t size, size_t align, Owner owner) {
  if (size > MAX_SIZE) fail_memory();
  unsigned class = class_of(size);
  Block *block;
  if (free_lists[class]) {
    block = (Block *)(void *)(heap_start + (size_t)free_lists[class] * 16);
    free_lists[class] = block->next;
  } else {
    size_t need = HEADER + class_size(class);
    if ((size_t)(fresh_end - fresh) < need) grow(need);
    block = (Block *)(void *)fresh;
    fresh += need;
    UNPOISON(block, HEADER);
    block->magic = magic_of(block);
    block->class = (uint8_t)class;
  }
  block->size = (uint32_t)size;
  block->align = (uint8_t)align;
  block->owner = (uint8_t)owner;
  UNPOISON(block + 1, size);
  count(block);
  return block + 1;
}

/* The block of a payload, or null where no block of that owner starts there. Any address may be asked for. */
static Block *find(void *ptr, Owner owner) {
  uintptr_t address = (uintptr_t)ptr, start = (uintptr_t)heap_start;
  if (!heap_start || address % 16 != 0 || address < start + 2 * HEADER || address >= (uintptr_t)fresh_end) return NULL;
  Block *block = (Block *)ptr - 1;
#if defined(__SANITIZE_ADDRESS__)
  if (__asan_region_is_poisoned(block, HEADER)) return NULL;
#endif
  return block->magic == magic_of(block) && block->owner == owner ? block : NULL;
}

static Block *find_exact(void *ptr, size_t size, size_t align) {
  Block *block = find(ptr, OWNER_ABI);
  return block && block->size == size && block->align == align ? block : NULL;
}

static void release(Block *block) {
  uncount(block);
  POISON(block + 1, class_size(block->class));
  block->owner = OWNER_NONE;
  block->next = free_lists[block->class];
  free_lists[block->class] = (uint32_t)((size_t)((uint8_t *)block - heap_start) / 16);
}

void *memory_alloc(size_t size) { return size ? allocate(size, MAX_ALIGN, OWNER_INTERPRETER) : NULL; }

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void *memory_resize(void *ptr, size_t new_size) {
  if (!ptr) return memory_alloc(new_size);
  Block *block = find(ptr, OWNER_INTERPRETER);
  if (!block || !new_size) fail_memory();
  if (new_size <= class_size(block->class)) {
    uncount(block);
    UNPOISON(ptr, new_size);
    block->size = (uint32_t)new_size;
    count(block);
    return ptr;
  }
  void *moved = allocate(new_size, MAX_ALIGN, OWNER_INTERPRETER);
  memcpy(moved, ptr, block->size);
  release(block);
  return moved;
}

void memory_free(void *ptr) {
  if (!ptr) return;
  Block *block = find(ptr, OWNER_INTERPRETER);
  if (!block) fail_memory();
  release(block);
}

void memory_take(void *ptr, size_t size, size_t align) {
  if (!size) return;
  Block *block = find_exact(ptr, size, align);
  if (!block) fail_block();
  uncount(block);
  block->owner = OWNER_INTERPRETER;
  count(block);
}

void memory_give_back(void *ptr, size_t size, size_t align) {
  if (!size) return;
  Block *block = find_exact(ptr, size, align);
  if (!block) fail_dealloc();
  release(block);
}

void memory_defer(void *ptr, size_t size, size_t align) {
  Block *block = find_exact(ptr, size, align);
  if (!block) fail_dealloc();
  block->owner = OWNER_DEFERRED;
}

void memory_give_back_deferred(void *ptr) {
  Block *block = find(ptr, OWNER_DEFERRED);
  if (!block) fail_memory();
  release(block);
}

/* CanonicalABI.md, "realloc": grows, shrinks or moves `old`, or allocates where `old_size` is 0. */
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  if (script_is_loading) return memory_resize(old_size ? old : NULL, new_size ? new_size : 1);
  trace_cannot_leave();
  trace_event("realloc");
  trace_unsigned(old_size);
  trace_unsigned(align);
  trace_unsigned(new_size);
  trace_end();
  if (align == 0 || align > MAX_ALIGN || (align & (align - 1)) != 0) fail_realloc();
  Block *block = old_size ? find_exact(old, old_size, align) : NULL;
  if (old_size && !block) fail_realloc();
  void *result = new_size ? allocate(new_size, align, OWNER_ABI) : (void *)EMPTY_ADDRESS;
  if (new_size && align > EMPTY_ADDRESS && ((uintptr_t)result % align) != 0) fail_memory();
  if (block) {
    if (new_size) memcpy(result, old, smaller(old_size, new_size));
    release(block);
  }
  trace_can_leave();
  return result;
}

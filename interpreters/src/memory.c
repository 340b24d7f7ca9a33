/*
 * Blocks come in size classes (multiples of 16 bytes up to 64, then four classes for each doubling) and go back to the
 * list of their class. Memory is never returned to the system, so a long run needs little more than the peak of each
 * class.
 *
 * Generated code gets only what it may rely on ("guarded"): memory with exactly the requested alignment, filled with a
 * pattern, with the same pattern before and after it, above the first 16 MiB. Freed memory is filled with another
 * pattern and left alone for a while. Both patterns are checked when the block is used, and all of them at the end. The
 * addresses that remain after a cut to 24 bits belong, as far as possible, to memory of ours that must stay zero.
 */
#include "memory.h"

#include "fail.h"
#include "pattern.h"
#include "script.h"
#include "stack.h"
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

enum {
  HEADER = 16,
  MAX_ALIGN = 16,
  GIVEN_ALIGN = 8, /* the alignment of bytes from the script: the largest in CanonicalABI.md */
  CLASSES = 104,
  GUARD = 16,            /* minimum bytes after a guarded payload */
  KEPT = 8,              /* freed guarded blocks of a class that are not reused */
  KEPT_SIZE = 4096,      /* the largest of them: memory is limited */
  HEAP_FROM = 1 << 24,
};
#define MAX_SIZE ((size_t)0x60000000)

typedef enum Owner {
  OWNER_NONE, /* free */
  OWNER_GAP,  /* foreign memory begins here; `next` is the block after it */
  OWNER_INTERPRETER,
  OWNER_ABI,
  OWNER_CLAIMED, /* the same, while memory_unclaimed is prepared */
  OWNER_DEFERRED,
  OWNER_INITIAL, /* from cabi_realloc, part of the initial state */
} Owner;

typedef struct Block {
  uint32_t magic; /* depends on the address, so that a copy of a header is not one */
  uint32_t size;  /* as requested */
  uint32_t next;  /* for a free block: the next in its list, in units of 16 bytes from the heap's start; 0 ends it. For
                     one from cabi_realloc: its number */
  uint8_t align;
  uint8_t owner;
  uint8_t class;
  uint8_t is_guarded;
} Block;
_Static_assert(sizeof(Block) == HEADER, "the payload is aligned to 16 if the header has 16 bytes");

typedef struct FreeList {
  uint32_t first, last, length;
} FreeList;

MemoryBalance memory_out, memory_own;
static FreeList free_lists[2][CLASSES]; /* by is_guarded and class */
static uint8_t *heap_start; /* 16 bytes before the first block, so that no block has offset 0 */
static uint8_t *fresh, *fresh_end;
static uintptr_t low, low_end; /* unowned memory up to HEAP_FROM */

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

static uint8_t *slot(const Block *block) { return (uint8_t *)(uintptr_t)(block + 1); }

/* The slot is aligned to 16: this many bytes later, an address has exactly the alignment `align` (16: at least 16). */
static size_t shift_of(size_t align) { return align & (MAX_ALIGN - 1); }

static uint8_t *payload(const Block *block) {
  return slot(block) + (block->is_guarded ? shift_of(block->align) : 0);
}

static uint32_t offset_of(const Block *block) { return (uint32_t)((size_t)((const uint8_t *)block - heap_start) / 16); }
static Block *block_at(uint32_t offset) { return (Block *)(void *)(heap_start + (size_t)offset * 16); }

/* ---- Patterns ---------------------------------------------------------------------------------------------------- */

static void check_free(const Block *block) {
  if (!pattern_holds(slot(block), class_size(block->class), PATTERN_FREED)) fail_freed();
}

static void check_guards(const Block *block) {
  const uint8_t *start = payload(block), *end = start + block->size, *slot_end = slot(block) + class_size(block->class);
  if (!pattern_holds(slot(block), (size_t)(start - slot(block)), PATTERN_UNWRITTEN) ||
      !pattern_holds(end, (size_t)(slot_end - end), PATTERN_UNWRITTEN))
    fail_guard();
  uintptr_t cut = (uintptr_t)start & (HEAP_FROM - 1);
  if (cut >= low && cut + block->size <= low_end && !pattern_holds((const uint8_t *)cut, block->size, 0)) fail_guard();
}

/* The block behind this one; for null the first one, null at the end. */
static Block *after(const Block *block) {
  uint8_t *at = block ? slot(block) + class_size(block->class) : heap_start ? heap_start + HEADER : fresh;
  while (at < fresh) {
    Block *found = (Block *)(void *)at;
    if (found->magic != magic_of(found)) fail_guard();
    if (found->owner != OWNER_GAP) return found;
    at = (uint8_t *)block_at(found->next);
  }
  return NULL;
}

void memory_check(void) {
  for (const Block *block = after(NULL); block; block = after(block)) {
    if (block->is_guarded && block->owner == OWNER_NONE) check_free(block);
    if (block->is_guarded && block->owner != OWNER_NONE) check_guards(block);
  }
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static Block *block_here(uint8_t *at, unsigned class, bool is_guarded) {
  Block *block = (Block *)(void *)at;
  UNPOISON(block, HEADER);
  *block = (Block){.class = (uint8_t)class, .is_guarded = is_guarded};
  block->magic = magic_of(block);
  return block;
}

/* The heap begins HEAP_FROM after the end of the memory, or at its end if the memory cannot become that large. */
static void leave_low_addresses(void) {
  uintptr_t end = (uintptr_t)platform_grow(0);
  if (end >= HEAP_FROM || !platform_grow(HEAP_FROM / PAGE_SIZE)) return;
  low = end;
  low_end = HEAP_FROM;
}

/* Room for `need` bytes and for a header after them, in case other code grows the memory before the next call. */
static void grow(size_t need) {
  if (!heap_start) leave_low_addresses();
  size_t pages = (need + 2 * HEADER + PAGE_SIZE - 1) / PAGE_SIZE;
  uint8_t *more = platform_grow(pages);
  if (!more) fail_memory();
  if (!heap_start) {
    heap_start = more;
    fresh = more + HEADER;
  } else if (more != fresh_end) {
    Block *gap = block_here(fresh, 0, false);
    gap->owner = OWNER_GAP;
    fresh = more;
    gap->next = offset_of((Block *)(void *)fresh);
  }
  fresh_end = more + pages * PAGE_SIZE;
  POISON(fresh, (size_t)(fresh_end - fresh));
}

static Block *fresh_block(unsigned class, bool is_guarded) {
  size_t need = HEADER + class_size(class);
  if ((size_t)(fresh_end - fresh) < need + HEADER) grow(need);
  Block *block = block_here(fresh, class, is_guarded);
  fresh += need;
  return block;
}

/* Null if there is none, or none that has been free for long enough. */
static Block *free_block(unsigned class, bool is_guarded) {
  FreeList *list = &free_lists[is_guarded][class];
  if (list->length <= (is_guarded && class_size(class) <= KEPT_SIZE ? KEPT : 0)) return NULL;
  Block *block = block_at(list->first);
  list->first = block->next;
  if (!--list->length) list->last = 0;
  if (is_guarded) check_free(block);
  return block;
}

static void *allocate_block(size_t size, size_t align, Owner owner, bool is_guarded) {
  if (size > MAX_SIZE) fail_memory();
  unsigned class = class_of(is_guarded ? shift_of(align) + size + GUARD : size);
  Block *block = free_block(class, is_guarded);
  if (!block) block = fresh_block(class, is_guarded);
  block->size = (uint32_t)size;
  block->align = (uint8_t)align;
  block->owner = (uint8_t)owner;
  if (owner == OWNER_ABI) block->next = (uint32_t)memory_realloc_calls;
  if (is_guarded) pattern_fill(slot(block), class_size(class), PATTERN_UNWRITTEN);
  UNPOISON(payload(block), size);
  count(block);
  return payload(block);
}

static void *allocate(size_t size) { return allocate_block(size, MAX_ALIGN, OWNER_INTERPRETER, false); }

static void *allocate_guarded(size_t size, size_t align, Owner owner) {
  return allocate_block(size, align, owner, true);
}

/* The block of a payload, or null if no block of that owner starts there. Any address is allowed. */
static Block *find(void *ptr, Owner owner) {
  uintptr_t address = (uintptr_t)ptr, start = (uintptr_t)heap_start;
  if (!heap_start || address < start + 2 * HEADER || address >= (uintptr_t)fresh_end) return NULL;
  Block *block = (Block *)(address & ~(uintptr_t)(HEADER - 1)) - 1;
#if defined(__SANITIZE_ADDRESS__)
  if (__asan_region_is_poisoned(block, HEADER)) return NULL;
#endif
  if (block->magic != magic_of(block) || block->owner != owner || payload(block) != ptr) return NULL;
  if (block->is_guarded) check_guards(block);
  return block;
}

static Block *find_exact(void *ptr, size_t size, size_t align) {
  Block *block = find(ptr, OWNER_ABI);
  return block && block->size == size && block->align == align ? block : NULL;
}

/* The interpreter's own blocks go first into their list, for immediate reuse; guarded blocks go last. */
static void release(Block *block) {
  uncount(block);
  if (block->is_guarded) pattern_fill(slot(block), class_size(block->class), PATTERN_FREED);
  POISON(slot(block), class_size(block->class));
  block->owner = OWNER_NONE;
  FreeList *list = &free_lists[block->is_guarded][block->class];
  uint32_t offset = offset_of(block);
  if (!list->length++) {
    list->first = list->last = offset;
  } else if (block->is_guarded) {
    block_at(list->last)->next = offset;
    list->last = offset;
  } else {
    block->next = list->first;
    list->first = offset;
  }
}

void *memory_alloc(size_t size) { return size ? allocate(size) : NULL; }

void *memory_alloc_given(size_t size) {
  return size ? allocate_guarded(size, GIVEN_ALIGN, OWNER_INTERPRETER) : NULL;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

void *memory_resize(void *ptr, size_t new_size) {
  if (!ptr) return memory_alloc(new_size);
  Block *block = find(ptr, OWNER_INTERPRETER);
  if (!block || block->is_guarded || !new_size) fail_memory();
  if (new_size <= class_size(block->class)) {
    uncount(block);
    UNPOISON(ptr, new_size);
    block->size = (uint32_t)new_size;
    count(block);
    return ptr;
  }
  void *moved = allocate(new_size);
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

static Block *deferred(void *ptr) {
  Block *block = find(ptr, OWNER_DEFERRED);
  if (!block) fail_memory();
  return block;
}

size_t memory_size_deferred(void *ptr) { return deferred(ptr)->size; }

void memory_give_back_deferred(void *ptr) { release(deferred(ptr)); }

size_t memory_claim(const void *ptr, size_t since) {
  Block *block = find((void *)(uintptr_t)ptr, OWNER_ABI);
  if (!block || block->next <= since) return 0;
  block->owner = OWNER_CLAIMED;
  return block->size;
}

size_t memory_unclaimed(size_t since) {
  size_t bytes = 0;
  for (Block *block = after(NULL); block; block = after(block)) {
    if (block->owner == OWNER_ABI && block->next > since) bytes += block->size;
    if (block->owner == OWNER_CLAIMED) block->owner = OWNER_ABI;
  }
  return bytes;
}

size_t boxed_initialized(void) {
  for (Block *block = after(NULL); block; block = after(block)) {
    if (block->owner != OWNER_ABI) continue;
    uncount(block);
    block->owner = OWNER_INITIAL;
  }
  return boxed_initial();
}

size_t boxed_initial(void) {
  size_t bytes = 0;
  for (const Block *block = after(NULL); block; block = after(block))
    if (block->owner == OWNER_INITIAL) bytes += block->size;
  return bytes;
}

/*
 * CanonicalABI.md, "realloc": moves `old`, larger or smaller, or allocates if `old_size` is 0. The result for size 0 is
 * an address with the requested alignment.
 */
size_t memory_realloc_calls;

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  memory_realloc_calls++;
  if (script_is_loading) return memory_resize(old_size ? old : NULL, new_size ? new_size : 1);
  stack_scribble();
  trace_cannot_leave();
  trace_of_none("realloc", sizeof("realloc") - 1); /* the engine calls it in the middle of anything */
  trace_unsigned(old_size);
  trace_unsigned(align);
  trace_unsigned(new_size);
  trace_end();
  if (align == 0 || align > MAX_ALIGN || (align & (align - 1)) != 0) fail_realloc();
  Block *block = old_size ? find_exact(old, old_size, align) : NULL;
  if (old_size && !block) fail_realloc();
  void *result = new_size ? allocate_guarded(new_size, align, OWNER_ABI) : (void *)(uintptr_t)align;
  if (block) {
    if (new_size) memcpy(result, old, smaller(old_size, new_size));
    release(block);
  }
  trace_can_leave();
  return result;
}

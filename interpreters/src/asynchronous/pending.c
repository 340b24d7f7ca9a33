#include "pending.h"

#include "ends.h"
#include "memory.h"
#include "subtasks.h"

bool pending_may_allocate(void) { return end_may_allocate() || subtask_may_allocate(); }

static size_t claimed_since;

/* Claims the blocks whose addresses stand here, and the blocks whose addresses stand in those. Lists and strings are an
 * address and a length, aligned to 4 (CanonicalABI.md, "Storing"). */
static void claim(const uint8_t *start, size_t size) {
  const uint8_t *at = start + (-(uintptr_t)start & 3);
  for (; at + sizeof(uint32_t) <= start + size; at += sizeof(uint32_t)) {
    uint32_t address;
    memcpy(&address, at, sizeof address);
    const uint8_t *block = (const uint8_t *)(uintptr_t)address;
    size_t inside = memory_claim(block, claimed_since);
    if (inside) claim(block, inside);
  }
}

size_t pending_not_behind(size_t allocations) {
  if (memory_realloc_calls == allocations) return 0;
  claimed_since = allocations;
  end_pending(claim);
  subtask_pending(claim);
  return memory_unclaimed(allocations);
}

#include "buffer.h"

#include "fail.h"
#include "faults.h"
#include "memory.h"
#include "pattern.h"

enum { MARGIN = 16, MAX_ALIGN = 16 };

/* The block: a margin, up to MAX_ALIGN bytes more, the buffer, a margin. */
static size_t block_size(size_t size) { return MARGIN + MAX_ALIGN + size + MARGIN; }

static uint8_t *allocate(size_t size) {
  bool freed_early = fault_is(FAULT_area_freed_early) || fault_is(FAULT_buffer_freed_early);
  return freed_early ? memory_alloc_given(size) : memory_alloc(size); /* what is freed is overwritten and checked */
}

Buffer buffer_create(size_t size, size_t align) {
  if (!align || align > MAX_ALIGN || (align & (align - 1))) fail_type();
  if (size > UINT32_MAX - block_size(0)) fail_memory();
  uint8_t *block = allocate(block_size(size));
  pattern_fill(block, block_size(size), PATTERN_UNWRITTEN);
  uint8_t *start = block + MARGIN;
  start += (MAX_ALIGN - (uintptr_t)start % MAX_ALIGN) % MAX_ALIGN + align % MAX_ALIGN;
  return (Buffer){block, start, size};
}

void buffer_free_early(Buffer *buffer) {
  memory_free(buffer->block);
  buffer->block = NULL;
}

bool buffer_end(Buffer *buffer) {
  if (!buffer->block) return true;
  const uint8_t *end = buffer->start + buffer->size, *block_end = buffer->block + block_size(buffer->size);
  bool intact = pattern_holds(buffer->block, (size_t)(buffer->start - buffer->block), PATTERN_UNWRITTEN) &&
                pattern_holds(end, (size_t)(block_end - end), PATTERN_UNWRITTEN);
  memory_free(buffer->block);
  *buffer = (Buffer){NULL, NULL, 0};
  return intact;
}

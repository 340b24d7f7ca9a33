/* The memory of echo from a C library that is a library of its own, libc.so, which needs WASI. The functions are declared
 * here, because the sources are compiled without the headers of a C library. */
#include "memory.h"

void *malloc(size_t size);
void free(void *memory);
void *memcpy(void *to, const void *from, size_t size);
char *getenv(const char *name);
int puts(const char *line);
int snprintf(char *to, size_t size, const char *format, ...);
int strcmp(const char *one, const char *other);
int gettimeofday(void *now, void *zone);

struct block {
  struct block *next;
  size_t unused[3];
};

static char line[64];
static long long now[2];

/* The environment, a clock, the formats of printf and a stream, before the first call. */
__attribute__((constructor)) static void begin(void) {
#ifdef MUTANT_NEEDS_ENVIRONMENT
  if (!getenv("NOBODY")) __builtin_trap();
#endif
  if (getenv("NOBODY") || gettimeofday(now, 0)) __builtin_trap();
  snprintf(line, sizeof line, "%s %d", "echo", 3);
  if (strcmp(line, "echo 3")) __builtin_trap();
  puts(line);
}

void *allocate(size_t size) {
  struct block *block = malloc(sizeof *block + size);
  if (!block) __builtin_trap();
  block->next = 0;
  return block + 1;
}

void release(void *memory) { free((struct block *)memory - 1); }

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

void copy(void *to, const void *from, size_t size) { memcpy(to, from, size); }

/* What src/platform.h asks for, outside wasm: an arena for a linear memory, the harness's host as files. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "native.h"
#include "platform.h"
#include "wit_dylib.h"

enum { ARENA = 256 << 20, TRAPPED = 3 };

static char *script;
static size_t script_len;

void native_script(char *text, size_t len) {
  script = text;
  script_len = len;
}

void host_script(HostString *result) {
  result->bytes = cabi_realloc(NULL, 0, 1, script_len);
  result->len = script_len;
  for (size_t i = 0; i < script_len; i++) result->bytes[i] = (uint8_t)script[i];
}

void host_trace(const uint8_t *lines, size_t len) { fwrite(lines, 1, len, stdout); }

uint8_t *platform_grow(size_t pages) {
  static uint8_t *arena;
  static size_t used;
  if (!arena) {
    arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (arena == MAP_FAILED) exit(70);
  }
  if (pages > (ARENA - used) / PAGE_SIZE) return NULL;
  uint8_t *more = arena + used;
  used += pages * PAGE_SIZE;
  return more;
}

size_t platform_stack_pointer(void) { return 4096; }

uint8_t *platform_below_stack(size_t size) {
  static uint8_t below[1024];
  return below + sizeof below - size;
}

_Noreturn void platform_trap(void) {
  fflush(stdout);
  _Exit(TRAPPED);
}

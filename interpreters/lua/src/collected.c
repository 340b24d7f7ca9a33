/* What the garbage collector finds, and what has a handle. */
#include <stdlib.h>

#include "glue.h"

struct collected {
  struct collected *next;
  void (*drop)(uint32_t handle);
  uint32_t handle;
};

static struct collected *collected;

void drop_later(void (*drop)(uint32_t handle), uint32_t handle) {
  struct collected *found = malloc(sizeof *found);
  if (!found) return; /* the handle is lost, which is better than a trap in the collector */
  *found = (struct collected){collected, drop, handle};
  collected = found;
}

void drop_collected(void) {
  while (collected) {
    struct collected found = *collected;
    free(collected);
    collected = found.next;
    found.drop(found.handle);
  }
}

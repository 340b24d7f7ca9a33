/* A type `stream` or `future` of the wit_t: what its ends have in common. */
#ifndef BOXED_CHANNELS_H
#define BOXED_CHANNELS_H

#include "value.h"
#include "wit_dylib.h"

typedef struct Channel {
  Kind kind; /* V_STREAM or V_FUTURE */
  uint32_t type;
  uint64_t (*new_)(void);
  uint32_t (*cancel_read)(uint32_t end);
  uint32_t (*cancel_write)(uint32_t end);
  void (*drop_readable)(uint32_t end);
  void (*drop_writable)(uint32_t end);
  wit_lift_fn_t lift; /* null, like lower, if there is no payload */
  wit_lower_fn_t lower;
  size_t size, align; /* of the payload */
} Channel;

/* fail_type for an index outside the wit_t, and for a type without built-ins. */
Channel channel_of(Kind kind, uint32_t type);
/* The results are those of the canonical built-ins. A future has no count. */
uint32_t channel_read(const Channel *channel, uint32_t end, void *buffer, uint32_t count);
uint32_t channel_write(const Channel *channel, uint32_t end, const void *buffer, uint32_t count);

#endif

#include "channels.h"

#include "fail.h"
#include "world.h"

static const wit_stream_t *stream(uint32_t type) { return &world()->streams[world_index(type, world()->num_streams)]; }
static const wit_future_t *future(uint32_t type) { return &world()->futures[world_index(type, world()->num_futures)]; }

/* wit_stream_t and wit_future_t differ only in `read` and `write`. */
#define CHANNEL(of_kind, of_type, from)                                                                         \
  (Channel){.kind = of_kind,                  .type = of_type,                     .new_ = (from)->new_,        \
            .cancel_read = (from)->cancel_read, .cancel_write = (from)->cancel_write,                           \
            .drop_readable = (from)->drop_readable, .drop_writable = (from)->drop_writable,                     \
            .lift = (from)->lift,             .lower = (from)->lower,                                           \
            .size = (from)->abi_payload_size, .align = (from)->abi_payload_align}

Channel channel_of(Kind kind, uint32_t type) {
  Channel channel = kind == V_STREAM ? CHANNEL(kind, type, stream(type)) : CHANNEL(kind, type, future(type));
  if (!channel.new_ || !channel.lift != !channel.lower) fail_type();
  return channel;
}

uint32_t channel_read(const Channel *channel, uint32_t end, void *buffer, uint32_t count) {
  if (channel->kind == V_STREAM) return stream(channel->type)->read(end, buffer, count);
  return future(channel->type)->read(end, buffer);
}

uint32_t channel_write(const Channel *channel, uint32_t end, const void *buffer, uint32_t count) {
  if (channel->kind == V_STREAM) return stream(channel->type)->write(end, buffer, count);
  return future(channel->type)->write(end, buffer);
}

#include "script.h"

#include "fail.h"
#include "memory.h"
#include "trace.h"
#include "world.h"

bool script_is_loading;
Lists script_lists;

static bool loaded;
static Frame *frames;
static uint32_t num_frames, frames_room;
static uint32_t first_unused; /* all frames before it are used */

static void add_frame(Frame frame) {
  if (num_frames == frames_room) {
    frames_room = frames_room ? frames_room * 2 : 32;
    frames = memory_resize(frames, frames_room * sizeof *frames);
  }
  frames[num_frames++] = frame;
}

static void read_frame(Reader *reader) {
  Frame frame = {.kind = FRAME_RUN, .which = 0, .used = false, .blocking = false};
#if BOXED_ASYNC
  Reader key = *reader;
  frame.blocking = token_is(read_token(reader), "blocking");
  if (!frame.blocking) *reader = key;
#endif
  switch (read_word(reader)) {
    case WORD('r', 'u', 'n'): frame.kind = FRAME_RUN; break;
    case WORD('e', 'x', 'p', 'o', 'r', 't'): frame.kind = FRAME_EXPORT; break;
    case WORD('d', 't', 'o', 'r'): frame.kind = FRAME_DTOR; break;
    default: fail_script_syntax();
  }
  if (frame.kind != FRAME_RUN) {
    Token interface = read_token(reader), name = read_token(reader);
    if (!name.len) fail_script_syntax();
    if (world_is_known())
      frame.which = frame.kind == FRAME_EXPORT ? world_export(interface, name) : world_resource(interface, name);
    else
      frame.which = NOT_IN_WORLD;
  }
  Reader start = *reader;
  script_check_ops(reader);
  frame.ops = (Reader){start.at, reader->at};
  add_frame(frame);
}

typedef struct Options {
  bool wit, eager;
} Options;

static Options read_script(Reader reader) {
  Options options = {false, false};
  if (!token_is(read_token(&reader), "boxed1")) fail_script_syntax();
  for (;;) {
    Token token = read_token(&reader);
    if (!token.len) return options;
    if (token_is(token, "frame"))
      read_frame(&reader);
    else if (num_frames)
      fail_script_syntax(); /* options come before the first frame */
    else if (token_is(token, "wit"))
      options.wit = true;
    else if (token_is(token, "eager"))
      options.eager = true;
    else if (token_is(token, "lists"))
      script_lists = LISTS_OF_NUMBERS;
    else if (token_is(token, "lists-any"))
      script_lists = LISTS_ANY;
    else
      fail_script_syntax();
  }
}

void script_load(void) {
  if (loaded) return;
  loaded = true;
  HostString text = {NULL, 0};
  Text dump = {NULL, 0, 0};
  script_is_loading = true;
  host_script(&text);
  script_is_loading = false;
  Options options = read_script((Reader){text.bytes, text.bytes + text.len});
  if (options.wit) world_dump(&dump);
  trace_start(&dump, options.eager);
}

Frame *script_take_frame(FrameKind kind, uint32_t which) {
  while (first_unused < num_frames && frames[first_unused].used) first_unused++;
  for (uint32_t i = first_unused; i < num_frames; i++) {
    Frame *frame = &frames[i];
    if (frame->used || frame->kind != kind || frame->which != which) continue;
    frame->used = true;
    return frame;
  }
  return NULL;
}

size_t script_frames_left(void) {
  size_t left = 0;
  for (uint32_t i = 0; i < num_frames; i++) left += !frames[i].used;
  return left;
}

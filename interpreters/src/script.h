/* The script: this instance's calls and answers. Its text is requested once and checked as a whole before its use. */
#ifndef BOXED_SCRIPT_H
#define BOXED_SCRIPT_H

#include "arguments.h"
#include "context.h"
#include "reader.h"

typedef enum FrameKind { FRAME_RUN, FRAME_EXPORT, FRAME_DTOR } FrameKind;

typedef struct Frame {
  FrameKind kind;
  uint32_t which; /* export or resource; NOT_IN_WORLD if the world has none of that name */
  bool used;
  bool blocking; /* waits in place */
  Reader ops; /* from the first op to after `end` */
} Frame;
#define NOT_IN_WORLD UINT32_MAX

/* While the host provides the script: its allocations belong to the interpreter and are not traced. */
extern bool script_is_loading;
/* The lists that go whole: options `lists` and `lists-any`. */
typedef enum Lists { LISTS_NONE, LISTS_OF_NUMBERS, LISTS_ANY } Lists;
extern Lists script_lists;

/* At every entry that may leave; it has an effect only the first time. */
void script_load(void);

/* The first unused frame of that key, now used; null if there is none. */
Frame *script_take_frame(FrameKind kind, uint32_t which);
size_t script_frames_left(void);

#if BOXED_ASYNC
/* Whether the next token begins a value. */
bool script_value_follows(Reader reader);
#endif
/* A value of the script. Without `build` it is only skipped, and the result is null. */
Val *script_value(Reader *reader, const Arguments *arguments, bool build);
extern Val *script_registers[256];
/* The number of a register; fail_script_syntax above 255. */
uint32_t read_register(Reader *reader);

/* Skips the ops of a frame, including its `end`. */
void script_check_ops(Reader *reader);
/* Runs the ops, and waits in place; the value of `ret`, or null. */
Val *script_run_ops(Reader ops, const Arguments *arguments);

#endif

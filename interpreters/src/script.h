/* The script: what this instance calls and answers. Its text is asked for once and checked whole before it is used. */
#ifndef BOXED_SCRIPT_H
#define BOXED_SCRIPT_H

#include "context.h"
#include "reader.h"

typedef enum FrameKind { FRAME_RUN, FRAME_EXPORT, FRAME_DTOR } FrameKind;

typedef struct Frame {
  FrameKind kind;
  uint32_t which; /* export or resource; NOT_IN_WORLD where the world has none of that name */
  bool used;
  Reader ops; /* from the first op to behind `end` */
} Frame;
#define NOT_IN_WORLD UINT32_MAX

/* While the host gives the script: its allocations are the interpreter's and are not traced. */
extern bool script_is_loading;
/* Which lists go whole: options `lists` and `lists-any`. */
typedef enum Lists { LISTS_NONE, LISTS_OF_NUMBERS, LISTS_ANY } Lists;
extern Lists script_lists;

/* At every entry that may leave; does nothing but the first time. */
void script_load(void);

/* The first unused frame of that key, now used; null where there is none. */
Frame *script_take_frame(FrameKind kind, uint32_t which);
size_t script_frames_left(void);

/* The arguments of the frame that runs. */
typedef struct Arguments {
  Val **values;
  size_t count;
} Arguments;

/* A value of the script. Without `build` it is only read over, and the answer is null. */
Val *script_value(Reader *reader, const Arguments *arguments, bool build);
extern Val *script_registers[256];
/* The number of a register; fail_script_syntax above 255. */
uint32_t read_register(Reader *reader);

/* Reads over the ops of a frame, to behind its `end`. */
void script_check_ops(Reader *reader);
/* Runs the ops; the value of `ret`, or null. */
Val *script_run_ops(Reader ops, const Arguments *arguments);

#endif

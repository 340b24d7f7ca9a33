/* Ends of streams and futures as objects. */
#ifndef LUA_ENDS_H
#define LUA_ENDS_H

#include "glue.h"

/* What streams and futures have in common. */
struct channel {
  uint64_t (*new_)(void);
  uint32_t (*cancel_read)(uint32_t end);
  uint32_t (*cancel_write)(uint32_t end);
  void (*drop_readable)(uint32_t end);
  void (*drop_writable)(uint32_t end);
  wit_lift_fn_t lift;
  wit_lower_fn_t lower;
  size_t size, align;
  wit_type_t payload; /* behind aliases; WIT_NONE if there is none */
};
struct channel channel_of(wit_type_t type);

enum end_state {
  END_OPEN,
  END_BUSY, /* a read or a write is under way */
  END_DONE, /* dropped, since nothing more can go through: the other end is dropped, or a future's value has gone */
  END_GONE, /* dropped or given away */
};

/* A userdata. */
struct end {
  wit_type_t type; /* the stream or future, behind aliases */
  uint32_t handle;
  bool writable;
  enum end_state state;
  struct copy *copy; /* that is under way */
};

/* The end at an index, null for another value. */
struct end *to_end(lua_State *L, int index);
/* Argument 1, which must be an end that the program has. */
struct end *check_end(lua_State *L);
/* Raises an error if something goes through the end now. */
void check_idle(lua_State *L, const struct end *end);
/* "readable end of a stream" and its like. */
const char *end_words(const struct end *end);
void drop_end(struct end *end);
/* The method `drop`: drops argument 1. */
int drop_method(lua_State *L);
/* Takes back an end that was given away, because nobody took it. */
void restore_end(struct end *end);

#endif

/* The operations of all worlds, executed or only skipped, and the parts of operations. */
#ifndef BOXED_OPS_H
#define BOXED_OPS_H

#include "script.h"

/* The ops of one frame. Without `run` they are only skipped. */
typedef struct Ops {
  Reader *reader;
  const Arguments *arguments;
  bool run;
} Ops;

enum { NO_REGISTER = 256 };

/* The next value; null without `run`. */
Val *ops_value(const Ops *ops);
/* A register for a result, or NO_REGISTER for `-`. */
uint32_t ops_register_or_none(const Ops *ops);
/* An interface and a name in it. */
void ops_name(const Ops *ops, Token *interface, Token *name);
/* Takes the value over. */
void ops_assign(uint32_t number, Val *value);
/* `name n v1..vn` of an import: which one, and its arguments; fail_no_import. Null without `run`. */
Val *ops_arguments(const Ops *ops, Token interface, Token name, uint32_t *which);

/* The op of this word (`read_word`); false if it is none of all worlds. */
bool ops_common(const Ops *ops, uint64_t word);

#endif

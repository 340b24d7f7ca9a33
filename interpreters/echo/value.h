/* Values of the echo interpreter, and the context of a call: a stack of values. */
#ifndef ECHO_VALUE_H
#define ECHO_VALUE_H

#include "memory.h"
#include "wit_dylib.h"

struct value {
  uint64_t bits;        /* a number, a handle, a discriminant */
  uint8_t *bytes;       /* a string, or a list in canonical form; not null then */
  size_t length;        /* of `bytes` in elements, of `parts` */
  size_t room;          /* for `parts` of a list that grows */
  size_t next;          /* while a list is popped: the next of `parts` */
  struct value **parts; /* fields, the payload, elements, keys and values in turns */
};

struct context {
  struct owner memory;
  struct value **stack;
  size_t height, room;
};

/* The world; set once. */
extern const wit_t *world;

struct context *new_context(void);
void free_context(struct context *cx);

void push(struct context *cx, struct value *value);
struct value *pop(struct context *cx);
struct value *top(struct context *cx);

/* An empty value that lives until the end of the call. */
struct value *new_value(struct context *cx);
/* A value of `count` parts, without the parts. */
struct value *new_parts(struct context *cx, size_t count);
void append(struct context *cx, struct value *list, struct value *part);

#endif

/* Values and their stack. */
#include "value.h"

enum { FIRST_ROOM = 8 };

const wit_t *world;

struct context *new_context(void) {
  struct context *cx = allocate(sizeof *cx);
  *cx = (struct context){0};
  return cx;
}

void free_context(struct context *cx) {
#ifndef MUTANT_NEVER_FREED
  release_all(&cx->memory);
#endif
  release(cx);
}

/* More room for an array of values; the old one stays until the end of the call. */
static struct value **grown(struct context *cx, struct value **old, size_t length, size_t *room) {
  *room = *room ? 2 * *room : FIRST_ROOM;
  struct value **found = allocate_for(&cx->memory, *room * sizeof *found);
  copy(found, old, length * sizeof *found);
  return found;
}

void push(struct context *cx, struct value *value) {
  if (cx->height == cx->room) cx->stack = grown(cx, cx->stack, cx->height, &cx->room);
  cx->stack[cx->height++] = value;
}

struct value *pop(struct context *cx) {
  if (!cx->height) __builtin_trap();
  return cx->stack[--cx->height];
}

struct value *top(struct context *cx) {
  if (!cx->height) __builtin_trap();
  return cx->stack[cx->height - 1];
}

struct value *new_value(struct context *cx) {
  struct value *value = allocate_for(&cx->memory, sizeof *value);
  *value = (struct value){0};
  return value;
}

struct value *new_parts(struct context *cx, size_t count) {
  struct value *value = new_value(cx);
  value->length = value->room = count;
  value->parts = allocate_for(&cx->memory, count * sizeof *value->parts);
  return value;
}

void append(struct context *cx, struct value *list, struct value *part) {
  if (list->length == list->room) list->parts = grown(cx, list->parts, list->length, &list->room);
  list->parts[list->length++] = part;
}

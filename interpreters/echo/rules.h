/* What the program does with a call, in parts: an asynchronous call waits between them. */
#ifndef ECHO_RULES_H
#define ECHO_RULES_H

#include "types.h"

/* A call of an export. */
struct call {
  const wit_export_func_t *exported;
  const wit_import_func_t *imported; /* to which it forwards; null: to none */
  struct value **args;
};

/* The call of export `which` with the parameters on the stack, which it takes. */
struct call begin_call(struct context *cx, size_t which);
/* Forward, first part: leaves the arguments of the import. */
void give_arguments(struct context *cx, const struct call *call);
/* Forward, last part: the result of the import, if there is one, becomes that of the export. */
void take_result(struct context *cx, const struct call *call);
/* The import was cancelled instead. If it had not started, it has not taken its arguments. */
void give_up(const struct call *call, bool started);
/* Echo: leaves the first parameter of the result's type, and drops the handles of the others. */
void echo(struct context *cx, const struct call *call);

#endif

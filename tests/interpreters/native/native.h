/* The parts of the native test program. */
#ifndef BOXED_NATIVE_H
#define BOXED_NATIVE_H

#include <stddef.h>

#include "wit_dylib.h"

/* What the host's `script` answers. */
void native_script(char *text, size_t len);

/* A world with one item of each kind. Its imports run native_call_import. */
extern const wit_t native_world;
/* Executes commands up to `return`, with this cx as the current one. */
void native_call_import(void *cx);

void control_run(void);
void control_finish(void);

#endif

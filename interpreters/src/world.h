/* The wit_t from the generated library: its checks, look-ups and dump. */
#ifndef BOXED_WORLD_H
#define BOXED_WORLD_H

#include "reader.h"
#include "text.h"
#include "wit_dylib.h"

void world_initialize(const wit_t *wit);
/* fail_no_wit if there is none. */
const wit_t *world(void);
bool world_is_known(void);

/* `index`, or fail_type if it is not below `count`. */
size_t world_index(size_t index, size_t count);
/* The type behind all aliases. */
wit_type_t world_resolve_alias(wit_type_t type);

/* Items by interface and name; NOT_IN_WORLD if there is none. `world_resource`: among the exported resources. */
uint32_t world_import(Token interface, Token name);
uint32_t world_export(Token interface, Token name);
uint32_t world_resource(Token interface, Token name);

/* PROTOCOL.md, "The dump". */
void world_dump(Text *text);

#endif

#include "world.h"

#include "fail.h"
#include "script.h"

/* A copy, which an interpreter may make: addresses must be relocated before the library's constructor runs. */
static wit_t the_copy;
static const wit_t *the_world;

void world_initialize(const wit_t *wit) {
  if (the_world) fail_initialize();
  if (wit->version != WIT_DYLIB_VERSION) fail_abi_version();
  the_copy = *wit;
  the_world = &the_copy;
}

const wit_t *world(void) {
  if (!the_world) fail_no_wit();
  return the_world;
}

bool world_is_known(void) { return the_world != NULL; }

size_t world_index(size_t index, size_t count) {
  if (index >= count) fail_type();
  return index;
}

wit_type_t world_resolve_alias(wit_type_t type) {
  /* A chain cannot be longer than the number of aliases: more steps are a cycle. */
  for (size_t steps = 0; WIT_TYPE_KIND(type) == WIT_TYPE_ALIAS; steps++) {
    if (steps > world()->num_aliases) fail_type();
    type = world()->aliases[world_index(WIT_TYPE_INDEX(type), world()->num_aliases)].ty;
  }
  return type;
}

uint32_t world_import(Token interface, Token name) {
  const wit_import_func_t *funcs = world()->import_funcs;
  for (uint32_t i = 0; i < world()->num_import_funcs; i++)
    if (token_is_name(name, funcs[i].name) && token_is_name(interface, funcs[i].interface)) return i;
  return NOT_IN_WORLD;
}

uint32_t world_export(Token interface, Token name) {
  const wit_export_func_t *funcs = world()->export_funcs;
  for (uint32_t i = 0; i < world()->num_export_funcs; i++)
    if (token_is_name(name, funcs[i].name) && token_is_name(interface, funcs[i].interface)) return i;
  return NOT_IN_WORLD;
}

uint32_t world_resource(Token interface, Token name) {
  const wit_resource_t *resources = world()->resources;
  for (uint32_t i = 0; i < world()->num_resources; i++)
    if (resources[i].new_ && token_is_name(name, resources[i].name) && token_is_name(interface, resources[i].interface))
      return i;
  return NOT_IN_WORLD;
}

#include "type_path.h"

#include "fail.h"
#include "parts.h"
#include "script.h"
#include "world.h"

static wit_type_t of_function(size_t nparams, const wit_type_t *params, wit_type_t result, uint32_t place) {
  if (place > nparams) fail_type_path();
  return place < nparams ? params[place] : result;
}

static wit_type_t start(bool imported, Token interface, Token name, uint32_t place) {
  uint32_t which = imported ? world_import(interface, name) : world_export(interface, name);
  if (which == NOT_IN_WORLD) fail_type_path();
  if (imported) {
    const wit_import_func_t *func = &world()->import_funcs[which];
    return of_function(func->nparams, func->params, func->result, place);
  }
  const wit_export_func_t *func = &world()->export_funcs[which];
  return of_function(func->nparams, func->params, func->result, place);
}

/* How many steps a path can take from here. */
static size_t steps_from(wit_type_t type) {
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_RECORD:
    case WIT_TYPE_TUPLE:
    case WIT_TYPE_VARIANT:
    case WIT_TYPE_RESULT:
#if WIT_DYLIB_VERSION >= 3
    case WIT_TYPE_MAP:
#endif
      return parts_count(type);
    case WIT_TYPE_OPTION:
    case WIT_TYPE_LIST:
    case WIT_TYPE_FIXED_LENGTH_LIST:
    case WIT_TYPE_STREAM:
    case WIT_TYPE_FUTURE: return 1;
    default: return 0;
  }
}

static wit_type_t inner(wit_type_t type, uint32_t step) {
  if (step >= steps_from(type)) fail_type_path();
  uint32_t index = WIT_TYPE_INDEX(type);
  switch (WIT_TYPE_KIND(type)) {
    case WIT_TYPE_OPTION: return parts_at(type, 1);
    case WIT_TYPE_STREAM: return world()->streams[world_index(index, world()->num_streams)].ty;
    case WIT_TYPE_FUTURE: return world()->futures[world_index(index, world()->num_futures)].ty;
    default: return parts_at(type, step);
  }
}

Kind read_type_path(Reader *reader, bool find, uint32_t *type) {
  Token side = read_token(reader);
  bool imported = token_is(side, "import");
  if (!imported && !token_is(side, "export")) fail_script_syntax();
  Token interface = read_token(reader), name = read_token(reader);
  uint32_t place = read_u32(reader), steps = read_u32(reader);
  wit_type_t at = WIT_TYPE_EMPTY;
  if (find) at = world_resolve_alias(start(imported, interface, name, place));
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t step = read_u32(reader);
    if (find) at = world_resolve_alias(inner(at, step));
  }
  if (!find) return V_STREAM;
  *type = WIT_TYPE_INDEX(at);
  if (WIT_TYPE_KIND(at) == WIT_TYPE_STREAM) return V_STREAM;
  if (WIT_TYPE_KIND(at) == WIT_TYPE_FUTURE) return V_FUTURE;
  fail_type_path();
}

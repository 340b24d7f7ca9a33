#include "world.h"

static void number(Text *text, uint64_t value) {
  text_literal(text, " ");
  text_unsigned(text, value);
}

static void type(Text *text, wit_type_t type) {
  text_literal(text, " ");
  text_unsigned(text, WIT_TYPE_KIND(type));
  text_literal(text, ":");
  text_unsigned(text, WIT_TYPE_KIND(type) == WIT_TYPE_EMPTY ? 0 : WIT_TYPE_INDEX(type));
}

static void name(Text *text, const char *string) {
  text_literal(text, " ");
  text_name(text, string);
}

/* A function by its place in the table, which shows equal functions; 0 for null. */
#define FUNCTION(text, pointer) number(text, PLATFORM_FUNCTION(pointer))

static void head(Text *text, const char *kind, size_t index, const char *interface, const char *own_name) {
  text_literal(text, "wit ");
  text_append(text, kind, strlen(kind));
  number(text, index);
  name(text, interface);
  name(text, own_name);
}

static void end(Text *text) { text_literal(text, "\n"); }

static void types(Text *text, size_t count, const wit_type_t *list) {
  number(text, count);
  for (size_t i = 0; i < count; i++) type(text, list[i]);
}

static void names(Text *text, size_t count, const char *const *list) {
  number(text, count);
  for (size_t i = 0; i < count; i++) name(text, list[i]);
}

static void functions(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_import_funcs; i++) {
    const wit_import_func_t *func = &wit->import_funcs[i];
    head(text, "import", i, func->interface, func->name);
    FUNCTION(text, func->impl);
    FUNCTION(text, func->async_impl);
    FUNCTION(text, func->async_lift_impl);
    types(text, func->nparams, func->params);
    type(text, func->result);
    number(text, func->async_abi_area_size);
    number(text, func->async_abi_area_align);
    end(text);
  }
  for (size_t i = 0; i < wit->num_export_funcs; i++) {
    const wit_export_func_t *func = &wit->export_funcs[i];
    head(text, "export", i, func->interface, func->name);
    FUNCTION(text, func->task_return);
    types(text, func->nparams, func->params);
    type(text, func->result);
    end(text);
  }
}

static void resources(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_resources; i++) {
    const wit_resource_t *resource = &wit->resources[i];
    head(text, "resource", i, resource->interface, resource->name);
    FUNCTION(text, resource->drop);
    FUNCTION(text, resource->new_);
    FUNCTION(text, resource->rep);
    end(text);
  }
}

static void products(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_records; i++) {
    const wit_record_t *record = &wit->records[i];
    head(text, "record", i, record->interface, record->name);
    number(text, record->nfields);
    for (size_t k = 0; k < record->nfields; k++) {
      name(text, record->fields[k].name);
      type(text, record->fields[k].ty);
    }
    end(text);
  }
  for (size_t i = 0; i < wit->num_flags; i++) {
    head(text, "flags", i, wit->flags[i].interface, wit->flags[i].name);
    names(text, wit->flags[i].nnames, wit->flags[i].names);
    end(text);
  }
  for (size_t i = 0; i < wit->num_tuples; i++) {
    head(text, "tuple", i, wit->tuples[i].interface, wit->tuples[i].name);
    types(text, wit->tuples[i].ntypes, wit->tuples[i].types);
    end(text);
  }
}

static void sums(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_variants; i++) {
    const wit_variant_t *variant = &wit->variants[i];
    head(text, "variant", i, variant->interface, variant->name);
    number(text, variant->ncases);
    for (size_t k = 0; k < variant->ncases; k++) {
      name(text, variant->cases[k].name);
      type(text, variant->cases[k].ty);
    }
    end(text);
  }
  for (size_t i = 0; i < wit->num_enums; i++) {
    head(text, "enum", i, wit->enums[i].interface, wit->enums[i].name);
    names(text, wit->enums[i].nnames, wit->enums[i].names);
    end(text);
  }
  for (size_t i = 0; i < wit->num_options; i++) {
    head(text, "option", i, wit->options[i].interface, wit->options[i].name);
    type(text, wit->options[i].ty);
    end(text);
  }
  for (size_t i = 0; i < wit->num_results; i++) {
    head(text, "result", i, wit->results[i].interface, wit->results[i].name);
    type(text, wit->results[i].ok);
    type(text, wit->results[i].err);
    end(text);
  }
}

static void collections(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_lists; i++) {
    head(text, "list", i, wit->lists[i].interface, wit->lists[i].name);
    type(text, wit->lists[i].ty);
    end(text);
  }
#if WIT_DYLIB_VERSION >= 3
  for (size_t i = 0; i < wit->num_maps; i++) {
    head(text, "map", i, wit->maps[i].interface, wit->maps[i].name);
    type(text, wit->maps[i].key_type);
    type(text, wit->maps[i].value_type);
    end(text);
  }
#endif
  for (size_t i = 0; i < wit->num_fixed_length_lists; i++) {
    const wit_fixed_length_list_t *list = &wit->fixed_length_lists[i];
    head(text, "fixed_length_list", i, list->interface, list->name);
    number(text, list->size);
    type(text, list->ty);
    end(text);
  }
}

/* wit_future_t and wit_stream_t differ only in the signatures of their functions. */
#define DUMP_CHANNEL(kind, channel)                       \
  head(text, kind, i, channel->interface, channel->name); \
  type(text, channel->ty);                                \
  FUNCTION(text, channel->new_);                      \
  FUNCTION(text, channel->read);                      \
  FUNCTION(text, channel->write);                     \
  FUNCTION(text, channel->cancel_read);               \
  FUNCTION(text, channel->cancel_write);              \
  FUNCTION(text, channel->drop_readable);             \
  FUNCTION(text, channel->drop_writable);             \
  FUNCTION(text, channel->lift);                      \
  FUNCTION(text, channel->lower);                     \
  number(text, channel->abi_payload_size);                \
  number(text, channel->abi_payload_align);               \
  end(text)

static void channels_and_aliases(Text *text, const wit_t *wit) {
  for (size_t i = 0; i < wit->num_futures; i++) {
    const wit_future_t *future = &wit->futures[i];
    DUMP_CHANNEL("future", future);
  }
  for (size_t i = 0; i < wit->num_streams; i++) {
    const wit_stream_t *stream = &wit->streams[i];
    DUMP_CHANNEL("stream", stream);
  }
  for (size_t i = 0; i < wit->num_aliases; i++) {
    head(text, "alias", i, wit->aliases[i].interface, wit->aliases[i].name);
    type(text, wit->aliases[i].ty);
    end(text);
  }
}

void world_dump(Text *text) {
  if (!world_is_known()) {
    text_literal(text, "wit none\n");
    return;
  }
  const wit_t *wit = world();
  text_literal(text, "wit version");
  number(text, wit->version);
  end(text);
  functions(text, wit);
  resources(text, wit);
  products(text, wit);
  sums(text, wit);
  collections(text, wit);
  channels_and_aliases(text, wit);
}

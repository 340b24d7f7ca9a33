/*
 * An interpreter whose program is the same for every world: an exported function calls the import of its name, or
 * returns one of its parameters (docs/interpreters.md describes the rules). It is an example of an interpreter that the
 * harness can test: `harness check my.wit --interpreter echo-v3.so`.
 */
#include "types.h"

/* A resource that this component exports stands for an imported one: its representation is the address of this. */
struct wrapper {
  uint32_t handle; /* of the imported resource; 0: given away */
  void (*drop)(uint32_t handle);
};

void wit_dylib_initialize(const wit_t *wit) {
  if (wit->version != WIT_DYLIB_VERSION) __builtin_trap();
  world = wit;
}

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  (void)align; /* blocks have any alignment that the Canonical ABI asks for */
  void *found = allocate(new_size);
  if (old_size) {
    copy(found, old, old_size < new_size ? old_size : new_size);
    release(old);
  }
  return found;
}

void wit_dylib_dealloc_bytes(void *cx, void *ptr, size_t byte_size, size_t align, int32_t defer) {
  (void)byte_size, (void)align;
  if (defer)
    adopt(&((struct context *)cx)->memory, ptr);
  else
    release(ptr);
}

/* ---- Handles ----------------------------------------------------------------------------------------------------- */

static const wit_resource_t *resource_of(wit_type_t handle) { return &world->resources[WIT_TYPE_INDEX(handle)]; }

/* A borrow of an exported resource is its representation, not a handle, so it is not dropped. */
static void drop_handle(struct value *handle, wit_type_t type) {
  const wit_resource_t *resource = resource_of(type);
  if (WIT_TYPE_KIND(type) == WIT_TYPE_BORROW && resource->new_) return;
#ifdef MUTANT_OWN_LEAKED
  if (WIT_TYPE_KIND(type) == WIT_TYPE_OWN) return;
#endif
  resource->drop((uint32_t)handle->bits);
}

static void drop_borrow(struct value *handle, wit_type_t type) {
#ifdef MUTANT_BORROW_KEPT
  return;
#endif
  if (WIT_TYPE_KIND(type) == WIT_TYPE_BORROW) drop_handle(handle, type);
}

/* An argument of an import: handles of exported resources become those that they stand for. */
static void unwrap(struct value *handle, wit_type_t type) {
  const wit_resource_t *resource = resource_of(type);
  if (!resource->new_) return;
  uint32_t own = (uint32_t)handle->bits;
  bool borrowed = WIT_TYPE_KIND(type) == WIT_TYPE_BORROW;
  struct wrapper *wrapper = (struct wrapper *)(borrowed ? handle->bits : resource->rep(own));
  handle->bits = wrapper->handle;
  if (!borrowed) {
    wrapper->handle = 0;
    resource->drop(own);
  }
}

static const wit_resource_t *imported_resource(const wit_resource_t *exported) {
  for (size_t at = 0; at < world->num_resources; at++) {
    const wit_resource_t *found = &world->resources[at];
    if (!found->new_ && same_name(found->interface, exported->interface) && same_name(found->name, exported->name))
      return found;
  }
  __builtin_trap();
}

/* The result of an export: handles of imported resources get a wrapper if the type has the exported resource. */
static void wrap(struct value *handle, wit_type_t type) {
  const wit_resource_t *resource = resource_of(type);
  if (!resource->new_) return;
  struct wrapper *wrapper = allocate(sizeof *wrapper);
  *wrapper = (struct wrapper){(uint32_t)handle->bits, imported_resource(resource)->drop};
  handle->bits = resource->new_((size_t)wrapper);
}

void wit_dylib_resource_dtor(size_t ty, size_t rep) {
  (void)ty;
  struct wrapper *wrapper = (struct wrapper *)rep;
  if (wrapper->handle) wrapper->drop(wrapper->handle);
  release(wrapper);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static bool same_function(const wit_export_func_t *exported, const wit_import_func_t *imported) {
  if (!imported->impl || imported->nparams != exported->nparams) return false;
  if (!same_name(imported->interface, exported->interface) || !same_name(imported->name, exported->name)) return false;
  for (size_t at = 0; at < exported->nparams; at++)
    if (!same_type(exported->params[at], imported->params[at], true)) return false;
  return same_type(exported->result, imported->result, true);
}

/* Call the import with the parameters and leave its result. */
static void forward(struct context *cx, const wit_export_func_t *exported, const wit_import_func_t *imported,
                    struct value **args) {
  for (size_t at = 0; at < exported->nparams; at++) visit_handles(args[at], exported->params[at], unwrap);
  for (size_t at = exported->nparams; at; at--) push(cx, args[at - 1]);
  imported->impl(cx);
  for (size_t at = 0; at < exported->nparams; at++) visit_handles(args[at], exported->params[at], drop_borrow);
  if (WIT_TYPE_KIND(exported->result) != WIT_TYPE_EMPTY) visit_handles(top(cx), exported->result, wrap);
}

/* Leave the first parameter of the result's type, and drop the handles of the others. */
static void echo(struct context *cx, const wit_export_func_t *exported, struct value **args) {
  size_t chosen = 0;
  bool returns = WIT_TYPE_KIND(exported->result) != WIT_TYPE_EMPTY;
  if (returns) {
    while (chosen < exported->nparams && !same_type(exported->params[chosen], exported->result, false)) chosen++;
    if (chosen == exported->nparams) __builtin_trap(); /* neither rule applies: the harness does not call it */
  }
  for (size_t at = 0; at < exported->nparams; at++)
    if (!returns || at != chosen) visit_handles(args[at], exported->params[at], drop_handle);
  if (returns) push(cx, args[chosen]);
}

void *wit_dylib_export_start(size_t which) {
  (void)which;
  return new_context();
}

void wit_dylib_export_call(void *context, size_t which) {
  struct context *cx = context;
  const wit_export_func_t *exported = &world->export_funcs[which];
  struct value **args = allocate_for(&cx->memory, exported->nparams * sizeof *args);
  for (size_t at = exported->nparams; at; at--) args[at - 1] = pop(cx);
  for (size_t at = 0; at < world->num_import_funcs; at++)
    if (same_function(exported, &world->import_funcs[at])) {
      forward(cx, exported, &world->import_funcs[at], args);
      return;
    }
  echo(cx, exported, args);
}

void wit_dylib_export_finish(void *cx, size_t which) {
  (void)which;
  free_context(cx);
}

/* ---- What it does not have --------------------------------------------------------------------------------------- */

int32_t wit_dylib_export_async_call(void *cx, size_t which) {
  (void)cx, (void)which;
  __builtin_trap();
}

int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code, size_t which) {
  (void)event, (void)waitable, (void)code, (void)which;
  __builtin_trap();
}

void wit_dylib_push_future(void *cx, size_t ty, uint32_t handle) {
  (void)cx, (void)ty, (void)handle;
  __builtin_trap();
}

void wit_dylib_push_stream(void *cx, size_t ty, uint32_t handle) {
  (void)cx, (void)ty, (void)handle;
  __builtin_trap();
}

uint32_t wit_dylib_pop_future(void *cx, size_t ty) {
  (void)cx, (void)ty;
  __builtin_trap();
}

uint32_t wit_dylib_pop_stream(void *cx, size_t ty) {
  (void)cx, (void)ty;
  __builtin_trap();
}

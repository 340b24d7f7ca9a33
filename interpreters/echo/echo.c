/*
 * An interpreter whose program is the same for every world: an exported function calls the import of its name, or
 * returns one of its parameters (docs/interpreters.md describes the rules). It is an example of an interpreter that the
 * harness can test: `harness check my.wit --interpreter echo-v3.so`.
 */
#include "handles.h"
#include "rules.h"

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

/* ---- The rules --------------------------------------------------------------------------------------------------- */

static bool same_function(const wit_export_func_t *exported, const wit_import_func_t *imported) {
  if (!imported->impl != !!exported->task_return || imported->nparams != exported->nparams) return false;
  if (!same_name(imported->interface, exported->interface) || !same_name(imported->name, exported->name)) return false;
  for (size_t at = 0; at < exported->nparams; at++)
    if (!same_type(exported->params[at], imported->params[at], true)) return false;
  return same_type(exported->result, imported->result, true);
}

struct call begin_call(struct context *cx, size_t which) {
  const wit_export_func_t *exported = &world->export_funcs[which];
  struct call call = {exported, 0, allocate_for(&cx->memory, exported->nparams * sizeof *call.args)};
  for (size_t at = exported->nparams; at; at--) call.args[at - 1] = pop(cx);
  for (size_t at = 0; at < world->num_import_funcs && !call.imported; at++)
    if (same_function(exported, &world->import_funcs[at])) call.imported = &world->import_funcs[at];
  forget_given();
  return call;
}

static bool returns(const struct call *call) { return WIT_TYPE_KIND(call->exported->result) != WIT_TYPE_EMPTY; }

static void visit_parameters(const struct call *call, handle_visitor visit) {
  for (size_t at = 0; at < call->exported->nparams; at++)
    visit_handles(call->args[at], call->exported->params[at], visit);
}

void give_arguments(struct context *cx, const struct call *call) {
  visit_parameters(call, unwrap);
  for (size_t at = call->exported->nparams; at; at--) push(cx, call->args[at - 1]);
}

void take_result(struct context *cx, const struct call *call) {
  visit_parameters(call, drop_borrow);
  forget_given();
  if (returns(call)) visit_handles(top(cx), call->exported->result, wrap);
}

void give_up(const struct call *call, bool started) {
  for (size_t at = 0; !started && at < call->exported->nparams; at++)
    visit_handles(call->args[at], call->imported->params[at], drop_owned);
  visit_parameters(call, drop_borrow);
}

void echo(struct context *cx, const struct call *call) {
  const wit_export_func_t *exported = call->exported;
  size_t chosen = 0;
  if (returns(call)) {
    while (chosen < exported->nparams && !same_type(exported->params[chosen], exported->result, false)) chosen++;
    if (chosen == exported->nparams) __builtin_trap(); /* neither rule applies: the harness does not call it */
  }
  for (size_t at = 0; at < exported->nparams; at++)
    if (!returns(call) || at != chosen) visit_handles(call->args[at], exported->params[at], drop_handle);
  if (returns(call)) {
    visit_handles(call->args[chosen], exported->result, give);
    push(cx, call->args[chosen]);
  }
}

/* ---- Synchronous calls ------------------------------------------------------------------------------------------- */

void *wit_dylib_export_start(size_t which) {
  (void)which;
  return new_context();
}

void wit_dylib_export_call(void *context, size_t which) {
  struct context *cx = context;
  struct call call = begin_call(cx, which);
  if (!call.imported) {
    echo(cx, &call);
    return;
  }
  give_arguments(cx, &call);
  call.imported->impl(cx);
  take_result(cx, &call);
}

void wit_dylib_export_finish(void *cx, size_t which) {
  (void)which;
  free_context(cx);
}

#include "ops.h"

#include "calls.h"
#include "fail.h"
#include "world.h"

Val *ops_value(const Ops *ops) { return script_value(ops->reader, ops->arguments, ops->run); }

void ops_assign(uint32_t number, Val *value) {
  Val *old = script_registers[number];
  script_registers[number] = value;
  value_release(old);
}

uint32_t ops_register_or_none(const Ops *ops) {
  Reader start = *ops->reader;
  if (token_is(read_token(ops->reader), "-")) return NO_REGISTER;
  *ops->reader = start;
  return read_register(ops->reader);
}

static void run_set(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Val *new_value = ops_value(ops);
  if (ops->run) ops_assign(to, new_value);
}

static void run_pick(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Val *part = ops_value(ops);
  uint32_t steps = read_u32(ops->reader);
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t index = read_u32(ops->reader);
    if (!ops->run) continue;
    Val *inner = value_pick(part, index);
    value_release(part);
    part = inner;
  }
  if (ops->run) ops_assign(to, part);
}

void ops_name(const Ops *ops, Token *interface, Token *name) {
  *interface = read_token(ops->reader);
  *name = read_token(ops->reader);
  if (!name->len) fail_script_syntax();
}

Val *ops_arguments(const Ops *ops, Token interface, Token name, uint32_t *which) {
  uint32_t count = read_u32(ops->reader);
  if (!ops->run) {
    for (uint32_t i = 0; i < count; i++) ops_value(ops);
    return NULL;
  }
  *which = world_import(interface, name);
  if (*which == NOT_IN_WORLD || world()->import_funcs[*which].nparams != count) fail_no_import();
  Val *arguments = value_compound(V_RECORD, count);
  for (uint32_t i = 0; i < count; i++) arguments->items[i] = ops_value(ops);
  return arguments;
}

static void run_call(const Ops *ops) {
  Token interface, name;
  ops_name(ops, &interface, &name);
  uint32_t to = ops_register_or_none(ops), which;
  Val *arguments = ops_arguments(ops, interface, name, &which);
  if (!ops->run) return;
  Val *result = call_import(which, arguments);
  if (to != NO_REGISTER && !result) fail_result();
  if (to != NO_REGISTER)
    ops_assign(to, result);
  else
    value_release(result);
}

static void run_new(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Token interface, resource;
  ops_name(ops, &interface, &resource);
  uint32_t rep = read_u32(ops->reader);
  if (!ops->run) return;
  uint32_t which = world_resource(interface, resource);
  if (which == NOT_IN_WORLD) fail_no_resource();
  ops_assign(to, call_resource_new(which, rep));
}

/* `R v` with a built-in from a value to a value. */
static void run_convert(const Ops *ops, Val *(*convert)(const Val *)) {
  uint32_t to = read_register(ops->reader);
  Val *from = ops_value(ops);
  if (!ops->run) return;
  Val *result = convert(from);
  value_release(from);
  ops_assign(to, result);
}

static void run_drop(const Ops *ops) {
  Val *handle = ops_value(ops);
  if (!ops->run) return;
  call_drop(handle);
  value_release(handle);
}

bool ops_common(const Ops *ops, uint64_t word) {
  switch (word) {
    case WORD('s', 'e', 't'): run_set(ops); return true;
    case WORD('p', 'i', 'c', 'k'): run_pick(ops); return true;
    case WORD('c', 'a', 'l', 'l'): run_call(ops); return true;
    case WORD('n', 'e', 'w'): run_new(ops); return true;
    case WORD('r', 'e', 'p'): run_convert(ops, call_resource_rep); return true;
    case WORD('d', 'r', 'o', 'p'): run_drop(ops); return true;
    case WORD('e', 'c', 'n', 'e', 'w'): run_convert(ops, call_error_context_new); return true;
    case WORD('e', 'c', 'm', 's', 'g'): run_convert(ops, call_error_context_message); return true;
    case WORD('t', 'r', 'a', 'p'):
      if (ops->run) fail_script_trap();
      return true;
    default: return false;
  }
}

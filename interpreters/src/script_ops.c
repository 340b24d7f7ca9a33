#include "calls.h"
#include "fail.h"
#include "script.h"
#include "world.h"

enum { NO_REGISTER = 256 };

/* The ops of one frame, executed or, without `run`, only skipped. */
typedef struct Ops {
  Reader *reader;
  const Arguments *arguments;
  bool run;
} Ops;

static Val *value(const Ops *ops) { return script_value(ops->reader, ops->arguments, ops->run); }

static void assign(uint32_t number, Val *value) {
  Val *old = script_registers[number];
  script_registers[number] = value;
  value_release(old);
}

static uint32_t register_or_none(Reader *reader) {
  Reader start = *reader;
  if (token_is(read_token(reader), "-")) return NO_REGISTER;
  *reader = start;
  return read_register(reader);
}

static void run_set(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Val *new_value = value(ops);
  if (ops->run) assign(to, new_value);
}

static void run_pick(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Val *part = value(ops);
  uint32_t steps = read_u32(ops->reader);
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t index = read_u32(ops->reader);
    if (!ops->run) continue;
    Val *inner = value_pick(part, index);
    value_release(part);
    part = inner;
  }
  if (ops->run) assign(to, part);
}

static void name(const Ops *ops, Token *interface, Token *name) {
  *interface = read_token(ops->reader);
  *name = read_token(ops->reader);
  if (!name->len) fail_script_syntax();
}

static void run_call(const Ops *ops) {
  Token interface, func;
  name(ops, &interface, &func);
  uint32_t to = register_or_none(ops->reader);
  uint32_t count = read_u32(ops->reader);
  if (!ops->run) {
    for (uint32_t i = 0; i < count; i++) value(ops);
    return;
  }
  uint32_t which = world_import(interface, func);
  if (which == NOT_IN_WORLD || world()->import_funcs[which].nparams != count) fail_no_import();
  Val *arguments = value_compound(V_RECORD, count);
  for (uint32_t i = 0; i < count; i++) arguments->items[i] = value(ops);
  Val *result = call_import(which, arguments);
  if (to != NO_REGISTER && !result) fail_result();
  if (to != NO_REGISTER)
    assign(to, result);
  else
    value_release(result);
}

static void run_new(const Ops *ops) {
  uint32_t to = read_register(ops->reader);
  Token interface, resource;
  name(ops, &interface, &resource);
  uint32_t rep = read_u32(ops->reader);
  if (!ops->run) return;
  uint32_t which = world_resource(interface, resource);
  if (which == NOT_IN_WORLD) fail_no_resource();
  assign(to, call_resource_new(which, rep));
}

/* `R v` with a built-in from a value to a value. */
static void run_convert(const Ops *ops, Val *(*convert)(const Val *)) {
  uint32_t to = read_register(ops->reader);
  Val *from = value(ops);
  if (!ops->run) return;
  Val *result = convert(from);
  value_release(from);
  assign(to, result);
}

static void run_drop(const Ops *ops) {
  Val *handle = value(ops);
  if (!ops->run) return;
  call_drop(handle);
  value_release(handle);
}

/* `ret`, which must be the last op of the frame. */
static Val *run_ret(const Ops *ops) {
  Reader start = *ops->reader;
  Val *result = NULL;
  if (!token_is(read_token(ops->reader), "end")) {
    *ops->reader = start;
    result = value(ops);
    if (!token_is(read_token(ops->reader), "end")) fail_script_syntax();
  }
  return result;
}

static Val *run_all(const Ops *ops) {
  for (;;) {
    switch (read_word(ops->reader)) {
      case WORD('s', 'e', 't'): run_set(ops); break;
      case WORD('p', 'i', 'c', 'k'): run_pick(ops); break;
      case WORD('c', 'a', 'l', 'l'): run_call(ops); break;
      case WORD('n', 'e', 'w'): run_new(ops); break;
      case WORD('r', 'e', 'p'): run_convert(ops, call_resource_rep); break;
      case WORD('d', 'r', 'o', 'p'): run_drop(ops); break;
      case WORD('e', 'c', 'n', 'e', 'w'): run_convert(ops, call_error_context_new); break;
      case WORD('e', 'c', 'm', 's', 'g'): run_convert(ops, call_error_context_message); break;
      case WORD('t', 'r', 'a', 'p'):
        if (ops->run) fail_script_trap();
        break;
      case WORD('r', 'e', 't'): return run_ret(ops);
      case WORD('e', 'n', 'd'): return NULL;
      default: fail_script_syntax();
    }
  }
}

void script_check_ops(Reader *reader) {
  static const Arguments none = {NULL, 0};
  Ops ops = {reader, &none, false};
  run_all(&ops);
}

Val *script_run_ops(Reader reader, const Arguments *arguments) {
  Ops ops = {&reader, arguments, true};
  return run_all(&ops);
}

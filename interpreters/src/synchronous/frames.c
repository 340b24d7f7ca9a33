/* Frames of synchronous worlds: each runs from its start to its end in one core call. */
#include "fail.h"
#include "ops.h"

/* `ret`, which must be the last op of the frame. */
static Val *run_ret(const Ops *ops) {
  Reader start = *ops->reader;
  Val *result = NULL;
  if (!token_is(read_token(ops->reader), "end")) {
    *ops->reader = start;
    result = ops_value(ops);
    if (!token_is(read_token(ops->reader), "end")) fail_script_syntax();
  }
  return result;
}

static Val *run_all(const Ops *ops) {
  for (;;) {
    uint64_t word = read_word(ops->reader);
    if (ops_common(ops, word)) continue;
    switch (word) {
      case WORD('r', 'e', 't'): return run_ret(ops);
      case WORD('e', 'n', 'd'): return NULL;
      default: fail_script_syntax();
    }
  }
}

void script_check_ops(Reader *reader) {
  static const Arguments none = {NULL, 0};
  run_all(&(Ops){reader, &none, false});
}

Val *script_run_ops(Reader reader, const Arguments *arguments) { return run_all(&(Ops){&reader, arguments, true}); }

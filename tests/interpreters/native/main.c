/*
 * Runs interface calls natively, under sanitizers: `native SCRIPT COMMANDS`, both files. The trace goes to standard
 * output; 0 is a run to the end, 3 a trap of the interpreter, 2 a malformed command, anything else a fault.
 *
 * A command is a line: a word and unsigned numbers. `cx N` makes the N-th cx current (0: null), allocations are kept in
 * slots by number. An import consumes the lines after the one that led to it, up to `return`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "native.h"

enum { SLOTS = 16, CONTEXTS = 16, MAX_ARGUMENTS = 6 };

typedef struct Command {
  const char *name;
  unsigned long long n[MAX_ARGUMENTS];
} Command;

static char *commands;
static void *slots[SLOTS];
static void *contexts[CONTEXTS];
static unsigned num_contexts = 1;
static void *cx;

static void remember(void *new_cx) {
  cx = new_cx;
  if (num_contexts < CONTEXTS) contexts[num_contexts++] = new_cx;
}

static char *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  size_t room = 1 << 24;
  char *text = malloc(room);
  *len = fread(text, 1, room - 1, file);
  text[*len] = 0;
  fclose(file);
  return text;
}

/* Everything that takes a cx and one number. */
typedef struct Unary {
  const char *name;
  void (*call)(void *cx, size_t n);
} Unary;

#define POPPED(type, name) \
  static void unary_##name(void *context, size_t n) { (void)n, (void)wit_dylib_##name(context); }
#define POPPED_TYPED(name) \
  static void unary_##name(void *context, size_t n) { (void)wit_dylib_##name(context, n); }
#define PUSHED(name, type) \
  static void unary_##name(void *context, size_t n) { wit_dylib_##name(context, (type)n); }
#define SAME(name) \
  static void unary_##name(void *context, size_t n) { wit_dylib_##name(context, n); }

#define ALL_POPPED(X) X(bool) X(char) X(u8) X(s8) X(u16) X(s16) X(u32) X(s32) X(u64) X(s64) X(f32) X(f64) X(error_context)
#define ALL_POPPED_TYPED(X) X(flags) X(enum) X(own) X(borrow) X(future) X(stream) X(variant) X(option) X(result) X(map)
#define ALL_SAME(X)                                                                                              \
  X(push_record) X(push_tuple) X(push_fixed_length_list) X(list_append) X(map_append) X(pop_record) X(pop_tuple) \
  X(pop_fixed_length_list) X(pop_list_iter_next) X(pop_list_iter) X(pop_map_iter_next) X(pop_map_iter)
#define DEFINE_POPPED(kind) POPPED(kind, pop_##kind)
#define DEFINE_POPPED_TYPED(kind) POPPED_TYPED(pop_##kind)
ALL_POPPED(DEFINE_POPPED)
ALL_POPPED_TYPED(DEFINE_POPPED_TYPED)
ALL_SAME(SAME)
PUSHED(push_bool, int32_t)
PUSHED(push_char, uint32_t)
PUSHED(push_u8, int32_t)
PUSHED(push_s8, int32_t)
PUSHED(push_u16, int32_t)
PUSHED(push_s16, int32_t)
PUSHED(push_u32, uint32_t)
PUSHED(push_s32, int32_t)
PUSHED(push_u64, uint64_t)
PUSHED(push_s64, int64_t)
PUSHED(push_f32, float)
PUSHED(push_f64, double)
PUSHED(push_error_context, uint32_t)

static const Unary UNARY[] = {
#define ROW(name) {#name, unary_##name},
#define ROW_POPPED(kind) ROW(pop_##kind)
    ALL_POPPED(ROW_POPPED) ALL_POPPED_TYPED(ROW_POPPED) ALL_SAME(ROW)
    ROW(push_bool) ROW(push_char) ROW(push_u8) ROW(push_s8) ROW(push_u16) ROW(push_s16) ROW(push_u32) ROW(push_s32)
    ROW(push_u64) ROW(push_s64) ROW(push_f32) ROW(push_f64) ROW(push_error_context)
};

/* Everything that takes a cx, a type and a number of 32 bits. */
static const struct {
  const char *name;
  void (*call)(void *cx, size_t ty, uint32_t bits);
} TYPED[] = {
    {"push_flags", wit_dylib_push_flags},   {"push_enum", wit_dylib_push_enum},     {"push_own", wit_dylib_push_own},
    {"push_borrow", wit_dylib_push_borrow}, {"push_future", wit_dylib_push_future}, {"push_stream", wit_dylib_push_stream},
    {"push_option", wit_dylib_push_option}, {"push_result", wit_dylib_push_result}, {"push_variant", wit_dylib_push_variant},
};

static bool simple_call(const Command *command) {
  for (size_t i = 0; i < sizeof UNARY / sizeof *UNARY; i++)
    if (!strcmp(UNARY[i].name, command->name)) return UNARY[i].call(cx, command->n[0]), true;
  for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++)
    if (!strcmp(TYPED[i].name, command->name))
      return TYPED[i].call(cx, command->n[0], (uint32_t)command->n[1]), true;
  return false;
}

static void allocate(const Command *command) {
  size_t slot = command->n[0] % SLOTS, size = command->n[2];
  slots[slot] = cabi_realloc(NULL, 0, command->n[1], size);
  memset(slots[slot], 'a' + (int)slot, size);
}

static void resize(const Command *command) {
  size_t slot = command->n[0] % SLOTS;
  slots[slot] = cabi_realloc(slots[slot], command->n[1], command->n[2], command->n[3]);
}

/* Reads every byte that was handed out, as generated code may until cx ends. */
static void read_all(const char *bytes, size_t len) {
  volatile char sum = 0;
  if ((uintptr_t)bytes < 4096) return; /* a script's `ptr` */
  for (size_t i = 0; i < len; i++) sum = (char)(sum + bytes[i]);
}

#if defined(__SANITIZE_ADDRESS__)
#define UNCHECKED __attribute__((no_sanitize_address))
#else
#define UNCHECKED
#endif

/* Flips the bits of a byte at any place, as generated code may: also where the sanitizer knows that nothing is. */
UNCHECKED static void flip(uint8_t *at) { *at = (uint8_t)~*at; }

static void memory_call(const Command *command) {
  const unsigned long long *n = command->n;
  void *slot = slots[n[0] % SLOTS];
  if (!strcmp(command->name, "allocate")) {
    allocate(command);
  } else if (!strcmp(command->name, "resize")) {
    resize(command);
  } else if (!strcmp(command->name, "dealloc")) {
    wit_dylib_dealloc_bytes(cx, slot, n[1], n[2], (int32_t)n[3]);
  } else if (!strcmp(command->name, "flip")) { /* of a slot and an offset, which may be beyond 2^63: before it */
    flip((uint8_t *)slot + (ptrdiff_t)n[1]);
  } else if (!strcmp(command->name, "dealloc_at")) { /* an address in the middle of an allocation */
    wit_dylib_dealloc_bytes(cx, (char *)slot + n[1], n[2], 1, 0);
  } else if (!strcmp(command->name, "push_string")) {
    wit_dylib_push_string(cx, slot, n[1]);
  } else if (!strcmp(command->name, "push_list")) {
    wit_dylib_push_list(cx, n[1], slot, n[2]);
  } else if (!strcmp(command->name, "push_map")) {
    wit_dylib_push_map(cx, n[0], n[1]);
  } else if (!strcmp(command->name, "pop_string")) {
    char *bytes;
    size_t len = wit_dylib_pop_string(cx, &bytes);
    read_all(bytes, len);
  } else if (!strcmp(command->name, "pop_list")) {
    void *bytes;
    (void)wit_dylib_pop_list(cx, n[0], &bytes);
    if (bytes) read_all(bytes, n[1]); /* as many as the test knows to be there */
  } else {
    fprintf(stderr, "unknown command %s\n", command->name);
    exit(2);
  }
}

static uint32_t error_context_new(const uint8_t *message, size_t len) {
  read_all((const char *)message, len);
  return 7;
}

static void error_context_debug_message(uint32_t handle, void *result) {
  char *message = cabi_realloc(NULL, 0, 1, 2);
  memcpy(message, "hi", 2);
  (void)handle;
  *(char **)result = message;
  ((size_t *)result)[1] = 2;
}

static void error_context_drop(uint32_t handle) { (void)handle; }

static void entry(const Command *command) {
  size_t n = command->n[0];
  if (!strcmp(command->name, "run")) {
    control_run();
  } else if (!strcmp(command->name, "finish")) {
    control_finish();
  } else if (!strcmp(command->name, "cx")) {
    cx = contexts[n % CONTEXTS];
  } else if (!strcmp(command->name, "initialize")) {
    wit_dylib_initialize(&native_world);
  } else if (!strcmp(command->name, "error_context_initialize")) {
    wit_dylib_error_context_initialize(error_context_new, error_context_debug_message, error_context_drop);
  } else if (!strcmp(command->name, "async_call")) {
    wit_dylib_export_async_call(cx, n);
  } else if (!strcmp(command->name, "async_callback")) {
    wit_dylib_export_async_callback(0, 0, 0, n);
  } else if (!strcmp(command->name, "export_start")) {
    remember(wit_dylib_export_start(n));
  } else if (!strcmp(command->name, "export_call")) {
    wit_dylib_export_call(cx, n);
  } else if (!strcmp(command->name, "export_finish")) {
    wit_dylib_export_finish(cx, n);
  } else if (!strcmp(command->name, "dtor")) {
    wit_dylib_resource_dtor(n, command->n[1]);
  } else if (!strcmp(command->name, "own")) {
    fflush(stdout);
    printf("own %zu %zu\n", memory_own.bytes, memory_own.blocks);
  } else if (!simple_call(command)) {
    memory_call(command);
  }
}

/* Executes lines up to the end or `return`. */
static void execute(void) {
  while (commands && *commands) {
    char *line = commands, *end = strchr(line, '\n');
    commands = end ? end + 1 : NULL;
    if (end) *end = 0;
    Command command = {strtok(line, " "), {0}};
    if (!command.name) continue;
    if (!strcmp(command.name, "return")) return;
    for (size_t i = 0; i < MAX_ARGUMENTS; i++) {
      const char *word = strtok(NULL, " ");
      if (!word) break;
      command.n[i] = strtoull(word, NULL, 10);
    }
    entry(&command);
  }
}

void native_call_import(void *import_cx) {
  void *outer = cx;
  remember(import_cx);
  execute();
  cx = outer;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t len;
  char *script = read_file(argv[1], &len);
  native_script(script, len);
  char *text = read_file(argv[2], &len);
  commands = text;
  execute();
  fflush(stdout);
  free(script);
  free(text);
  return 0;
}

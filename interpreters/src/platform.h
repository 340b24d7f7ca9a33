/* The interpreter's platform: the harness's host interface, memory, the stack pointer, a way to trap. */
#ifndef BOXED_PLATFORM_H
#define BOXED_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HostString {
  uint8_t *bytes;
  size_t len;
} HostString;

#ifdef __wasm__

#if BOXED_ASYNC
#define NATIVE_VERSION "0.2.0"
#else
#define NATIVE_VERSION "0.1.0"
#endif
#define NATIVE_CONTROL "harness:boxed/control@" NATIVE_VERSION
#define HOST_IMPORT(name) __attribute__((import_module("harness:boxed/host@" NATIVE_VERSION), import_name(name)))
/* `prefix`: that of an asynchronous function's core name. */
#define CONTROL_EXPORT(prefix, name) __attribute__((export_name(prefix NATIVE_CONTROL "#" name)))

/* `script: func() -> string`; the bytes come from cabi_realloc. */
HOST_IMPORT("script") void host_script(HostString *result);
/* `trace: func(lines: string)`. */
HOST_IMPORT("trace") void host_trace(const uint8_t *lines, size_t len);

/* More memory, of `pages` times 64 KiB; null if there is none. */
static inline uint8_t *platform_grow(size_t pages) {
  size_t old = __builtin_wasm_memory_grow(0, pages);
  return old == (size_t)-1 ? NULL : (uint8_t *)(old << 16);
}

/* The shadow stack's pointer. It is the caller's only in a function without its own frame. */
static inline size_t platform_stack_pointer(void) {
  size_t pointer;
  __asm__ volatile(".globaltype __stack_pointer, i32\n"
                   "global.get __stack_pointer\n"
                   "local.set %0"
                   : "=r"(pointer));
  return pointer;
}

/* `size` bytes below the shadow stack's pointer; null if the stack ends before. */
static inline uint8_t *platform_below_stack(size_t size) {
  size_t pointer = platform_stack_pointer();
  return pointer > size ? (uint8_t *)(pointer - size) : NULL;
}

#define PLATFORM_TRAP() __builtin_trap()
/* A function pointer as a number: its place in the table. */
#define PLATFORM_FUNCTION(pointer) ((size_t)(pointer))

#else /* the tests' native build; tests/interpreters/native supplies these */

#define CONTROL_EXPORT(prefix, name)
void host_script(HostString *result);
void host_trace(const uint8_t *lines, size_t len);
uint8_t *platform_grow(size_t pages); /* contiguous with its earlier results, as in one linear memory */
size_t platform_stack_pointer(void);
uint8_t *platform_below_stack(size_t size);
_Noreturn void platform_trap(void);
#define PLATFORM_TRAP() platform_trap()
#define PLATFORM_FUNCTION(pointer) ((size_t)((pointer) != NULL))

#endif

#define PAGE_SIZE ((size_t)65536)
#define NOINLINE __attribute__((noinline))

/* The functions of C in use here; a compiler may also insert calls of them. */
void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *text);
#ifdef __wasm__
/* In a freestanding build the plain name is always a call; the builtin is a load and a store if the length is known. */
#define memcpy(to, from, len) __builtin_memcpy(to, from, len)
#endif

#endif

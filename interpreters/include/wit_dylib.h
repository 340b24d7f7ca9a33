/*
 * The interpreter interface `wit_dylib_*`, as this project understands it.
 *
 * A library generated from a WIT world converts between the Canonical ABI and the values of an interpreter. It describes
 * the world in a `wit_t` and calls the functions below, which the interpreter exports. The facts (names, layouts, tags,
 * core signatures, order of calls) are those of wasm-tools' wit-dylib 1.262 for version 3 and 0.245 for version 2. Where
 * its header and its generated code disagree, this header declares the core signatures of the generated code.
 *
 * WIT_DYLIB_VERSION selects the version: 3 (default) or 2 (no maps, other tags after list, `pop_iter` for
 * `pop_list_iter`).
 *
 * Deliberate difference: integers of 8 and 16 bits, booleans and flags are declared with 32 bits, because the core
 * function receives 32 bits. A narrower declaration would let the compiler drop the upper bits and hide a wrong extension.
 *
 * Parts marked EXTENSION are this project's and unknown to wasm-tools.
 */
#ifndef WIT_DYLIB_H
#define WIT_DYLIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef WIT_DYLIB_VERSION
#define WIT_DYLIB_VERSION 3
#endif

/*
 * EXTENSION: several worlds. Numbers of functions and types count within one world, so an interpreter of one library
 * needs no word for the world. `wit-dylib --several-worlds` makes libraries for an interpreter that serves several: each
 * function below has one more parameter, the last, the wit_t of the library that calls it. Functions of a wit_t
 * (`impl`, `drop`, `lift`, ...) stay as they are. A context belongs to the world of its export. wit_dylib_initialize is
 * called once for each library, and its last parameter is the version of this extension (1); a later version may only
 * add functions. Such a library and another interpreter do not link, because the types of the functions differ.
 *
 * An interpreter that knows the extension defines WIT_DYLIB_SEVERAL_WORLDS as the version before it includes this.
 */
#ifdef WIT_DYLIB_SEVERAL_WORLDS
#define WIT_DYLIB_OF , const struct wit *wit
#define WIT_DYLIB_EXTENSION , uint32_t several_worlds
#else
#define WIT_DYLIB_OF
#define WIT_DYLIB_EXTENSION
#endif

#ifndef WIT_DYLIB_API
#define WIT_DYLIB_API __attribute__((visibility("default")))
#endif

/* ---- Types ------------------------------------------------------------------------------------------------------- */

/* A type: the kind in the low 8 bits, above it the index into the array of that kind in the wit_t. */
typedef uint32_t wit_type_t;

#define WIT_TYPE_KIND(type) ((type) & 0xffu)
#define WIT_TYPE_INDEX(type) ((type) >> 8)

enum wit_type_kind {
  WIT_TYPE_U8 = 0,
  WIT_TYPE_U16 = 1,
  WIT_TYPE_U32 = 2,
  WIT_TYPE_U64 = 3,
  WIT_TYPE_S8 = 4,
  WIT_TYPE_S16 = 5,
  WIT_TYPE_S32 = 6,
  WIT_TYPE_S64 = 7,
  WIT_TYPE_BOOL = 8,
  WIT_TYPE_CHAR = 9,
  WIT_TYPE_F32 = 10,
  WIT_TYPE_F64 = 11,
  WIT_TYPE_STRING = 12,
  WIT_TYPE_ERROR_CONTEXT = 13,
  WIT_TYPE_RECORD = 14,
  WIT_TYPE_OWN = 15,    /* index into resources */
  WIT_TYPE_BORROW = 16, /* index into resources */
  WIT_TYPE_FLAGS = 17,
  WIT_TYPE_TUPLE = 18,
  WIT_TYPE_VARIANT = 19,
  WIT_TYPE_ENUM = 20,
  WIT_TYPE_OPTION = 21,
  WIT_TYPE_RESULT = 22,
  WIT_TYPE_LIST = 23,
#if WIT_DYLIB_VERSION >= 3
  WIT_TYPE_MAP = 24,
  WIT_TYPE_FIXED_LENGTH_LIST = 25,
  WIT_TYPE_FUTURE = 26,
  WIT_TYPE_STREAM = 27,
  WIT_TYPE_ALIAS = 28,
#else
  WIT_TYPE_FIXED_LENGTH_LIST = 24,
  WIT_TYPE_FUTURE = 25,
  WIT_TYPE_STREAM = 26,
  WIT_TYPE_ALIAS = 27,
#endif
  WIT_TYPE_EMPTY = 0xff, /* no type (the whole word is 0xffffffff): no result, a case without payload */
};

/* ---- The description of a world ---------------------------------------------------------------------------------- */
/* Strings end in a null byte. `interface` is null for items of the world itself; a pointer to an empty array is null.  */

/*
 * A wit_t and everything that it points to lives as long as the instance and is only read.
 *
 * Its functions may be called inside calls of exports, callbacks and destructors, but not while a value is pushed or
 * popped. Those that leave the component (all but `rep`, `lift` and `lower`) trap in cabi_realloc and in
 * wit_dylib_export_finish, which the engine calls when the component may not leave (CanonicalABI.md, `may_leave`).
 *
 * `cx` is a context, a pointer that only the interpreter understands. An import may be called with the context of the
 * running export or with one of its own; the interpreter makes and ends the latter by itself.
 */

/*
 * Calls an import: takes the arguments from cx, the first on top, and leaves the result, if there is one. Own handles
 * among the arguments are the callee's from then on. What cx owns for this call (strings, lists, deferred blocks) may be
 * freed when it returns.
 */
typedef void (*wit_import_fn_t)(void *cx);
/*
 * Starts an import asynchronously: takes the arguments as above, and returns the result of the canonical built-in: the
 * state of the subtask in the low 4 bits, above it the subtask if there is one. `abi_area` (async_abi_area_size, _align)
 * is the caller's; it and what cx owns stay until the subtask has started and returned.
 */
typedef uint32_t (*wit_import_async_fn_t)(void *cx, void *abi_area);
/* Lifts the result of an asynchronous import that has returned, from its area onto cx: at most once for each call. */
typedef void (*wit_import_async_lift_fn_t)(void *cx, void *abi_area);
/*
 * Takes the result of an asynchronous export from cx and calls task.return, in the task of the export: once. The caller
 * has the result when this returns. It does not end cx.
 */
typedef void (*wit_export_task_return_fn_t)(void *cx);

typedef struct wit_import_func {
  const char *interface;
  const char *name;
  wit_import_fn_t impl;             /* null if the import is asynchronous */
  wit_import_async_fn_t async_impl; /* this and the next: null if it is synchronous */
  wit_import_async_lift_fn_t async_lift_impl;
  size_t nparams;
  const wit_type_t *params;
  wit_type_t result;
  size_t async_abi_area_size; /* bytes that abi_area needs; 0 if synchronous */
  size_t async_abi_area_align;
} wit_import_func_t;

typedef struct wit_export_func {
  const char *interface;
  const char *name;
  wit_export_task_return_fn_t task_return; /* null if synchronous */
  size_t nparams;
  const wit_type_t *params;
  wit_type_t result;
} wit_export_func_t;

/* An interface that is both imported and exported has its resources twice. */
typedef struct wit_resource {
  const char *interface;
  const char *name;
  /*
   * Drops a handle: an own one, or a borrow that the running export has received. The destructor of an exported resource
   * runs before this returns.
   */
  void (*drop)(uint32_t handle);
  /*
   * Makes an own handle of an exported resource. `rep` is any number, which comes back from `rep`, with each borrow and in
   * the destructor. Null, like the next, if the resource is imported.
   */
  uint32_t (*new_)(size_t rep);
  size_t (*rep)(uint32_t handle); /* the number of a handle; does not change who owns it */
} wit_resource_t;

typedef struct wit_field {
  const char *name;
  wit_type_t ty;
} wit_field_t;

typedef struct wit_record {
  const char *interface;
  const char *name;
  size_t nfields;
  const wit_field_t *fields;
} wit_record_t;

typedef struct wit_flags {
  const char *interface;
  const char *name;
  size_t nnames;
  const char *const *names;
} wit_flags_t;

typedef struct wit_tuple {
  const char *interface;
  const char *name; /* null if anonymous; also for option, result, list, map, fixed_length_list, future, stream */
  size_t ntypes;
  const wit_type_t *types;
} wit_tuple_t;

typedef struct wit_case {
  const char *name;
  wit_type_t ty;
} wit_case_t;

typedef struct wit_variant {
  const char *interface;
  const char *name;
  size_t ncases;
  const wit_case_t *cases;
} wit_variant_t;

typedef struct wit_enum {
  const char *interface;
  const char *name;
  size_t nnames;
  const char *const *names;
} wit_enum_t;

typedef struct wit_option {
  const char *interface;
  const char *name;
  wit_type_t ty;
} wit_option_t;

typedef struct wit_result {
  const char *interface;
  const char *name;
  wit_type_t ok;
  wit_type_t err;
} wit_result_t;

typedef struct wit_list {
  const char *interface;
  const char *name;
  wit_type_t ty;
} wit_list_t;

#if WIT_DYLIB_VERSION >= 3
typedef struct wit_map {
  const char *interface;
  const char *name;
  wit_type_t key_type;
  wit_type_t value_type;
} wit_map_t;
#endif

typedef struct wit_fixed_length_list {
  const char *interface;
  const char *name;
  size_t size;
  wit_type_t ty;
} wit_fixed_length_list_t;

/* One payload of a future or stream: `lift` from a buffer onto cx, `lower` from cx into a buffer. */
typedef void (*wit_lift_fn_t)(void *cx, const void *buffer);
typedef void (*wit_lower_fn_t)(void *cx, void *buffer);

typedef struct wit_future {
  const char *interface;
  const char *name;
  wit_type_t ty;
  uint64_t (*new_)(void);
  uint32_t (*read)(uint32_t future, void *buffer);
  uint32_t (*write)(uint32_t future, const void *buffer);
  uint32_t (*cancel_read)(uint32_t future);
  uint32_t (*cancel_write)(uint32_t future);
  void (*drop_readable)(uint32_t future);
  void (*drop_writable)(uint32_t future);
  wit_lift_fn_t lift; /* null, like lower, if there is no payload */
  wit_lower_fn_t lower;
  size_t abi_payload_size;
  size_t abi_payload_align;
} wit_future_t;

typedef struct wit_stream {
  const char *interface;
  const char *name;
  wit_type_t ty;
  uint64_t (*new_)(void);
  uint32_t (*read)(uint32_t stream, void *buffer, size_t count);
  uint32_t (*write)(uint32_t stream, const void *buffer, size_t count);
  uint32_t (*cancel_read)(uint32_t stream);
  uint32_t (*cancel_write)(uint32_t stream);
  void (*drop_readable)(uint32_t stream);
  void (*drop_writable)(uint32_t stream);
  wit_lift_fn_t lift;
  wit_lower_fn_t lower;
  size_t abi_payload_size;
  size_t abi_payload_align;
} wit_stream_t;

typedef struct wit_alias {
  const char *interface;
  const char *name;
  wit_type_t ty;
} wit_alias_t;

typedef struct wit {
  uint32_t version; /* WIT_DYLIB_VERSION of the generator */
  size_t num_import_funcs;
  const wit_import_func_t *import_funcs;
  size_t num_export_funcs;
  const wit_export_func_t *export_funcs;
  size_t num_resources;
  const wit_resource_t *resources;
  size_t num_records;
  const wit_record_t *records;
  size_t num_flags;
  const wit_flags_t *flags;
  size_t num_tuples;
  const wit_tuple_t *tuples;
  size_t num_variants;
  const wit_variant_t *variants;
  size_t num_enums;
  const wit_enum_t *enums;
  size_t num_options;
  const wit_option_t *options;
  size_t num_results;
  const wit_result_t *results;
  size_t num_lists;
  const wit_list_t *lists;
#if WIT_DYLIB_VERSION >= 3
  size_t num_maps;
  const wit_map_t *maps;
#endif
  size_t num_fixed_length_lists;
  const wit_fixed_length_list_t *fixed_length_lists;
  size_t num_futures;
  const wit_future_t *futures;
  size_t num_streams;
  const wit_stream_t *streams;
  size_t num_aliases;
  const wit_alias_t *aliases;
} wit_t;

/* ---- Entries ----------------------------------------------------------------------------------------------------- */

/*
 * Called once, by the library's `__wasm_call_ctors`, before everything else. Constructors of other libraries may run
 * later, so keep the description and leave the rest to the first export. An interpreter refuses another `version` than
 * its own.
 */
WIT_DYLIB_API void wit_dylib_initialize(const wit_t *wit WIT_DYLIB_EXTENSION);

/*
 * Allocates a block for values: called by the engine for strings and lists that arrive, also while an import is running,
 * and by generated code. With `old` (old_size is not 0), the block grows or shrinks and keeps its contents. `align` is at
 * most 8. Whoever gets the block owns it: the functions below say how it goes on. It traps if there is no memory; it
 * must not call imports.
 */
WIT_DYLIB_API void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size);

/*
 * Frees a block from cabi_realloc that nobody else owns. With `defer` (not 0), cx owns it from now on and frees it when
 * it ends, because the other side reads it until then. byte_size 0: there is no block.
 */
WIT_DYLIB_API void wit_dylib_dealloc_bytes(void *cx, void *ptr, size_t byte_size, size_t align,
                                           int32_t defer WIT_DYLIB_OF);

/*
 * A call of export `which` (its place in export_funcs):
 *
 * 1. start returns a new context, for this call alone.
 * 2. The parameters are pushed in their order, so the last is on top.
 * 3. call replaces them by the result. Here imports are called, handles made and dropped. Each borrow that was pushed as
 *    a handle has to be dropped before the export returns, or the engine traps. There is no error: what the program
 *    cannot handle traps.
 * 4. A pop takes the result, if there is one. The caller reads what the pops have returned until the context ends.
 * 5. finish, from post-return, ends the context. Exports without a result have it, too.
 *
 * Calls nest: a destructor may run inside a call; while an asynchronous task waits, other exports are called. After a
 * trap the instance is not entered again.
 */
WIT_DYLIB_API void *wit_dylib_export_start(size_t which WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_export_call(void *cx, size_t which WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_export_finish(void *cx, size_t which WIT_DYLIB_OF);

/*
 * An asynchronous export: start and pushes as above. call takes cx over, and finish is never called: the interpreter ends
 * the context with its task. call returns a callback code (CanonicalABI.md, canon lift): 0 EXIT, 1 YIELD, or 2 WAIT with
 * a waitable set above the low 4 bits. callback goes on after YIELD and WAIT with an event, and returns such a code. The
 * result goes through the export's task_return, before EXIT. Which task a callback belongs to, the interpreter keeps in
 * a context slot of the task (context.set).
 */
WIT_DYLIB_API int32_t wit_dylib_export_async_call(void *cx, size_t which WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_export_async_callback(int32_t event, int32_t waitable, int32_t code,
                                                      size_t which WIT_DYLIB_OF);

/*
 * The destructor of the exported resource `ty` (its place in resources): its own handle was dropped, by another component
 * or by `drop`. `rep` is what `new_` got, and comes never again. Imports may be called. There is no context.
 */
WIT_DYLIB_API void wit_dylib_resource_dtor(size_t ty, size_t rep WIT_DYLIB_OF);

/* ---- Push: from the Canonical ABI onto the stack of cx ----------------------------------------------------------- */
/*
 * For the parameters of exports, between start and call, and for the results of imports. Each push leaves one value on
 * the stack. Values are valid, because the engine has checked them. `ty` is the index into the array of that kind in the
 * wit_t, never of an alias. A push that lacks memory traps.
 */

WIT_DYLIB_API void wit_dylib_push_bool(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_char(void *cx, uint32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_u8(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_s8(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_u16(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_s16(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_u32(void *cx, uint32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_s32(void *cx, int32_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_u64(void *cx, uint64_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_s64(void *cx, int64_t value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_f32(void *cx, float value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_f64(void *cx, double value WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_flags(void *cx, size_t ty, uint32_t bits WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_enum(void *cx, size_t ty, uint32_t discr WIT_DYLIB_OF);
/* The program owns the handle: it drops it, gives it away by a pop, or leaks it. */
WIT_DYLIB_API void wit_dylib_push_own(void *cx, size_t ty, uint32_t handle WIT_DYLIB_OF);
/*
 * A borrow of a resource that this component exports arrives as its representation: there is nothing to drop. Any other
 * is a handle, to be dropped before the export returns. Only parameters of exports contain borrows.
 */
WIT_DYLIB_API void wit_dylib_push_borrow(void *cx, size_t ty, uint32_t handle WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_future(void *cx, size_t ty, uint32_t handle WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_stream(void *cx, size_t ty, uint32_t handle WIT_DYLIB_OF);
/*
 * UTF-8 without a null byte at its end. `bytes` are a block from cabi_realloc, which the interpreter owns and frees. If
 * `len` is 0, there is no block.
 */
WIT_DYLIB_API void wit_dylib_push_string(void *cx, uint8_t *bytes, size_t len WIT_DYLIB_OF);
/* Replace the fields, the last on top, by the record or tuple. */
WIT_DYLIB_API void wit_dylib_push_record(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_tuple(void *cx, size_t ty WIT_DYLIB_OF);
/*
 * Replace the payload, if the case has one, by the variant. `discr` is the number of the case in its order: an option
 * has 0 for none and 1 for some, a result 0 for ok and 1 for err.
 */
WIT_DYLIB_API void wit_dylib_push_variant(void *cx, size_t ty, uint32_t discr WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_option(void *cx, size_t ty, uint32_t discr WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_result(void *cx, size_t ty, uint32_t discr WIT_DYLIB_OF);
/*
 * The interpreter chooses, for each list. True: the list is on the stack, and `bytes`, a block with `len` elements in
 * canonical form (their layout in memory), is the interpreter's: for elements that it can read itself, such as numbers.
 * False: an empty list is on the stack; each element is pushed, and list_append moves it into the list below; the library
 * frees `bytes` at the end. If `len` is 0, there is no block.
 */
WIT_DYLIB_API bool wit_dylib_push_list(void *cx, size_t ty, uint8_t *bytes, size_t len WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_list_append(void *cx, size_t ty WIT_DYLIB_OF);
#if WIT_DYLIB_VERSION >= 3
/*
 * An empty map is on the stack; `len` times a key is pushed, then its value, and map_append moves both into the map
 * below. The Canonical ABI keeps the order and equal keys.
 */
WIT_DYLIB_API void wit_dylib_push_map(void *cx, size_t ty, size_t len WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_map_append(void *cx, size_t ty WIT_DYLIB_OF);
#endif

/* ---- Pop: from the stack of cx to the Canonical ABI -------------------------------------------------------------- */
/*
 * For the results of exports, after call, and for the arguments of imports. Each pop takes one value from the stack. The
 * interpreter finds out whether the value has the type, and traps if not: an error cannot be returned, and nothing may
 * unwind through the library's code. Upper bits of bool and of numbers with 8 or 16 bits are ignored; a wrong character,
 * discriminant or encoding traps.
 */

WIT_DYLIB_API int32_t wit_dylib_pop_bool(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_char(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_pop_u8(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_pop_s8(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_pop_u16(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_pop_s16(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_u32(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int32_t wit_dylib_pop_s32(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API uint64_t wit_dylib_pop_u64(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API int64_t wit_dylib_pop_s64(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API float wit_dylib_pop_f32(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API double wit_dylib_pop_f64(void *cx WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_flags(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_enum(void *cx, size_t ty WIT_DYLIB_OF);
/* Gives the own handle away. An object of an exported resource that has none gets it from `new_` first. */
WIT_DYLIB_API uint32_t wit_dylib_pop_own(void *cx, size_t ty WIT_DYLIB_OF);
/* Lends a handle for the call of an import; it stays the program's. For exported resources, too, this is a handle. */
WIT_DYLIB_API uint32_t wit_dylib_pop_borrow(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_future(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_stream(void *cx, size_t ty WIT_DYLIB_OF);
/*
 * Stores the address and returns the length in bytes. The bytes (UTF-8) stay the interpreter's and live, where they are,
 * until the context of an export ends, or until the import has read them: a synchronous one when it returns.
 */
WIT_DYLIB_API size_t wit_dylib_pop_string(void *cx, char **ptr WIT_DYLIB_OF);
/* Replace the record or tuple by its fields, the first on top. Each is popped next. */
WIT_DYLIB_API void wit_dylib_pop_record(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_tuple(void *cx, size_t ty WIT_DYLIB_OF);
/* Replace the variant by its payload, if it has one, and return the number of the case, as for a push. */
WIT_DYLIB_API uint32_t wit_dylib_pop_variant(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_option(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_result(void *cx, size_t ty WIT_DYLIB_OF);
/*
 * Returns the number of elements. The interpreter chooses, for each list. It stores the address of their canonical form,
 * which lives as the bytes of a string do: then nothing of the list is left on the stack. Or it stores null and leaves an
 * iterator on the stack, also for an empty list: iter_next is called once for each element and leaves it above the
 * iterator, from where it is popped; then iter removes the iterator.
 */
WIT_DYLIB_API size_t wit_dylib_pop_list(void *cx, size_t ty, void **ptr WIT_DYLIB_OF);
#if WIT_DYLIB_VERSION >= 3
WIT_DYLIB_API void wit_dylib_pop_list_iter_next(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_list_iter(void *cx, size_t ty WIT_DYLIB_OF);
/* Like a list without canonical form; iter_next leaves the next key on top, its value below, and both are popped. */
WIT_DYLIB_API size_t wit_dylib_pop_map(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_map_iter_next(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_map_iter(void *cx, size_t ty WIT_DYLIB_OF);
#else
WIT_DYLIB_API void wit_dylib_pop_iter_next(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_iter(void *cx, size_t ty WIT_DYLIB_OF);
#endif

/* ---- EXTENSION: fixed-length lists ------------------------------------------------------------------------------- */
/* Like a tuple of `size` equal fields.                                                                                  */

WIT_DYLIB_API void wit_dylib_push_fixed_length_list(void *cx, size_t ty WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_pop_fixed_length_list(void *cx, size_t ty WIT_DYLIB_OF);

/* ---- EXTENSION: error-context ------------------------------------------------------------------------------------ */
/* A value is a handle. A library whose world uses error-context passes the canonical built-ins at start.               */

typedef uint32_t (*wit_error_context_new_fn_t)(const uint8_t *message, size_t len);
/* Stores the address (from cabi_realloc, owned by the interpreter) and then the length of the message at `result`. */
typedef void (*wit_error_context_debug_message_fn_t)(uint32_t handle, void *result);
typedef void (*wit_error_context_drop_fn_t)(uint32_t handle);

WIT_DYLIB_API void wit_dylib_error_context_initialize(wit_error_context_new_fn_t new_fn,
                                                      wit_error_context_debug_message_fn_t debug_message_fn,
                                                      wit_error_context_drop_fn_t drop_fn WIT_DYLIB_OF);
WIT_DYLIB_API void wit_dylib_push_error_context(void *cx, uint32_t handle WIT_DYLIB_OF);
WIT_DYLIB_API uint32_t wit_dylib_pop_error_context(void *cx WIT_DYLIB_OF);

#endif

/*
 * What the parts of the glue between Lua and `wit_dylib_*` share. docs/embedding.md says how values of WIT look in Lua.
 *
 * The stack of a context is a Lua stack: a push leaves one value on it, a pop takes one. Nothing here is called with a
 * protected environment around it, so a value that does not fit its type ends the component (`fail`).
 */
#ifndef LUA_GLUE_H
#define LUA_GLUE_H

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#include "wit_dylib.h"

/* Memory that a context owns. */
struct block {
  struct block *next;
  void *memory;
};

/* A context (`cx`): one call of an export on a Lua thread of its own, or of an import on the caller's thread. */
struct call {
  lua_State *L;
  int kept;              /* index of a slot: nil, or the table of what must live until the call ends */
  struct block *blocks;
  const char *interface; /* of the function; null for one of the world itself */
  const char *name;
  lua_State *caller;     /* of an import; null for an export */
  struct call *next;     /* among the unused ones */
};

/* The word for "no type". */
#define WIT_NONE UINT32_C(0xffffffff)

/* state.c */
extern const wit_t *world;
/* The main thread. At the first time it runs the program. */
lua_State *started(void);
/* Pushes the table `wit`. */
void push_wit(lua_State *L);
struct call *new_call(const char *interface, const char *name);
void end_call(struct call *call);
/* Frees the blocks of a call. */
void free_blocks(struct call *call);
/* Memory that lives until the call ends. */
void *allocate_for(struct call *call, size_t size);
/* Keeps the value on top alive until the call ends; it stays there. */
void keep(struct call *call);
/* Room for `count` more values. */
void need(struct call *call, int count);

/* errors.c: messages go to standard error, then the component traps. */
_Noreturn void fail(struct call *call, const char *format, ...);
_Noreturn void fail_with(const char *interface, const char *name, const char *message);
/* Calls the function below `parameters` values; an error ends the component with a trace of the stack. */
void call_lua(struct call *call, int parameters, int results);

/* names.c */
/* Pushes a name as Lua programs write it: with underscores, unless it is an interface with a package. */
void push_identifier(lua_State *L, const char *name);
/* The parts of a function's name: "[method][set]r.m" has the resource r, the prefix "__set_" and the member m. */
struct function_name {
  const char *resource; /* null for a free function */
  size_t resource_length;
  const char *prefix; /* what no name in WIT begins with, so that nothing collides */
  const char *member;
};
struct function_name function_name(const char *name);
/* Pushes the key of a member in its interface, or in the class of its resource. */
void push_member(lua_State *L, struct function_name name);
/* Push the names of a type as a sequence; for cases also the number of each by its name. Made once. */
void push_field_names(lua_State *L, const wit_record_t *record);
void push_flag_names(lua_State *L, const wit_flags_t *flags);
void push_enum_names(lua_State *L, const wit_enum_t *type);
void push_case_names(lua_State *L, const wit_variant_t *variant);

/* types.c */
/* The type behind aliases. */
wit_type_t resolved(wit_type_t type);
/* Whether nil stands for a value of the type. */
bool may_be_nil(wit_type_t type);
/* A field, a case, a name, an element, a payload: part number `at` of a type that is no alias. */
struct type_part {
  const char *name; /* "" if parts of this kind have none */
  wit_type_t type;
  bool present;
};
struct type_part type_part(wit_type_t type, size_t at);
/* Whether two types have the same values: the same shape and names of parts, and the same resources. */
bool same_type(wit_type_t one, wit_type_t other);
/* Its word: of a primitive type its name, of every other its kind. */
const char *type_word(wit_type_t type);
/* Whether a text is the type as WIT writes it: `list<tuple<u8, point>>`; a name may be `interface#name`. */
bool spelled(const char *text, wit_type_t type);

/* exports.c */
/* Pushes the function that the program has for an export. */
void push_function(struct call *call, const char *name);

/* collected.c */
/* The collector may run while a value is pushed or popped, where nothing may be dropped. */
void drop_later(void (*drop)(uint32_t handle), uint32_t handle);
/* Drops what was to be dropped later. Not while a value is pushed or popped. */
void drop_collected(void);

/* pop.c */
/* The length of the table on top; with holes, its field `n`, as from table.pack, counts. */
size_t list_length(void *cx, const char *what, const char *name, bool holes);

/* subtasks.c */
/* Calls an asynchronous import with the values on the stack, as a function of Lua; suspends the coroutine. */
int call_async(lua_State *L, const wit_import_func_t *function);

/* Several files: fill the table `wit`, which is on top; the imports first. */
void add_imports(lua_State *L);
void add_resources(lua_State *L);
void add_ends(lua_State *L);
void add_error_contexts(lua_State *L);
void add_reflection(lua_State *L);
void add_async(lua_State *L);

/* resources.c */
/* Pushes the table of methods of an imported resource. (imports.c) */
void push_class(lua_State *L, const wit_resource_t *resource);
/* Drops the borrowed handles that a call received and that the program has not dropped. */
void drop_borrowed(struct call *call);
/* How many values a call keeps. */
size_t count_kept(const struct call *call);
/* Gives the program back the handles and ends that a call took from it, after so many kept values: nobody got them. */
void restore_kept(struct call *call, size_t after);
/* Pushes the object of a representation and forgets it. */
void take_object(lua_State *L, size_t rep);

#endif

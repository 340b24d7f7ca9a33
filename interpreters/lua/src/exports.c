/* Calls of exported functions and destructors. */
#include "glue.h"

void wit_dylib_initialize(const wit_t *wit) {
  if (wit->version != WIT_DYLIB_VERSION)
    fail_with(NULL, NULL, "the generated library has another version of the interface");
  world = wit;
}

/* Pushes what the program has for a function, nil if it has nothing. */
static void push_export(lua_State *L, const char *interface, const char *name) {
  struct function_name parts = function_name(name);
  push_wit(L);
  lua_getfield(L, -1, "exports");
  lua_remove(L, -2);
  if (interface) {
    push_identifier(L, interface);
    lua_gettable(L, -2);
    lua_remove(L, -2);
  }
  if (parts.resource && lua_istable(L, -1)) {
    lua_pushlstring(L, parts.resource, parts.resource_length);
    push_identifier(L, lua_tostring(L, -1));
    lua_remove(L, -2);
    lua_gettable(L, -2);
    lua_remove(L, -2);
  }
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    lua_pushnil(L);
    return;
  }
  push_member(L, parts);
  lua_gettable(L, -2);
  lua_remove(L, -2);
}

/* Like push_export, as a function that cannot fail unnoticed: (interface, name) -> function. */
static int find_export(lua_State *L) {
  push_export(L, lua_tostring(L, 1), lua_tostring(L, 2));
  return 1;
}

static void find(struct call *call, const char *name) {
  lua_State *L = call->L;
  need(call, 3);
  lua_pushcfunction(L, find_export);
  lua_pushstring(L, call->interface);
  lua_pushstring(L, name);
  call_lua(call, 2, 1);
}

void push_function(struct call *call, const char *name) {
  find(call, name);
  if (lua_isnil(call->L, -1))
    fail_with(call->interface, call->name, "the program has no such function in wit.exports");
}

void *wit_dylib_export_start(size_t which) {
  const wit_export_func_t *function = &world->export_funcs[which];
  started();
  return new_call(function->interface, function->name);
}

void wit_dylib_export_call(void *cx, size_t which) {
  struct call *call = cx;
  const wit_export_func_t *function = &world->export_funcs[which];
  int parameters = (int)function->nparams;
  push_function(call, function->name);
  lua_insert(call->L, -parameters - 1);
  call_lua(call, parameters, function->result != WIT_NONE);
  drop_borrowed(call);
  drop_collected();
}

void wit_dylib_export_finish(void *cx, size_t which) {
  (void)which;
  end_call(cx);
}

void wit_dylib_resource_dtor(size_t ty, size_t rep) {
  const wit_resource_t *resource = &world->resources[ty];
  started();
  struct call *call = new_call(resource->interface, resource->name);
  need(call, 3);
  lua_pushfstring(call->L, "[destructor]%s", resource->name);
  find(call, lua_tostring(call->L, -1));
  take_object(call->L, rep);
  if (lua_isnil(call->L, -2))
    lua_pop(call->L, 2);
  else
    call_lua(call, 1, 0);
  end_call(call);
}

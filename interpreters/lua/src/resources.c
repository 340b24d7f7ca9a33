/*
 * Handles. An imported resource is a userdata with the handle. An exported one is an object of the program, whose
 * representation is its reference here.
 */
#include "glue.h"

#include "ends.h"

enum state { GONE, OWNED, BORROWED };

/* A handle of an imported resource. */
struct handle {
  const wit_resource_t *resource;
  uint32_t index;
  enum state state;
};

/* Keys of tables in the registry: objects by representation; for each object its own handle, 0 if another has it. */
static const char objects, handles;
/* In front of the number of the resource, in `handles`. */
enum { RESOURCE_SHIFT = 32 };

static bool exported(size_t ty) { return world->resources[ty].new_ != NULL; }

/* ---- Imported resources ------------------------------------------------------------------------------------------ */

static void push_handle(struct call *call, size_t ty, uint32_t index, enum state state) {
  lua_State *L = call->L;
  need(call, 4);
  struct handle *handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = (struct handle){&world->resources[ty], index, state};
  lua_rawgetp(L, LUA_REGISTRYINDEX, handle->resource);
  lua_setmetatable(L, -2);
  if (state == BORROWED) keep(call);
}

/* The handle at an index, whatever its resource; null for another value. */
static struct handle *to_handle(lua_State *L, int index) {
  struct handle *handle = lua_touserdata(L, index);
  if (!handle || !lua_getmetatable(L, index)) return NULL;
  bool ours = lua_getfield(L, -1, "__handle") != LUA_TNIL;
  lua_pop(L, 2);
  return ours ? handle : NULL;
}

/* Takes a handle of the resource from the stack. */
static struct handle *pop_handle(struct call *call, size_t ty) {
  lua_State *L = call->L;
  need(call, 3);
  const wit_resource_t *resource = &world->resources[ty];
  struct handle *handle = to_handle(L, -1);
  if (!handle) fail(call, "expected a handle of %s, got %s", resource->name, luaL_typename(L, -1));
  if (handle->resource != resource)
    fail(call, "expected a handle of %s, got one of %s", resource->name, handle->resource->name);
  if (handle->state == GONE) fail(call, "a handle of %s was dropped or given away before", resource->name);
  keep(call);
  lua_pop(L, 1);
  return handle;
}

static void drop_handle(struct handle *handle) {
  handle->state = GONE;
  handle->resource->drop(handle->index);
}

void drop_borrowed(struct call *call) {
  lua_State *L = call->L;
  if (!lua_istable(L, call->kept)) return;
  size_t length = lua_rawlen(L, call->kept);
  for (size_t at = 1; at <= length; at++) {
    lua_rawgeti(L, call->kept, (lua_Integer)at);
    struct handle *handle = to_handle(L, -1);
    if (handle && handle->state == BORROWED) drop_handle(handle);
    lua_pop(L, 1);
  }
}

/* ---- Exported resources ------------------------------------------------------------------------------------------ */

/* Replaces the object on top by what `handles` has for it. Returns whether there is anything. */
static bool look_up(lua_State *L, lua_Integer *found) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &handles);
  lua_insert(L, -2);
  int type = lua_rawget(L, -2);
  *found = lua_tointeger(L, -1);
  lua_pop(L, 2);
  return type == LUA_TNUMBER;
}

/* Remembers the own handle of the object at an index. */
static void set_own(lua_State *L, int object, size_t ty, uint32_t handle) {
  object = lua_absindex(L, object);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &handles);
  lua_pushvalue(L, object);
  lua_pushinteger(L, (lua_Integer)ty << RESOURCE_SHIFT | handle);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static void push_object(lua_State *L, size_t rep) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &objects);
  lua_rawgeti(L, -1, (lua_Integer)rep);
  lua_remove(L, -2);
}

void take_object(lua_State *L, size_t rep) {
  push_object(L, rep);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &handles);
  lua_pushvalue(L, -2);
  lua_pushnil(L);
  lua_rawset(L, -3);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &objects);
  luaL_unref(L, -1, (int)rep);
  lua_pop(L, 2);
}

/* The own handle of the object on top, which stays there. A new object gets its first handle. */
static uint32_t own_handle(struct call *call, size_t ty) {
  lua_State *L = call->L;
  const wit_resource_t *resource = &world->resources[ty];
  need(call, 4);
  int type = lua_type(L, -1);
  if (type != LUA_TTABLE && (type != LUA_TUSERDATA || to_handle(L, -1)))
    fail(call, "expected an object for resource %s, a table or a userdata, got %s", resource->name,
         luaL_typename(L, -1));
  lua_Integer found;
  lua_pushvalue(L, -1);
  if (!look_up(L, &found)) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &objects);
    lua_pushvalue(L, -2);
    int rep = luaL_ref(L, -2);
    lua_pop(L, 1);
    return resource->new_((size_t)rep);
  }
  if ((size_t)(found >> RESOURCE_SHIFT) != ty) fail(call, "an object for resource %s is one of another", resource->name);
  if (!(uint32_t)found) fail(call, "an object for resource %s belongs to another component", resource->name);
  return (uint32_t)found;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

void wit_dylib_push_own(void *cx, size_t ty, uint32_t handle) {
  struct call *call = cx;
  if (!exported(ty)) {
    push_handle(call, ty, handle, OWNED);
    return;
  }
  need(call, 4);
  push_object(call->L, world->resources[ty].rep(handle));
  set_own(call->L, -1, ty, handle);
}

void wit_dylib_push_borrow(void *cx, size_t ty, uint32_t handle) {
  struct call *call = cx;
  need(call, 4);
  if (exported(ty))
    push_object(call->L, handle);
  else
    push_handle(call, ty, handle, BORROWED);
}

uint32_t wit_dylib_pop_own(void *cx, size_t ty) {
  struct call *call = cx;
  if (exported(ty)) {
    uint32_t own = own_handle(call, ty);
    set_own(call->L, -1, ty, 0);
    keep(call);
    lua_pushinteger(call->L, (lua_Integer)ty << RESOURCE_SHIFT | own);
    keep(call);
    lua_pop(call->L, 2);
    return own;
  }
  struct handle *handle = pop_handle(call, ty);
  if (handle->state != OWNED) fail(call, "a borrowed handle of %s cannot be given away", handle->resource->name);
  handle->state = GONE;
  return handle->index;
}

uint32_t wit_dylib_pop_borrow(void *cx, size_t ty) {
  struct call *call = cx;
  if (!exported(ty)) return pop_handle(call, ty)->index;
  uint32_t own = own_handle(call, ty);
  set_own(call->L, -1, ty, own);
  lua_pop(call->L, 1);
  return own;
}

/* Each entry is a handle or an end; or an object, and behind it what `handles` had for it. */
void restore_kept(struct call *call, size_t after) {
  lua_State *L = call->L;
  if (!lua_istable(L, call->kept)) return;
  need(call, 4);
  for (size_t at = lua_rawlen(L, call->kept); at > after; at--) {
    int type = lua_rawgeti(L, call->kept, (lua_Integer)at);
    struct handle *handle = to_handle(L, -1);
    struct end *end = to_end(L, -1);
    if (handle && handle->state == GONE) handle->state = OWNED;
    if (end) restore_end(end);
    if (type == LUA_TNUMBER) {
      lua_Integer own = lua_tointeger(L, -1);
      lua_rawgeti(L, call->kept, (lua_Integer)--at);
      set_own(L, -1, (size_t)(own >> RESOURCE_SHIFT), (uint32_t)own);
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
}

size_t count_kept(const struct call *call) {
  return lua_istable(call->L, call->kept) ? lua_rawlen(call->L, call->kept) : 0;
}

/* ---- wit.drop ---------------------------------------------------------------------------------------------------- */

/* Drops an own or borrowed handle of an imported resource, the own handle of an object, or an end. */
static int drop(lua_State *L) {
  if (to_end(L, 1)) return drop_method(L);
  struct handle *handle = to_handle(L, 1);
  lua_Integer own;
  lua_settop(L, 1);
  if (handle) {
    if (handle->state == GONE) return luaL_error(L, "the handle was dropped or given away before");
    drop_handle(handle);
    return 0;
  }
  lua_pushvalue(L, 1);
  if (lua_isnil(L, 1) || !look_up(L, &own) || !(uint32_t)own) return luaL_error(L, "there is no own handle to drop");
  size_t ty = (size_t)(own >> RESOURCE_SHIFT);
  set_own(L, 1, ty, 0);
  world->resources[ty].drop((uint32_t)own);
  return 0;
}

/* At the end of a variable with <close>: nothing if the handle is gone. */
static int close_handle(lua_State *L) {
  struct handle *handle = to_handle(L, 1);
  if (handle && handle->state != GONE) drop_handle(handle);
  return 0;
}

static void add_table(lua_State *L, const void *key) {
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void add_resources(lua_State *L) {
  add_table(L, &objects);
  add_table(L, &handles);
  lua_pushcfunction(L, drop);
  lua_setfield(L, -2, "drop");
  for (size_t at = 0; at < world->num_resources; at++) {
    const wit_resource_t *resource = &world->resources[at];
    if (exported(at)) continue;
    lua_createtable(L, 0, 4);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "__handle");
    lua_pushstring(L, resource->name);
    lua_setfield(L, -2, "__name");
    lua_pushcfunction(L, close_handle);
    lua_setfield(L, -2, "__close");
    push_class(L, resource);
    lua_setfield(L, -2, "__index");
    lua_rawsetp(L, LUA_REGISTRYINDEX, resource);
  }
}

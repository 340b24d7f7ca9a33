/* Lua's own file includes it; without exceptions an error of Lua ends the component (../lua_platform.h). */

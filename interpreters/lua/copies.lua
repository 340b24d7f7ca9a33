-- The program for `harness ... --streams copy`: echo.lua, with copies of streams and futures.
copies = true
require("echo")

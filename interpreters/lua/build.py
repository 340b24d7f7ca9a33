"""The library of Lua: its sources and the glue, compiled and linked by ziglang with its wasi-libc."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from interpreters import VERSIONS
from interpreters.build import ROOT, zig
from interpreters.lua import ROOT as LUA

PROGRAMS = ("lua.c", "luac.c")
"""Sources of Lua that are commands."""
OUR_LIBRARIES = ("linit.c",)
"""Sources of Lua that open its libraries, which the glue does itself."""
WITH_WASI = ("liolib.c", "loslib.c")
FLAGS = (
    *("cc", "-target", "wasm32-wasi", "-mexec-model=reactor", "-fPIC", "-shared", "-O2", "-g0", "-std=gnu11"),
    *("-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"),
    "-mexception-handling",  # in every kind, though not all use exceptions: so one libc serves all
    *("-include", str(LUA / "include" / "lua_platform.h"), f"-I{ROOT / 'include'}"),
)
EXCEPTIONS = ("-mllvm", "-wasm-enable-sjlj", "-mllvm", "-wasm-use-legacy-eh=false")
"""setjmp and longjmp by the exceptions of WebAssembly 3.0."""


@dataclass(frozen=True, slots=True)
class LibraryKind:
    """Which library. `exceptions`: errors of Lua are exceptions of WebAssembly, so that programs can catch them;
    without them every error ends the component (Winch has no exceptions). `wasi`: Lua's `io` and `os`, output and
    messages of errors; without it the library imports nothing but the world. `asynchronous`: with asynchronous
    functions, whose built-ins the engine must have."""

    abi_version: int = VERSIONS[-1]
    exceptions: bool = True
    wasi: bool = True
    asynchronous: bool = False

    def flags(self) -> list[str]:
        found = [f"-DWIT_DYLIB_VERSION={self.abi_version}"]
        if self.exceptions:
            found += EXCEPTIONS
        else:
            found += ["-DLUA_WITHOUT_EXCEPTIONS", f"-I{LUA / 'include' / 'without_exceptions'}"]
        found += ["-D_WASI_EMULATED_SIGNAL"]  # for the header: Lua uses a type of it
        if self.asynchronous:
            found += ["-DLUA_ASYNC"]
        if self.wasi:
            found += ["-D_WASI_EMULATED_PROCESS_CLOCKS", "-lwasi-emulated-process-clocks"]
        else:
            found += ["-DLUA_WITHOUT_WASI"]
        return found

    def sources(self, lua: Path) -> list[Path]:
        """All C files, with Lua's sources in a folder."""
        left_out = {*PROGRAMS, *OUR_LIBRARIES, *(() if self.wasi else WITH_WASI)}
        ours = [path for path in sorted((LUA / "src").glob("*.c")) if self.exceptions or path.name != "setjmp_tag.c"]
        return [*ours, *(path for path in sorted(lua.glob("*.c")) if path.name not in left_out)]


def build(kind: LibraryKind, lua: Path, cache: Path | None = None) -> bytes:
    """The library of this kind, of the sources of Lua in a folder. The libc that it compiles first stays in the user's
    cache of zig. `cache`: a folder that keeps what else it compiles, so that the same library costs nothing again.

    Raises `interpreters.build.BuildError` with the messages of the compiler.
    """
    with tempfile.TemporaryDirectory(prefix="lua-") as folder:
        out = Path(folder) / "lua.so"
        sources = [str(path) for path in kind.sources(lua)]
        command = [*FLAGS, *kind.flags(), f"-I{lua}", "-o", str(out), *sources]
        zig(command, Path(folder), cache.absolute() if cache else Path(folder) / "cache", shared_libc=True)
        return without_debugging(out.read_bytes())


def without_debugging(module: bytes) -> bytes:
    """The module without the `.debug_*` sections of its libc. The names of functions stay: backtraces show them."""
    kept = bytearray(module[:8])
    at = 8
    while at < len(module):
        body, size = _number(module, at + 1)
        name, length = _number(module, body)
        custom = module[at] == 0
        if not (custom and module[name : name + length].startswith(b".debug_")):
            kept += module[at : body + size]
        at = body + size
    return bytes(kept)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The position after a number in LEB128, and its value."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return at, value

"""The library of Lua: its sources and the glue, compiled and linked by ziglang with its wasi-libc."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
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
    *("cc", "-target", "wasm32-wasi", "-fPIC", "-O2", "-g0", "-std=gnu11"),
    *("-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"),
    "-mexception-handling",  # in every kind, though not all use exceptions: so one libc serves all
    *("-include", str(LUA / "include" / "lua_platform.h")),
)
LINK = ("-mexec-model=reactor", "-shared")
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

    def flags_of_lua(self) -> list[str]:
        """For the sources of Lua. Kinds that differ in other things alone share what is compiled of these."""
        found = ["-D_WASI_EMULATED_SIGNAL"]  # for the header: Lua uses a type of it
        if self.exceptions:
            found += EXCEPTIONS
        else:
            found += ["-DLUA_WITHOUT_EXCEPTIONS", f"-I{LUA / 'include' / 'without_exceptions'}"]
        return [*found, "-D_WASI_EMULATED_PROCESS_CLOCKS" if self.wasi else "-DLUA_WITHOUT_WASI"]

    def flags(self) -> list[str]:
        """For the glue, and to link it."""
        found = [*self.flags_of_lua(), f"-DWIT_DYLIB_VERSION={self.abi_version}", f"-I{ROOT / 'include'}"]
        if self.asynchronous:
            found += ["-DLUA_ASYNC"]
        return [*found, "-lwasi-emulated-process-clocks"] if self.wasi else found

    def glue(self) -> list[Path]:
        return [path for path in sorted((LUA / "src").glob("*.c")) if self.exceptions or path.name != "setjmp_tag.c"]

    def of_lua(self, lua: Path) -> list[Path]:
        """The sources of Lua, from a folder with all of them."""
        left_out = {*PROGRAMS, *OUR_LIBRARIES, *(() if self.wasi else WITH_WASI)}
        return [path for path in sorted(lua.glob("*.c")) if path.name not in left_out]


def build(kind: LibraryKind, lua: Path, cache: Path | None = None) -> bytes:
    """The library of this kind, of the sources of Lua in a folder. The libc that it compiles first stays in the user's
    cache of zig. `cache`: a folder that keeps what else it compiles, so that the same library costs nothing again.

    Raises `interpreters.build.BuildError` with the messages of the compiler.
    """
    with tempfile.TemporaryDirectory(prefix="lua-") as folder:
        work = Path(folder)
        kept = cache.absolute() if cache else work / "cache"

        def compiled(source: Path) -> Path:
            """An object, by a command that is the same for all kinds with these flags, so that the cache knows it."""
            out = work / f"{source.stem}.o"
            zig([*FLAGS, *kind.flags_of_lua(), f"-I{lua}", "-c", source, "-o", out], work, kept, shared_libc=True)
            return out

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            objects = list(threads.map(compiled, kind.of_lua(lua)))
        linked = work / "lua.so"
        command: list[str | Path] = [*FLAGS, *LINK, *kind.flags(), f"-I{lua}", "-o", linked, *kind.glue(), *objects]
        zig(command, work, kept, shared_libc=True)
        return without_debugging(linked.read_bytes())


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

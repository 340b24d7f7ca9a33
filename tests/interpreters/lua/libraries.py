"""Libraries of Lua for tests, each built once for all workers of a run, or the reason why there are none.

The sources of Lua come from the folder in `LUA_SOURCES`, else from the source package. ziglang compiles its libc when
it builds the first library on a machine. What else it compiles is in a cache for all tests of the run, and the commands
that they start.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interpreters.build import BuildError
from interpreters.lua.build import LibraryKind, build
from interpreters.lua.sources import NoSources, fetched, named
from tests.interpreters.compiled import NO_ZIG, ZIG

PLAIN = LibraryKind(wasi=False)
FOR_WINCH = LibraryKind(exceptions=False, wasi=False)
OLD = LibraryKind(abi_version=2, exceptions=False, wasi=False)
ASYNC = LibraryKind(wasi=False, asynchronous=True)
ASYNC_FOR_WINCH = LibraryKind(exceptions=False, wasi=False, asynchronous=True)
_REASON = "reason"


class Libraries:
    """In a folder that all workers of a run share; `cache`: what zig has compiled."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder = folder
        self._cache = cache

    def path(self, kind: LibraryKind) -> Path:
        """The library of this kind; skips the test where it cannot be built for lack of a compiler or of sources."""
        parts = [f"lua-v{kind.abi_version}", "no-exceptions" * (not kind.exceptions), "no-wasi" * (not kind.wasi)]
        name = "-".join([*filter(None, parts), *(["async"] if kind.asynchronous else [])]) + ".so"
        sources = self.sources()
        library = self._folder / name
        with self._alone(name):  # libraries of other kinds are built at the same time
            if not library.exists():
                try:
                    library.write_bytes(build(kind, sources, self._cache))
                except BuildError as error:
                    pytest.fail(str(error))
        return library

    def sources(self) -> Path:
        """A folder with Lua's sources; skips as `path`."""
        if not ZIG:
            pytest.skip(NO_ZIG)
        given = os.environ.get("LUA_SOURCES")
        if given:
            return named(Path(given))
        with self._alone("sources"):
            return self._fetched()

    def _fetched(self) -> Path:
        reason, folder = self._folder / _REASON, self._folder / "sources"
        if not reason.exists() and not folder.exists():
            work = self._folder / "work"
            work.mkdir()
            try:
                fetched(work).rename(folder)
            except NoSources as error:
                reason.write_text(str(error), encoding="utf-8")
        if reason.exists():
            pytest.skip(reason.read_text(encoding="utf-8"))
        return named(folder)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


Library = Callable[[LibraryKind], Path]
"""What the fixture `lua` gives."""

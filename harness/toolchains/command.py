"""Any other toolchain, by command templates in a TOML file:

    name = "mine"
    version = "1.2"                                  # or a command that prints it: version-command = ["tool", "-V"]
    generate = ["tool", "dylib", "{wit}", "--world", "{world}", "--interpreter", "{interpreter}", "-o", "{output}"]
    link = ["tool", "link", "{libraries}", "-o", "{output}"]     # `{libraries}` becomes NAME=PATH words, in order

    [link-options]                                   # what a program may ask of the linker: words before the libraries
    stack-size = ["--stack-size", "{stack-size}"]
    stub-missing-functions = ["--stub-missing-functions"]
    built-in-libdl = ["--use-built-in-libdl"]
    openable = ["--dl-openable"]                     # before the library's own word
    keep-versions = ["--merge-imports-based-on-semver=false"]    # drivers of worlds with compatible versions need it

An option that is asked for and not in the table is refused by name.

Exit code 0: the output file is the result. 1 or 2: refused, standard error says why. Anything else: broken down.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import process
from harness.process import Killed, Limits, Running
from harness.toolchains.output import BadOutput, read_output
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    Done,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    Toolchain,
)
from harness.toolchains.wasm_tools import await_end

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Names of toolchains become names of files."""

LINK_OPTIONS = ("stack-size", "stub-missing-functions", "built-in-libdl", "openable", "keep-versions")


class ToolchainFileError(Exception):
    """The TOML file of a toolchain is not good. The message names file and key."""


@dataclass(frozen=True, slots=True)
class Templates:
    name: str
    version: str
    generate: tuple[str, ...]
    link: tuple[str, ...]
    link_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words by option: what the linker can be asked for."""

    @property
    def commands(self) -> tuple[str, ...]:
        options = (f"with {name}: {shlex.join(words)}" for name, words in self.link_options.items())
        return (shlex.join(self.generate), shlex.join(self.link), *options)


def load(path: Path, directory: Path, limits: Limits) -> Toolchain:
    """The toolchain that a TOML file describes. `directory` is for temporary files."""
    templates = read(path)
    tool = CommandTool(templates, directory, limits)
    return Toolchain(templates.name, templates.generate[0], templates.version, tool, tool, commands=templates.commands)


def read(path: Path) -> Templates:
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ToolchainFileError(f"{path}: {error}") from error
    unknown = table.keys() - {"name", "version", "version-command", "generate", "link", "link-options"}
    if unknown:
        raise ToolchainFileError(f"{path}: unknown key `{min(unknown)}`")
    name = table.get("name")
    if not isinstance(name, str) or not name or name in ("ours", "reference"):
        raise ToolchainFileError(f"{path}: `name` must be a string other than `ours` and `reference`")
    if not _NAME.fullmatch(name):
        raise ToolchainFileError(f"{path}: `name` must be letters, digits, `.`, `_` or `-`, no sign first, at most 64")
    generate = _words(path, table, "generate", ("{wit}", "{output}"))
    link = _words(path, table, "link", ("{libraries}", "{output}"))
    return Templates(name, _version(path, table), generate, link, _link_options(path, table))


def _link_options(path: Path, table: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    options = table.get("link-options", {})
    if not isinstance(options, dict):
        raise ToolchainFileError(f"{path}: `link-options` must be a table")
    unknown = options.keys() - set(LINK_OPTIONS)
    if unknown:
        raise ToolchainFileError(f"{path}: unknown link option `{min(unknown)}`; known: {', '.join(LINK_OPTIONS)}")
    return {key: _words(path, options, key) for key in options}


def _words(path: Path, table: Mapping[str, object], key: str, needed: Sequence[str] = ()) -> tuple[str, ...]:
    words = table.get(key)
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ToolchainFileError(f"{path}: `{key}` must be a list of strings, the program first")
    for placeholder in needed:
        if not any(placeholder in word for word in words):
            raise ToolchainFileError(f"{path}: `{key}` nowhere mentions {placeholder}")
    return tuple(words)


def _version(path: Path, table: Mapping[str, object]) -> str:
    if "version-command" in table:
        command = _words(path, table, "version-command")
        try:
            completed = process.run(command, Limits(10.0, 0))
        except OSError as error:
            raise ToolchainFileError(f"{path}: {command[0]} cannot be started: {error.strerror}") from error
        except Killed as error:
            raise ToolchainFileError(f"{path}: version-command: {error}") from error
        return completed.stdout.decode("utf-8", "replace").strip() or "unknown"
    version = table.get("version", "unknown")
    if not isinstance(version, str):
        raise ToolchainFileError(f"{path}: `version` must be a string")
    return version


class CommandTool:
    def __init__(self, templates: Templates, directory: Path, limits: Limits) -> None:
        self._templates = templates
        self._directory = directory
        self._limits = limits

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        folder = self._folder()
        if isinstance(wit, Path):
            path = wit
        else:
            path = folder / "world.wit"
            path.write_text(wit)
        values = {
            "{wit}": str(path),
            "{world}": world or "",
            "{interpreter}": options.interpreter or "",
            "{features}": ",".join(options.features),
            "{encoding}": options.encoding,
        }
        return self._start("generate", [_filled(word, values) for word in self._templates.generate], folder)

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        wanted = _wanted(libraries, options)
        known = self._templates.link_options
        lacking = [option for option in wanted if option not in known]
        if lacking:
            message = f"unsupported: the toolchain's file has no link-options.{lacking[0]}"
            return Done(Refused(message, "link"))
        folder = self._folder()
        values = {"{stack-size}": str(options.stack_size)}
        words = [_filled(word, values) for option in wanted if option != "openable" for word in known[option]]
        for number, library in enumerate(libraries):
            path = folder / f"{number}.so"
            path.write_bytes(library.data)
            words += [*(known["openable"] if library.openable else ()), f"{library.name}={path}"]
        command: list[str] = []
        for word in self._templates.link:
            command += words if word == "{libraries}" else [word]
        return self._start("link", command, folder)

    def _folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._directory))

    def _start(self, stage: str, command: list[str], folder: Path) -> Job:
        output = folder / "output.wasm"
        command = [_filled(word, {"{output}": str(output)}) for word in command]
        try:
            running = Running(command, self._limits)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return _CommandJob(running, stage, output, self._limits)


class _CommandJob:
    def __init__(self, running: Running, stage: str, output: Path, limits: Limits) -> None:
        self._running = running
        self._stage = stage
        self._output = output
        self._limits = limits
        self._result: BuildResult | None = None

    def result(self) -> BuildResult:
        if self._result is None:
            try:
                self._result = self._judge()
            finally:
                shutil.rmtree(self._output.parent, ignore_errors=True)
        return self._result

    def _judge(self) -> BuildResult:
        result = await_end(self._running, self._stage, self._limits)
        if not isinstance(result, Built):
            return result
        try:
            return Built(read_output(self._output, self._limits.output))
        except BadOutput as error:
            return Panicked(0, f"ended with code 0 and {error}", self._stage)


def _wanted(libraries: Sequence[Library], options: LinkOptions) -> list[str]:
    asked = {
        "stack-size": options.stack_size is not None,
        "stub-missing-functions": options.stub_missing_functions,
        "built-in-libdl": options.built_in_libdl,
        "openable": any(library.openable for library in libraries),
        "keep-versions": not options.merge_versions,
    }
    return [option for option in LINK_OPTIONS if asked[option]]


def _filled(word: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        word = word.replace(placeholder, value)
    return word

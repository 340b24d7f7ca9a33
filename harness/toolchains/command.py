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
    adapt = ["--adapt"]                              # before the adapter's own word
    keep-versions = ["--merge-imports-based-on-semver=false"]    # drivers of worlds with compatible versions need it

    embed = ["tool", "embed", "{wit}", "--world", "{world}", "--encoding", "{encoding}", "-o", "{output}"]
    new = ["tool", "new", "{module}", "-o", "{output}"]
    wit = ["tool", "wit", "{component}", "-o", "{output}"]

`generate`, `link` or both may be left out: another toolchain's is used then (`lending.py`). One of them, or `new`, must
be there. `embed`, `new` and `wit` are not tried where they are not there. Where an option is asked for that is not in
the table, the toolchain is left out, with the reason. Beside those above, `generate` may mention
{features} (names with commas between; without it, the toolchain is left out of worlds with gates to open), {encoding}
and {abi-version} (of the interpreter's interface). Unknown placeholders and missing programs are errors of the file.

`expectations = "wasm-tools"` says that it is one: known faults of that version hold for it.

Exit code 0: the output file is the result. 1 or 2: refused, standard error says why. Anything else: broken down.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.process import children as process
from harness.process.children import Killed, Limits, Running
from harness.text.toml_lines import FileError, TomlFile
from harness.text.toml_schema import read_valid
from harness.toolchains.command_schema import EMBEDDING, LINK_OPTIONS, PLACEHOLDERS, TOOLCHAIN_SCHEMA
from harness.toolchains.lending import OF_LIBRARIES, asked_of_linker
from harness.toolchains.output import BadOutput, read_output
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    Done,
    EmbedOptions,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    Toolchain,
)
from harness.toolchains.wasm_tools import await_end

_VERSION = re.compile(r"\d+\.\d+\.\d+[^\s()]*")
_PLACEHOLDER = re.compile(r"\{[a-z][a-z-]*\}")


class ToolchainFileError(Exception):
    """The TOML file of a toolchain is not good. The message names file and key."""


@dataclass(frozen=True, slots=True)
class Templates:
    name: str
    version: str
    generate: tuple[str, ...]
    """Empty where the file has none, as `link`."""
    link: tuple[str, ...]
    link_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words by option: what the linker can be asked for."""
    embedding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The commands `embed`, `new` and `wit`, those that the file has."""
    expectations: str = ""
    """The tool whose known faults hold for this one; empty for one that is no other."""

    @property
    def program(self) -> str:
        """What expectations call the tool."""
        return self.expectations or (self.generate or self.link or self.embedding["new"])[0]

    @property
    def commands(self) -> tuple[str, ...]:
        options = (f"with {name}: {shlex.join(words)}" for name, words in self.link_options.items())
        return (
            *(shlex.join(words) for words in (self.generate, self.link, *self.embedding.values()) if words),
            *options,
        )

    @property
    def lacks(self) -> frozenset[str]:
        """What the file has no words for (`Toolchain.lacks`). What is lent can be asked for everything."""
        stages = {stage for stage, words in (("generate", self.generate), ("link", self.link)) if not words}
        features = self.generate and not any("{features}" in word for word in self.generate)
        options = set(LINK_OPTIONS) - self.link_options.keys() if self.link else set()
        return frozenset(stages | options | ({"features"} if features else set()) | self._lacks_of_embedding)

    @property
    def _lacks_of_embedding(self) -> set[str]:
        words = self.embedding.get("embed", ())
        asked = {f"embed-{name}" for name in ("features", "names") if not any(f"{{{name}}}" in word for word in words)}
        return set(EMBEDDING) - self.embedding.keys() | asked | {"new-adapt"}


def load(path: Path, directory: Path, limits: Limits) -> Toolchain:
    """The toolchain that a TOML file describes. `directory` is for temporary files. What the file lacks is lent by
    another toolchain (`lending.py`). Raises `ToolchainFileError`."""
    templates = read(path)
    tool = CommandTool(templates, directory, limits)
    return Toolchain(
        templates.name,
        templates.program,
        templates.version,
        tool,
        tool,
        commands=templates.commands,
        lacks=templates.lacks,
        embedder=tool if templates.embedding else None,
    )


def read(path: Path) -> Templates:
    """What the file says, checked. Raises `ToolchainFileError`."""
    try:
        file = read_valid(path, TOOLCHAIN_SCHEMA)
        _check(file)
    except FileError as error:
        raise ToolchainFileError(str(error)) from error
    table = file.data
    options = {key: tuple(words) for key, words in table.get("link-options", {}).items()}
    generate, link = (tuple(table.get(key, ())) for key in ("generate", "link"))
    embedding = {key: tuple(table[key]) for key in EMBEDDING if key in table}
    try:
        version, known = _version(file), table.get("expectations", "")
        version = _number(file, version) if known else version
    except FileError as error:
        raise ToolchainFileError(str(error)) from error
    return Templates(table["name"], version, generate, link, options, embedding, known)


def _check(file: TomlFile) -> None:
    """What the schema cannot say. Raises `FileError`."""
    table = file.data
    if "version" in table and "version-command" in table:
        second = max(("version", "version-command"), key=lambda key: file.line([key]))
        raise file.error([second], "only one of version, version-command can be given")
    for key, known in PLACEHOLDERS.items():
        _check_placeholders(file, (key,), table.get(key, ()), known)
    for key, words in table.get("link-options", {}).items():
        known = ("{stack-size}",) if key == "stack-size" else ()
        _check_placeholders(file, ("link-options", key), words, known)
    for key in PLACEHOLDERS:
        words = table.get(key)
        if words and shutil.which(words[0]) is None:
            message = (
                f"there is no program {words[0]!r} that can be started (`{key}`); give its path, or put it on PATH"
            )
            raise file.error([key], message)


def _check_placeholders(file: TomlFile, path: Sequence[str], words: Sequence[str], known: Sequence[str]) -> None:
    """A word in braces that nothing is put in place of would reach the tool as it stands."""
    where = ".".join(path)
    for word in words:
        for found in _PLACEHOLDER.findall(word):
            if found not in known:
                which = f"known here: {', '.join(known)}" if known else "there are none here"
                raise file.error(path, f"unknown placeholder {found} in `{where}`; {which}")
            if found == "{libraries}" and word != found:
                raise file.error(path, f"{found} in `{where}` must be a word by itself: it becomes many")


def _version(file: TomlFile) -> str:
    """Raises `FileError`."""
    command = file.data.get("version-command")
    if command is None:
        return str(file.data.get("version", "unknown"))
    try:
        completed = process.run(command, Limits(10.0, 0))
    except OSError as error:
        message = f"{command[0]} cannot be started: {error.strerror}"
        raise file.error(["version-command"], message) from error
    except Killed as error:
        raise file.error(["version-command"], f"version-command: {error}") from error
    return completed.stdout.decode("utf-8", "replace").strip() or "unknown"


def _number(file: TomlFile, said: str) -> str:
    """The version alone, by which expectations are found. Raises `FileError`."""
    found = _VERSION.search(said)
    if found is None:
        message = f"known faults hold for versions such as 1.262.0; `version` or `version-command` says {said!r}"
        raise file.error(["expectations"], message)
    return found[0]


class CommandTool:
    def __init__(self, templates: Templates, directory: Path, limits: Limits) -> None:
        self._templates = templates
        self._directory = directory
        self._limits = limits

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        if options.features and not any("{features}" in word for word in self._templates.generate):
            message = (
                "unsupported: `generate` of the toolchain's file has no {features}, and the world has gates to open"
            )
            return Done(Refused(message, "generate"))
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
            "{abi-version}": str(options.abi_version),
        }
        words = self._templates.generate if world is not None else _without_world(self._templates.generate)
        return self._start("generate", [_filled(word, values) for word in words], folder)

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        wanted = asked_of_linker(options, libraries)
        known = self._templates.link_options
        lacking = [option for option in wanted if option not in known]
        if lacking:
            message = f"unsupported: the toolchain's file has no link-options.{lacking[0]}"
            return Done(Refused(message, "link"))
        folder = self._folder()
        values = {"{stack-size}": str(options.stack_size)}
        words = [_filled(word, values) for option in wanted if option not in OF_LIBRARIES for word in known[option]]
        for number, library in enumerate(libraries):
            path = folder / f"{number}.so"
            path.write_bytes(library.data)
            kind = "adapt" if library.adapter else "openable" if library.openable else ""
            words += [*known.get(kind, ()), f"{library.name}={path}"]
        command: list[str] = []
        for word in self._templates.link:
            command += words if word == "{libraries}" else [word]
        return self._start("link", command, folder)

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        folder = self._folder()
        path = folder / "world.wit"
        path.write_text(wit)
        values = {
            "{wit}": str(path),
            "{world}": world,
            "{features}": ",".join(options.features),
            "{encoding}": options.encoding,
            "{names}": options.names,
        }
        return self._start("embed", [_filled(word, values) for word in self._templates.embedding["embed"]], folder)

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        if adapters:
            return Done(Refused("unsupported: a toolchain's file has no words for adapters of `new`", "new"))
        return self._of_binary("new", "{module}", module)

    def wit(self, component: bytes) -> Job:
        return self._of_binary("wit", "{component}", component)

    def _of_binary(self, stage: str, placeholder: str, data: bytes) -> Job:
        folder = self._folder()
        path = folder / "input.wasm"
        path.write_bytes(data)
        words = [_filled(word, {placeholder: str(path)}) for word in self._templates.embedding[stage]]
        return self._start(stage, words, folder)

    def _folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._directory))

    def _start(self, stage: str, command: list[str], folder: Path) -> Job:
        output = folder / "output.wasm"
        command = [_filled(word, {"{output}": str(output)}) for word in command]
        try:
            running = Running(command, self._limits, folder)
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


def _without_world(words: Sequence[str]) -> list[str]:
    """The words of a command for the only world of a package, which need not be named: without those that name it, and
    without an option before a word that is nothing else."""
    kept: list[str] = []
    for word in words:
        if word == "{world}" and kept and kept[-1].startswith("-"):
            kept.pop()
        elif "{world}" not in word:
            kept.append(word)
    return kept


def _filled(word: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        word = word.replace(placeholder, value)
    return word

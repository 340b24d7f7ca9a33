"""Any other toolchain, by the command templates of a TOML file (`command_file.py`).

Exit code 0: the output file is the result. 1 or 2: refused, standard error says why. Anything else: a crash.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.process.children import ProcessLimits, Running
from harness.toolchains.command_file import Templates, read
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
from harness.toolchains.tool_exit import await_end


def load(path: Path, directory: Path, limits: ProcessLimits) -> Toolchain:
    """The toolchain that a TOML file describes. `directory` is for temporary files. Another toolchain lends missing
    stages (`lending.py`). Raises `ToolchainFileError`."""
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
        printer=tool if templates.printing else None,
    )


class CommandTool:
    def __init__(self, templates: Templates, directory: Path, limits: ProcessLimits) -> None:
        self._templates = templates
        self._directory = directory
        self._limits = limits

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        if options.features and not any("{features}" in word for word in self._templates.generate):
            message = (
                "unsupported: `generate` of the toolchain's file has no {features}, and the world has gates to open"
            )
            return Done(Refused(message, "generate"))
        if options.async_filters:
            message = "unsupported: a toolchain's file has no place for the filters of `--async`"
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

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        folder = self._folder()
        path = folder / "world.wit"
        path.write_text(wit)
        values = {"{wit}": str(path), "{features}": ",".join(features)}
        return self._start(form, [_filled(word, values) for word in self._templates.printing[form]], folder)

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
    def __init__(self, running: Running, stage: str, output: Path, limits: ProcessLimits) -> None:
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
    """The words of a command for the only world of a package, which needs no name: without the words that name it, and
    without an option before a word that is only the name."""
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

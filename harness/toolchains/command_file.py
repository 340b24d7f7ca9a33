"""A toolchain as a TOML file with command templates:

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
    wit-text = ["tool", "wit", "{wit}", "--features", "{features}", "-o", "{output}"]
    wit-json = ["tool", "wit", "--json", "{wit}", "--features", "{features}", "-o", "{output}"]
    wit-wasm = ["tool", "wit", "--wasm", "{wit}", "--features", "{features}", "-o", "{output}"]

`generate`, `link` or both may be missing: another toolchain's command is then used (`lending.py`). One of them, or
`new`, must be present. `embed`, `new`, `wit` and the three that print WIT packages are skipped if they are missing. If
a program needs an option that is not in the table, the toolchain is left out, with the reason. In addition to the
placeholders above, `generate` may contain {features} (names with commas between; without it, the toolchain is left out
of worlds with gates to open), {encoding} and {abi-version} (of the interpreter's interface). Unknown placeholders and
missing programs are errors of the file.

`expectations = "wasm-tools"` says that it is wasm-tools: known faults of that version apply to it.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.process import children as process
from harness.process.children import Killed, ProcessLimits
from harness.text.toml_lines import FileError, TomlFile
from harness.text.toml_schema import read_valid
from harness.toolchains.command_schema import EMBEDDING, LINK_OPTIONS, PACKAGE_FORMS, PLACEHOLDERS, TOOLCHAIN_SCHEMA

_VERSION = re.compile(r"\d+\.\d+\.\d+[^\s()]*")

_PLACEHOLDER = re.compile(r"\{[a-z][a-z-]*\}")


class ToolchainFileError(Exception):
    """The TOML file of a toolchain is bad. The message names file and key."""


@dataclass(frozen=True, slots=True)
class Templates:
    name: str
    version: str
    generate: tuple[str, ...]
    """Empty if the file has none, like `link`."""
    link: tuple[str, ...]
    link_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words for each option that the linker supports."""
    embedding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The commands `embed`, `new` and `wit` that are in the file."""
    printing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The commands `wit-text`, `wit-json` and `wit-wasm` that are in the file."""
    expectations: str = ""
    """The tool whose known faults apply to this one; empty for a tool of its own."""

    @property
    def program(self) -> str:
        """The tool's name in expectations."""
        return self.expectations or (self.generate or self.link or self.embedding["new"])[0]

    @property
    def commands(self) -> tuple[str, ...]:
        options = (f"with {name}: {shlex.join(words)}" for name, words in self.link_options.items())
        return (
            *(
                shlex.join(words)
                for words in (self.generate, self.link, *self.embedding.values(), *self.printing.values())
                if words
            ),
            *options,
        )

    @property
    def lacks(self) -> frozenset[str]:
        """The abilities that the file does not mention (`Toolchain.lacks`). A lent stage supports everything."""
        stages = {stage for stage, words in (("generate", self.generate), ("link", self.link)) if not words}
        words = {
            name
            for name in ("features", "interpreter")
            if not any(f"{{{name}}}" in word for word in self.generate or ())
        }
        options = set(LINK_OPTIONS) - self.link_options.keys() if self.link else set()
        lacking = self._lacks_of_embedding | self._lacks_of_printing
        return frozenset(stages | options | (words if self.generate else set()) | lacking)

    @property
    def _lacks_of_embedding(self) -> set[str]:
        words = self.embedding.get("embed", ())
        asked = {f"embed-{name}" for name in ("features", "names") if not any(f"{{{name}}}" in word for word in words)}
        return set(EMBEDDING) - self.embedding.keys() | asked | {"new-adapt"}

    @property
    def _lacks_of_printing(self) -> set[str]:
        asked = {f"{key}-features" for key, words in self.printing.items() if not any("{features}" in w for w in words)}
        return set(PACKAGE_FORMS) - self.printing.keys() | asked


def read(path: Path) -> Templates:
    """The contents of the file, checked. Raises `ToolchainFileError`."""
    try:
        file = read_valid(path, TOOLCHAIN_SCHEMA)
        _check(file)
    except FileError as error:
        raise ToolchainFileError(str(error)) from error
    table = file.data
    options = {key: tuple(words) for key, words in table.get("link-options", {}).items()}
    generate, link = (tuple(table.get(key, ())) for key in ("generate", "link"))
    embedding, printing = (
        {key: tuple(table[key]) for key in keys if key in table} for keys in (EMBEDDING, PACKAGE_FORMS)
    )
    try:
        version, known = _version(file), table.get("expectations", "")
        version = _number(file, version) if known else version
    except FileError as error:
        raise ToolchainFileError(str(error)) from error
    return Templates(table["name"], version, generate, link, options, embedding, printing, known)


def _check(file: TomlFile) -> None:
    """Checks beyond the schema. Raises `FileError`."""
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
    """A word in braces without a replacement would reach the tool unchanged."""
    where = ".".join(path)
    for word in words:
        for found in _PLACEHOLDER.findall(word):
            if found not in known:
                which = f"known here: {', '.join(known)}" if known else "there are none here"
                raise file.error(path, f"unknown placeholder {found} in `{where}`; {which}")
            if found == "{libraries}" and word != found:
                raise file.error(path, f"{found} in `{where}` must be a separate word: it becomes many")


def _version(file: TomlFile) -> str:
    """Raises `FileError`."""
    command = file.data.get("version-command")
    if command is None:
        return str(file.data.get("version", "unknown"))
    try:
        completed = process.run(command, ProcessLimits(10.0, 0))
    except OSError as error:
        message = f"{command[0]} cannot be started: {error.strerror}"
        raise file.error(["version-command"], message) from error
    except Killed as error:
        raise file.error(["version-command"], f"version-command: {error}") from error
    return completed.stdout.decode("utf-8", "replace").strip() or "unknown"


def _number(file: TomlFile, said: str) -> str:
    """The bare version, which selects expectations. Raises `FileError`."""
    found = _VERSION.search(said)
    if found is None:
        message = f"known faults apply to versions such as 1.262.0; `version` or `version-command` says {said!r}"
        raise file.error(["expectations"], message)
    return found[0]

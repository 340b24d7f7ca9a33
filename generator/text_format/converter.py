"""Conversion between the text format and the binary format, by an installed converter.

`generator` has no parser and no printer of its own for the text format. It uses wasm-tools (`parse`, `print`), or, to
parse, the Python package wasmtime. Each runs as a process with limits.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.errors import GeneratorError, UsageError
from generator.processes.limited import Completed, run
from generator.text_format.detect import BINARY_MAGIC

TOOL = "wasm-tools"
_VERSION = re.compile(r"wasm-tools \d+\.\d+\.\d+[^\n]*\n?")
_ENGINE = "wasmtime"
_ENGINE_CHILD = Path(__file__).with_name("engine_child.py")
_PLACE = re.compile(r"^( *--> )<(?:stdin|anon)>(?=:)", re.MULTILINE)
"""The place of an error, which both converters report by line and column of their standard input."""

NO_PARSER = (
    "this is in the text format of WebAssembly, and nothing that is installed here converts it: "
    "neither wasm-tools (on PATH) nor the Python package wasmtime"
)
NO_PRINTER = "--wat needs wasm-tools (on PATH), which prints the text format"


def to_binary(content: bytes, name: str, dwarf: str | None = None) -> bytes:
    """A module or component in the text format as binary. `name` is the file, or what messages call the input; `dwarf`
    is `lines` or `full` for debugging information about the text.

    Raises GeneratorError with the converter's message, or if there is no converter; UsageError if the converter cannot
    write debugging information.
    """
    tool = find_tool()
    if tool is not None and dwarf is not None and Path(name).is_file():
        command = [tool, "parse", "--generate-dwarf", dwarf, "--", name]  # the information names the file
    elif tool is not None:
        command = [tool, "parse", *([] if dwarf is None else ["--generate-dwarf", dwarf]), "-"]
    elif dwarf is not None:
        raise UsageError("--generate-dwarf and -g need wasm-tools (on PATH), which converts the text format")
    elif importlib.util.find_spec(_ENGINE) is not None:
        command = [sys.executable, "-P", str(_ENGINE_CHILD)]
    else:
        raise GeneratorError(f"{name}: {NO_PARSER}")
    return _converted(command, content, name, BINARY_MAGIC)


def to_text(binary: bytes, name: str) -> bytes:
    """A module or component in the text format. Raises GeneratorError if the converter does not print it, UsageError if
    there is none."""
    tool = find_tool()
    if tool is None:
        raise UsageError(NO_PRINTER)
    return _converted([tool, "print", "-"], binary, name, b"(")


@functools.cache
def find_tool() -> str | None:
    """The path of wasm-tools: on PATH, or installed next to this Python. An unrelated tool of that name (PyPI has one)
    does not count."""
    beside = shutil.which(TOOL, path=str(Path(sys.executable).parent))
    for path in dict.fromkeys((shutil.which(TOOL), beside)):
        if path is None:
            continue
        try:
            completed = run([path, "--version"], b"")
        except OSError:
            continue
        if completed.exit_code == 0 and _VERSION.fullmatch(completed.output.decode("utf-8", "replace")):
            return path
    return None


def _converted(command: Sequence[str], content: bytes, name: str, start: bytes) -> bytes:
    try:
        completed = run(command, content)
    except OSError as error:
        raise GeneratorError(f"{name}: `{command[0]}` cannot be started: {error.strerror or error}") from error
    if completed.exit_code == 0 and completed.output.startswith(start):
        return completed.output
    raise GeneratorError(_message(completed, command, name))


def _message(completed: Completed, command: Sequence[str], name: str) -> str:
    said = completed.errors.strip()
    if completed.failure is None and said.startswith("error: "):
        message = said.removeprefix("error: ")
        placed, count = _PLACE.subn(lambda place: place.group(1) + name, message)
        return placed if count else f"{name}: {message}"
    reason = completed.failure or (said.splitlines()[-1] if said else f"its exit code is {completed.exit_code}")
    return f"{name}: the conversion of the text format by `{' '.join(command)}` failed: {reason}"

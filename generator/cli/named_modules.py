"""Modules as commands name them: `[NAME=]MODULE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.adapt.adapter import Adapter, read_adapter
from generator.cli.outputs import STANDARD_STREAM
from generator.errors import GeneratorError, UsageError
from generator.text_format.detect import BINARY_MAGIC, is_text


def name_and_path(word: str) -> tuple[str, str]:
    """The name is empty if none is given."""
    name, equals, path = word.partition("=")
    if not equals:
        name, path = "", word
    if not path or (equals and not name):
        raise UsageError(f"`{word}`: expected [NAME=]MODULE")
    return name, path


def read_binary(path: str, dwarf: str | None = None) -> bytes:
    """A module from a file. The text format is converted, with debugging information if `dwarf` is `lines` or `full`.

    Raises GeneratorError for a file that cannot be read, or text that cannot be converted.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise GeneratorError(f"{path}: {error.strerror or error}") from error
    return _binary(content, path, dwarf)


def read_input(args: argparse.Namespace) -> tuple[bytes, str]:
    """The module or component `args.input`, or that of standard input, and its name in messages. Raises as
    `read_binary`."""
    dwarf = getattr(args, "generate_dwarf", None)
    if args.input is None or args.input == STANDARD_STREAM:
        return _binary(sys.stdin.buffer.read(), "<stdin>", dwarf), "<stdin>"
    return read_binary(args.input, dwarf), args.input


def _binary(content: bytes, name: str, dwarf: str | None) -> bytes:
    if content.startswith(BINARY_MAGIC) or not is_text(content):
        return content
    from generator.text_format.converter import to_binary  # rarely used

    return to_binary(content, name, dwarf)


def read_named_adapter(word: str) -> Adapter:
    """An adapter's name is the part before the first `=`, else the file's name up to the first dot."""
    name, path = name_and_path(word)
    return read_adapter(name or Path(path).name.partition(".")[0], read_binary(path))

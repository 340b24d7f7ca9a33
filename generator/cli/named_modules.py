"""Modules as commands name them: `[NAME=]MODULE`."""

from __future__ import annotations

from pathlib import Path

from generator.adapt.adapter import Adapter, read_adapter
from generator.errors import GeneratorError, UsageError


def name_and_path(word: str) -> tuple[str, str]:
    """The name is empty if none is given."""
    name, equals, path = word.partition("=")
    if not equals:
        name, path = "", word
    if not path or (equals and not name):
        raise UsageError(f"`{word}`: expected [NAME=]MODULE")
    return name, path


def read_binary(path: str) -> bytes:
    """Raises GeneratorError for a file that cannot be read, or holds the text format."""
    try:
        binary = Path(path).read_bytes()
    except OSError as error:
        raise GeneratorError(f"{path}: {error.strerror or error}") from error
    if not binary.startswith(b"\0asm") and binary.lstrip().startswith(b"("):
        raise GeneratorError(f"{path}: the text format is not supported; a binary module is needed")
    return binary


def read_named_adapter(word: str) -> Adapter:
    """An adapter's name is the part before the first `=`, else the file's name up to the first dot."""
    name, path = name_and_path(word)
    return read_adapter(name or Path(path).name.partition(".")[0], read_binary(path))

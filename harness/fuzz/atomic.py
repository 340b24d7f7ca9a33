"""Files that are there whole or not at all, also when the disk is full or the process is killed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


class CannotWrite(Exception):
    """A file could not be written; the old one, if any, is as it was. The message names it and says why."""


def write(path: Path, text: str) -> None:
    """Replace a file in one step; makes its folder. Raises `CannotWrite`."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(".tmp", f".{path.name[:64]}.", path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from error


def try_to_write(directory: Path) -> None:
    """Make a folder and try whether it takes files, before hours of work depend on it. Raises `CannotWrite`."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise CannotWrite(f"{directory} cannot be written to: {error.strerror or error}") from error

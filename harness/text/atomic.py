"""Atomic writes: a file is complete or absent, even when the disk is full or the process is killed.

Only regular files are replaced in one step. A link keeps its target, which is replaced; a file with several names (hard
links), a device and a pipe are written in place.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path


class CannotWrite(Exception):
    """A file could not be written; the old file, if any, is unchanged. The message names the file and the reason."""


def write(path: Path, text: str) -> None:
    """Replace a file in one step if it is a regular file; makes its folder. Raises `CannotWrite`."""
    try:
        target = Path(os.path.realpath(path))
        if _stays(target):
            with target.open("w", encoding="utf-8") as file:
                file.write(text)
        else:
            _replace(target, text)
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from error


def try_to_write(directory: Path) -> None:
    """Make a folder and check that it accepts files, before hours of work depend on it. Raises `CannotWrite`."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except (OSError, ValueError) as error:
        raise CannotWrite(f"{directory} cannot be written to: {_why(error)}") from error


def try_to_write_file(path: Path) -> None:
    """Check that `write` can write this file; its contents stay unchanged. Raises `CannotWrite`."""
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise CannotWrite(f"{path} cannot be written: it is a folder")
        if target.exists() and not os.access(target, os.W_OK):
            raise CannotWrite(f"{path} cannot be written: it is read-only")
        if not _stays(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=target.parent):
                pass
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from error


def _stays(target: Path) -> bool:
    """Whether a replacement would lose a file with another name, or something that is not a regular file."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(found.st_mode) or found.st_nlink > 1


def _replace(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(".tmp", f".{target.name[:64]}.", target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(target: Path) -> int:
    """The present permissions, or those of new files that everybody may read."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o644


def _cannot(path: Path, error: OSError | ValueError) -> CannotWrite:
    return CannotWrite(f"{path} cannot be written: {_why(error)}")


def _why(error: OSError | ValueError) -> str:
    """`ValueError`: a path that contains a NUL, or text that UTF-8 cannot encode."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)

"""`wit-file` of a case: a file or folder next to the case, and nothing outside the case's folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

MAX_BYTES = 16 << 20
"""Limit of a `wit-file`, for all files of a folder together."""
MAX_FILES = 10_000


class WitFileError(Exception):
    """A `wit-file` that cannot be used. The message gives the reason."""


def find(folder: Path, name: str) -> Path:
    """The file or folder that `name` leads to from `folder`. Raises `WitFileError`.

    It stays within `folder`, also through links. It contains only regular files and folders, so that reading it ends.
    """
    if "\0" in name:
        raise WitFileError("a path contains no NUL")
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
        raise WitFileError(f"{name} is an absolute path; it must be relative to the case")
    path = folder / name
    try:
        root = folder.resolve()
        _check(root, path, name)
    except FileNotFoundError:
        raise WitFileError(f"there is no {name} next to the case") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, up to Python 3.12
        reason = error.strerror if isinstance(error, OSError) else None
        raise WitFileError(f"{name} cannot be read: {reason or error}") from error
    return path


def _check(root: Path, path: Path, name: str) -> None:
    size = count = 0
    for entry in _entries(root, path):
        if not entry.resolve(strict=True).is_relative_to(root):
            raise WitFileError(f"{name} leads out of the case's folder ({root})")
        found = entry.stat()
        if stat.S_ISDIR(found.st_mode):
            continue
        if not stat.S_ISREG(found.st_mode):
            raise WitFileError(f"{name}: {entry.name} is not a regular file")
        size += found.st_size
        count += 1
        if size > MAX_BYTES or count > MAX_FILES:
            raise WitFileError(f"{name} is too large: at most {MAX_BYTES >> 20} MiB and {MAX_FILES:,} files are read")


def _entries(root: Path, path: Path) -> Iterator[Path]:
    """The path and, if it is a folder inside `root`, everything below it."""
    yield path
    if path.is_dir():
        waiting = [path]
        seen = set()
        while waiting:
            folder = waiting.pop()
            place = folder.resolve()
            if place in seen or not place.is_relative_to(root):  # a link upwards
                continue
            seen.add(place)
            with os.scandir(folder) as entries:
                for entry in entries:
                    yield Path(entry.path)
                    if entry.is_dir():
                        waiting.append(Path(entry.path))

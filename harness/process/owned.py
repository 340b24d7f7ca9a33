"""Folders that the harness made: each contains a mark, and the harness empties or removes only marked folders."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import stat
from pathlib import Path

MARK = ".made-by-harness.json"
"""The file in a folder that names its maker. It also names its folder: a copy under another name belongs to the
user."""

_MAKER = "wit-dylib harness"
_MAX_MARK = 64 * 1024
_MAX_NAME = 80
_TRIES = 1000


def file_name(name: str) -> str:
    """`name` as one part of a path: never empty, `.` or `..`, without separators, and no longer than file systems take.

    Different names may give the same one.
    """
    plain = re.sub(r"[^\w.@=,+-]+", ".", name, flags=re.ASCII)
    plain = re.sub(r"\.\.+", ".", plain).strip(".-")
    if len(plain) > _MAX_NAME:
        plain = f"{plain[:_MAX_NAME]}.{hashlib.blake2b(name.encode(errors='replace'), digest_size=4).hexdigest()}"
    return plain or "unnamed"


def make(folder: Path, purpose: str) -> None:
    """Make a new folder and mark it. Raises `OSError`, also if it exists."""
    folder.mkdir()
    mark(folder, purpose)


def mark(folder: Path, purpose: str) -> None:
    """Mark a folder that this process has just made. Raises `OSError`."""
    content = json.dumps({"made by": _MAKER, "folder": folder.name, "for": purpose}, indent=1)
    with (folder / MARK).open("x", encoding="utf-8") as file:
        file.write(content + "\n")


def purpose_of(folder: Path) -> str | None:
    """The purpose of a folder; None if it is a link, another user's folder, or has no mark of ours."""
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(folder / MARK, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or not _is_ours(found) or found.st_size > _MAX_MARK:
                return None
            content = json.loads(file.read(_MAX_MARK))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or (content.get("made by"), content.get("folder")) != (_MAKER, folder.name):
        return None
    purpose = content.get("for")
    return purpose if isinstance(purpose, str) else None


def fresh(directory: Path, name: str, purpose: str) -> Path:
    """A new folder in `directory` (made if missing), named `name` or, if that is taken, `name-2` and so on.

    It replaces a folder that an earlier run made there for the same purpose. Raises `OSError`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    plain = file_name(name)
    for number in range(1, _TRIES):
        folder = directory / (plain if number == 1 else f"{plain}-{number}")
        if purpose_of(folder) == purpose:
            remove(folder)
        with contextlib.suppress(FileExistsError):
            make(folder, purpose)
            return folder
    raise FileExistsError(17, f"there are already {_TRIES} folders named {plain}", str(directory))


def remove(folder: Path) -> bool:
    """Remove a marked folder, with the links in it but not their targets. Whether it is gone.

    The mark goes last: after an interruption the rest is still recognizable.
    """
    purpose = purpose_of(folder)
    if purpose is None:
        return not os.path.lexists(folder)
    with contextlib.suppress(OSError):
        with os.scandir(folder) as entries:
            for entry in [entry for entry in entries if entry.name != MARK]:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)
        if os.listdir(folder) == [MARK]:
            os.unlink(folder / MARK)
            try:
                os.rmdir(folder)
            except OSError:  # another process has just written there
                mark(folder, purpose)
    return not os.path.lexists(folder)


def _is_ours(found: os.stat_result) -> bool:
    return not hasattr(os, "getuid") or found.st_uid == os.getuid()

"""Folders for temporary files: their maker removes them, and the next maker removes those of killed processes."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.process import owned

_LOCK = "lock"
_PREFIX = "harness-"
_PURPOSE = "temporary files"
_YOUNG = 60.0
"""Seconds in which a new folder is left alone: its maker may not have locked it yet."""


@dataclass(frozen=True)
class TemporaryFolder:
    """A folder, and the lock that shows that its process lives: the system releases the lock of a killed process."""

    path: Path
    lock: IO[str]

    def remove(self) -> None:
        owned.remove(self.path)
        self.lock.close()


def fresh_folder() -> TemporaryFolder:
    """An empty folder. Removes the folders of killed processes. Raises `OSError`."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_left_behind(folder):
            owned.remove(folder)
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    owned.mark(path, _PURPOSE)
    lock = (path / _LOCK).open("x")
    _try_lock(lock)
    return TemporaryFolder(path, lock)


def _is_left_behind(folder: Path) -> bool:
    if owned.purpose_of(folder) != _PURPOSE:
        return False
    lock = folder / _LOCK
    try:
        found = lock.lstat()
        if not stat.S_ISREG(found.st_mode) or time.time() - found.st_mtime < _YOUNG:
            return False
        with open(os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)), "r+") as file:
            return _try_lock(file)
    except OSError:
        return False


def _try_lock(file: IO[str]) -> bool:
    """Whether the lock is now ours; False on platforms without such locks."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

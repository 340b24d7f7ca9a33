"""Folders for temporary files: whoever makes one removes it, and the next one those of processes that were killed."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LOCK = "lock"
_YOUNG = 60.0
"""Seconds in which a folder is left alone: its maker may not have locked it yet."""


@dataclass(frozen=True)
class TemporaryFolder:
    """A folder, and the lock that tells that its process lives: the system takes it away from a killed one."""

    path: Path
    lock: IO[str]

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self.lock.close()


def fresh_folder() -> TemporaryFolder:
    """An empty folder. What killed processes left behind goes away."""
    for folder in Path(tempfile.gettempdir()).glob("harness-*"):
        if _is_left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix="harness-"))
    lock = (path / _LOCK).open("w")
    _try_lock(lock)
    return TemporaryFolder(path, lock)


def _is_left_behind(folder: Path) -> bool:
    lock = folder / _LOCK
    try:
        if folder.is_symlink() or time.time() - lock.lstat().st_mtime < _YOUNG:
            return False
        with lock.open("r+") as file:
            return _try_lock(file)
    except OSError:
        return False


def _try_lock(file: IO[str]) -> bool:
    """Whether the lock is now ours; False where there are no such locks."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

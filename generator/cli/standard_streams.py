"""Standard streams that the caller has closed (`>&-`): their use is an error like that of a full disk."""

from __future__ import annotations

import errno
import io
import os
import sys


class _Closed(io.RawIOBase):
    def __init__(self, name: str) -> None:
        self._name = name

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        raise OSError(errno.EBADF, "closed", self._name)

    def write(self, _: object) -> int:
        raise OSError(errno.EBADF, "closed", self._name)


def replace_closed_streams() -> None:
    """Reading from a closed stream, or writing to it, raises an `OSError` that names it. Messages are lost."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Closed("standard input")))
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed("standard output"), 1), write_through=True)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115

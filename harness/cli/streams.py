"""Standard output and standard error that outlive their readers.

A reader that goes away (`| head`) is no fault of a run: the rest is not shown, and the exit code stays what it is. A
standard error that takes nothing (a full disk) does not change the exit code either. Only standard output that takes
no more, and still has a reader, is an error.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Raw(io.RawIOBase):
    """A file descriptor. After the first failure to write, whatever is written goes nowhere."""

    def __init__(self, descriptor: int, tells: bool) -> None:
        """`tells`: whether a failure other than the reader's leaving is raised."""
        self._descriptor = descriptor
        self._tells = tells
        self._gone = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data)
        if self._gone:
            return view.nbytes
        try:
            return os.write(self._descriptor, view)
        except OSError as error:
            self._gone = True
            if self._tells and error.errno != errno.EPIPE:
                raise
            return view.nbytes


def outliving(stream: TextIO | None, tells: bool) -> TextIO:
    """The same stream in a form that outlives its reader; for None, a stream that was closed, one that goes nowhere."""
    if stream is None:
        return open(os.devnull, "w")
    stream.flush()
    buffered = io.BufferedWriter(_Raw(stream.fileno(), tells))
    return io.TextIOWrapper(
        buffered, stream.encoding, stream.errors, line_buffering=stream.isatty(), write_through=not tells
    )


def install() -> None:
    """For this process, from now on."""
    sys.stdout = outliving(sys.stdout, tells=True)
    sys.stderr = outliving(sys.stderr, tells=False)

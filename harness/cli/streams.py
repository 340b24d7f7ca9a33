"""Standard output and standard error that survive their readers.

A reader that goes away (`| head`) is not a fault of a run: the rest is not shown, and the exit code stays the same. A
standard error that accepts nothing (a full disk) does not change the exit code either. The only error is a standard
output that accepts no more and still has a reader.
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
    """A file descriptor. After the first failure to write, all output goes nowhere."""

    def __init__(self, descriptor: int, tells: bool) -> None:
        """`tells`: whether to raise failures other than a closed reader."""
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
    """The same stream in a form that survives its reader; for None, a closed stream, one that goes nowhere."""
    if stream is None:
        return open(os.devnull, "w")
    stream.flush()
    buffered = io.BufferedWriter(_Raw(stream.fileno(), tells))
    return io.TextIOWrapper(
        buffered, stream.encoding, stream.errors, line_buffering=stream.isatty(), write_through=not tells
    )


def install() -> None:
    """Replace the standard streams of this process."""
    sys.stdout = outliving(sys.stdout, tells=True)
    sys.stderr = outliving(sys.stderr, tells=False)

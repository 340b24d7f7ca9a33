"""The output file of a tool: checked before it is read, because it may be anything."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class BadOutput(Exception):
    """The output cannot be read. The message gives the reason, as the end of a sentence about the tool."""


def read_output(path: Path, most: int) -> bytes:
    """A regular file of at most `most` bytes. Raises `BadOutput`."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise BadOutput("its output is not a regular file")
        with open(os.open(path, flags), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                raise BadOutput(f"its output is larger than {most >> 20} MiB")
            return file.read(most)
    except FileNotFoundError:
        raise BadOutput("wrote no output file") from None
    except OSError as error:
        raise BadOutput(f"its output cannot be read: {error.strerror}") from error

"""Files that a user names: regular files of a bounded size; text in UTF-8."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_BYTES = 16 << 20
"""A larger file cannot be a case or a toolchain; reading it would only cost memory."""


class UnreadableFile(ValueError):
    """The message gives the reason why the file cannot be used, without its name."""


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; raises `UnreadableFile`.

    Anything else is refused before it is opened: a pipe would block, a device never ends.
    """
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise UnreadableFile("is a folder" if stat.S_ISDIR(mode) else "is not a regular file")
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a name with a NUL
        raise UnreadableFile(f"cannot be read: {error}") from error
    if len(data) > limit:
        raise UnreadableFile(f"is larger than {limit >> 20} MiB")
    return data


def read_text_file(path: Path, limit: int = MAX_BYTES) -> str:
    """The text of such a file; raises `UnreadableFile`."""
    data = read_file(path, limit)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"is not UTF-8: {error.reason} at byte {error.start}") from error
    return text.replace("\r\n", "\n")

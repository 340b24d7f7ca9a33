"""Standard streams that the caller has closed (`>&-`)."""

from __future__ import annotations

import os
import sys


def reopen_closed_streams() -> None:
    """Replace closed standard streams with the null device.

    Otherwise the next opened files get their numbers, and children write into them. Output to a closed stream is lost,
    as its caller wants; the exit code still shows the result.
    """
    opened = os.open(os.devnull, os.O_RDWR)
    while opened <= 2:
        opened = os.open(os.devnull, os.O_RDWR)
    os.close(opened)
    for number in range(3):
        os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115

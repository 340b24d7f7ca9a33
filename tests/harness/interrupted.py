"""Commands that tests interrupt."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

MAIN = "from harness.cli import main; main()"
PATIENCE = 120
"""Seconds in which an interrupted command must have ended, on a busy machine too."""

_HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""A shell's background processes, as which tests may run, ignore SIGINT from their start."""


@contextlib.contextmanager
def command(words: Sequence[str], code: str = MAIN, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A running command with the given arguments. It and all its children end with the test, however that ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HEED + code, *words], text=True, start_new_session=True, **options
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

"""Commands are measured with compiled modules, as an installation has them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Python processes that are started meanwhile keep their bytecode in a folder of their own.

    With PYTHONDONTWRITEBYTECODE, which some machines set, each would compile all modules again: more than half of the
    time of a small link."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

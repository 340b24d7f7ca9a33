"""The last words of a worker or a tool that memory running out has ended, in the place of an error that it could catch.

Their texts are those of CPython 3.11 to 3.13 (`Python/errors.c`, `Python/ceval.c`), of Rust's standard library
(`handle_alloc_error`) and of C++ runtimes, in which the engine is written; no document lists them.
"""

from __future__ import annotations

import re

from harness.process.memory import is_limited

_NO_MEMORY = "Cannot recover from MemoryErrors while normalizing exceptions"
_LOST_COUNT = "Cannot recover from stack overflow"
"""CPython 3.11 loses count of its frames where it has no memory for one, and then takes the count for a stack
overflow."""

_NO_ALLOCATION = re.compile(r"^memory allocation of \d+ bytes failed|\bstd::bad_alloc\b", re.MULTILINE)


def tell_of_no_memory(said: str) -> bool:
    """Whether the standard error of a dead process says that memory ran out. `said`: its end."""
    last = said.rstrip().rpartition("\n")[2]
    if last == "MemoryError" or last.startswith("MemoryError: "):
        return True
    if _NO_ALLOCATION.search(said):
        return True
    fatal = [line for line in said.splitlines() if line.startswith("Fatal Python error: ")]
    return any(_NO_MEMORY in line or (_LOST_COUNT in line and is_limited()) for line in fatal)

"""The last words of a worker that memory running out has ended, in the place of a `MemoryError` that it could catch.

Their texts are those of CPython 3.11 to 3.13 (`Python/errors.c`, `Python/ceval.c`); no document lists them.
"""

from __future__ import annotations

import sys

from harness.process.memory import MEMORY

_NO_MEMORY = "Cannot recover from MemoryErrors while normalizing exceptions"
_LOST_COUNT = "Cannot recover from stack overflow"
"""CPython 3.11 loses count of its frames where it has no memory for one, and then takes the count for a stack
overflow."""


def tell_of_no_memory(said: str) -> bool:
    """Whether the standard error of a dead worker says that memory ran out. `said`: its end."""
    last = said.rstrip().rpartition("\n")[2]
    if last == "MemoryError" or last.startswith("MemoryError: "):
        return True
    fatal = [line for line in said.splitlines() if line.startswith("Fatal Python error: ")]
    return any(_NO_MEMORY in line or (_LOST_COUNT in line and _is_limited()) for line in fatal)


def _is_limited() -> bool:
    """Whether workers may use less memory than the harness gives them: they have the limits of this process."""
    return any(limit < MEMORY for limit in limits_of_this_process())


def limits_of_this_process() -> list[int]:
    """The limits on memory, in bytes; none where there are no such limits."""
    if sys.platform == "win32":
        return []
    import resource

    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return [limit for limit in limits if limit != resource.RLIM_INFINITY]

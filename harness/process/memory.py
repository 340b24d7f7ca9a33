"""The memory limit of a process of the harness, what others set, and the fix if it is too low.

It imports nothing at first: after memory ran out, nothing more can be loaded."""

from __future__ import annotations

import sys

MEMORY = 8 << 30
"""Bytes of data that a worker may use."""

_ADDRESSES = 64 << 30
"""Bytes of addresses that the engine's own way to place memories needs for a run, with room to spare."""

RAN_OUT = (
    f"memory ran out: this takes more than a process of the harness may use ({MEMORY >> 30} GiB, or less if "
    "`ulimit` or the machine sets a lower limit); make the input smaller, or run with fewer jobs (-j)"
)


def limits_of_this_process() -> list[int]:
    """The limits on memory, in bytes, which children inherit; none where there are no such limits."""
    return [limit for name in ("RLIMIT_AS", "RLIMIT_DATA") if (limit := _limit(name)) is not None]


def is_limited() -> bool:
    """Whether workers may use less memory than the harness gives them."""
    return any(limit < MEMORY for limit in limits_of_this_process())


def addresses_are_scarce() -> bool:
    """Whether `ulimit -v` leaves too few addresses for reservations."""
    limit = _limit("RLIMIT_AS")
    return limit is not None and limit < _ADDRESSES


def room() -> dict[str, tuple[int, int]]:
    """For each limit on memory, the bytes that this process uses and those that it has left; empty where there are no
    limits, or where the system does not tell what is used."""
    used = _used()
    limits = {name: _limit(name) for name in used}
    return {name: (used[name], limit - used[name]) for name, limit in limits.items() if limit is not None}


def _used() -> dict[str, int]:
    """Addresses and private data of this process in bytes (proc(5), `statm`); empty on systems other than Linux."""
    if sys.platform != "linux":
        return {}
    with open("/proc/self/statm", "rb") as file:
        numbers = file.read().split()
    import resource

    page = resource.getpagesize()
    return {"RLIMIT_AS": int(numbers[0]) * page, "RLIMIT_DATA": int(numbers[5]) * page}


def _limit(name: str) -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    limit = resource.getrlimit(getattr(resource, name))[0]
    return None if limit == resource.RLIM_INFINITY else limit

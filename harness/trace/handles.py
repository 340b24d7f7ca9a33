"""Handle numbers in traces, made comparable.

The specification fixes how a table hands out indices, but not the other contents of the table; so handles are compared
by their identity, not by number. In the order of the trace of one component, each event that brings a new handle gives
its number the next name `h1`, `h2`, ..; every other event shows the name that its number has at that time, or the bare
number if it has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress, count

from harness.trace.event import HANDLES, Event


def rename(events: Iterable[Event]) -> list[Event]:
    """The events of one component with handles renamed."""
    names: dict[int, str] = {}
    brought = 0
    renamed = list(events)
    # most events have no handle: all of this loop's search runs without Python's own code
    for index in compress(count(), map(HANDLES.__contains__, map(type, renamed))):
        event = renamed[index]
        fields = HANDLES[event.__class__]
        number = fields.handle(event)
        if fields.brings:
            brought += 1
            names[number] = f"h{brought}"
        renamed[index] = fields.renamed(event, names.get(number, number))
    return renamed

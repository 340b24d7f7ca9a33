"""Lines of a trace into events, by the declarations of `harness/trace/events.py`."""

from __future__ import annotations

from harness.trace.event import BY_WORD, Event
from harness.trace.events import Unreadable
from harness.trace.fields import ItemName, Malformed, NameOf
from harness.trace.names import DumpError, number, short

ARRAYS = {
    word: part.array for word, syntaxes in BY_WORD.items() for part in syntaxes[0].parts if isinstance(part, ItemName)
}
"""The first words of lines that have an index, and the array of that index; it is the second word."""


def parse(line: str, names: NameOf | None = None) -> Event:
    """The event of a line; without `names`, indices stay in the place of names. Raises `DumpError` if a line lacks an
    index that it must have, or has one outside the `wit_t`."""
    word, _, rest = line.partition(" ")
    for syntax in BY_WORD.get(word, ()):
        try:
            return syntax.read(rest, names)
        except Malformed:
            continue
    if names is not None and word in ARRAYS:
        index_of(line, rest.partition(" ")[0])
    return Unreadable(line)


def index_of(line: str, word: str) -> int:
    """The index that a line has as its second word. Raises `DumpError`."""
    try:
        return number(word)
    except DumpError:
        raise DumpError(f"malformed event {short(line)}") from None

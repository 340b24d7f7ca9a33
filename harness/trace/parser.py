"""Lines of a trace into events, by the declarations of `harness/trace/events.py`."""

from __future__ import annotations

from harness.trace.event import BY_WORD, Event
from harness.trace.events import Unreadable
from harness.trace.fields import Malformed, NameOf
from harness.trace.names import DumpError, number, short

ARRAYS = {word: syntaxes[0].item.array for word, syntaxes in BY_WORD.items() if syntaxes[0].item is not None}
"""The first words of lines that have an index, and the array of that index; it is the second word."""


def parse(line: str, names: NameOf | None = None) -> Event:
    """The event of a line; without `names`, indices stay in the place of names. Raises `DumpError` if a line lacks an
    index that it must have, or has one outside the `wit_t`."""
    word = line.partition(" ")[0]
    for syntax in BY_WORD.get(word, ()):
        start = len(word)
        try:
            if syntax.item is None:
                return syntax.read(line[start:])
            index = line[start + 1 :].partition(" ")[0]
            return syntax.read(line[start + 1 + len(index) :], syntax.item.named(index, names))
        except Malformed:
            continue
    if names is not None and word in ARRAYS:
        index_of(line, line[len(word) + 1 :].partition(" ")[0])
    return Unreadable(line)


def parse_about(line: str, word: str, name: str, rest: str) -> Event:
    """The event of a line whose first word is `word` and whose index has the canonical name `name`. `rest`: what
    follows the index, with the blank before it."""
    for syntax in BY_WORD[word]:
        assert syntax.item is not None
        try:
            return syntax.read(rest, syntax.item.read(name))
        except Malformed:
            continue
    return Unreadable(line)


def index_of(line: str, word: str) -> int:
    """The index that a line has as its second word. Raises `DumpError`."""
    try:
        return number(word)
    except DumpError:
        raise DumpError(f"malformed event {short(line)}") from None

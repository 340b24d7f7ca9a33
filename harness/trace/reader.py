"""A component's trace, from lines to comparable events with canonical names; some kinds are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from harness.trace.async_events import AsyncBalance, EndBalance, TaskBalance, TaskSwitch
from harness.trace.event import BY_WORD, HANDLES, Event
from harness.trace.events import Balance, DeallocBytes, Fail, ImportBalance, Realloc
from harness.trace.handles import rename
from harness.trace.names import DumpError, Names, read_dump
from harness.trace.parser import ARRAYS, index_of, parse, parse_about
from harness.trace.tasks import BALANCE, Tasks, read_tasks

MAX_TEXT = 1 << 28
"""Characters of a trace with names instead of indices."""

_MEMORY = (Realloc, DeallocBytes)
"""Each generator allocates in its own way; the balances have the sums."""
_AROUND_MEMORY = frozenset(("task_hook 12", "task_hook 13"))
"""The hooks of allocations, which belong to them."""
_APART = (AsyncBalance, Balance, EndBalance, ImportBalance, TaskBalance, Fail)


def _words(events: tuple[type[Event], ...]) -> frozenset[str]:
    return frozenset([word for word, syntaxes in BY_WORD.items() if syntaxes[0].made in events])


_MEMORY_WORDS, _APART_WORDS = _words(_MEMORY), _words(_APART)
_SPECIAL = ARRAYS.keys() | _MEMORY_WORDS | _APART_WORDS
"""Other lines are the same event whatever the `wit_t` is."""
_FAIL = "fail "
_NOTED = HANDLES.keys() | {TaskSwitch}
"""Events that make more work for the trace as a whole."""
_TOO_LONG = f"with the names of what it speaks of, the trace is longer than {MAX_TEXT} characters"


@dataclass(frozen=True, slots=True)
class Trace:
    """The report of one component in one run."""

    names: Names | None
    """The `wit_t`; None if the script did not request it or the component never started."""
    events: tuple[Event, ...]
    """The events that are compared one by one, with renamed handles (`harness.trace.handles`)."""
    balances: tuple[Event, ...]
    """`Balance`, `ImportBalance`, `TaskBalance`, `EndBalance`, or one of them that cannot be read."""
    failure: str | None
    """The cause that the interpreter named just before it trapped."""
    ended: bool = False
    """Whether the last line of all is a balance of the whole component."""
    tasks: Tasks | None = None
    """From an interpreter for asynchronous worlds: the same events by their tasks."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The events for people."""
        return tuple(map(str, self.events))


class Known:
    """Events that were met, whatever the `wit_t` is.

    So equal events are one object, and traces of different tools are compared without a look into their events.
    """

    def __init__(self) -> None:
        self.plain: dict[str, Event] = {}
        """Those without an index, by their lines."""
        self._about: dict[tuple[str, str], dict[str, Event]] = {}

    def about(self, word: str, name: str) -> dict[str, Event]:
        """Those with this first word and the canonical name of their index, by what follows the index."""
        return self._about.setdefault((word, name), {})

    @property
    def size(self) -> int:
        return len(self.plain) + len(self._about) + sum(map(len, self._about.values()))


class _Lines(dict[str, Event | None]):
    """Lines as the interpreter wrote them, and the event of each; worked out when a line is first met.

    None for what is not compared one by one; of that, `apart` has what is looked at in other ways.
    """

    def __init__(self, names: Names | None, known: Known) -> None:
        super().__init__()
        self.names = names
        self._known = known
        self._about: dict[str, _About] = {}
        """By the first two words of a line, the second of which is an index."""
        self.apart: dict[str, Event] = {}
        self.longest = 0
        """The length of the longest name in the lines so far."""
        self.handles = False
        """Whether a line so far has handles."""
        self.tasks = False
        """Whether a line so far has tasks."""

    def __missing__(self, raw: str) -> Event | None:
        # between the second blank and the end: what differs between the lines about one item
        second = raw.find(" ", raw.find(" ") + 1)
        start, rest = (raw, "") if second < 0 else (raw[:second], raw[second:])
        about = self._about.get(start)
        found = self._first(raw, start, rest) if about is None else about.event(raw, rest)
        if found.__class__ in _NOTED:
            self.tasks = self.tasks or found.__class__ is TaskSwitch
            self.handles = self.handles or found.__class__ in HANDLES
        self[raw] = found
        return found

    def _first(self, raw: str, start: str, rest: str) -> Event | None:
        """The event of a line that is not about an item of earlier lines."""
        word, blank, index = start.partition(" ")
        if word not in _SPECIAL:
            if not raw or raw in _AROUND_MEMORY:
                return None
            found = self._known.plain.get(raw)
            if found is None:
                found = self._known.plain[raw] = parse(raw)
            return found
        if blank and word in _APART_WORDS:
            self.apart[raw] = parse(raw) if self.names is None else parse(raw, self._name)
            return None
        if blank and word in _MEMORY_WORDS:
            return None
        if self.names is None or word not in ARRAYS:
            return parse(raw)
        name = self._name(ARRAYS[word], index_of(raw, index))
        about = self._about[start] = _About(word, name, self._known.about(word, name))
        return about.event(raw, rest)

    def _name(self, array: str, index: int) -> str:
        assert self.names is not None
        name = self.names.of(array, index)
        if len(name) > self.longest:
            self.longest = len(name)
        return name


class _About(NamedTuple):
    """The lines with one first word and one index. `events`: those that were met, by what follows the index."""

    word: str
    name: str
    events: dict[str, Event]

    def event(self, raw: str, rest: str) -> Event:
        found = self.events.get(rest)
        if found is None:
            found = self.events[rest] = parse_about(raw, self.word, self.name, rest)
        return found


class TraceReader:
    """Reads traces; remembers what indices mean, so that equal dumps, lines and whole traces are worked on once."""

    _TABLES, _TRACES, _EVENTS = 64, 64, 100_000

    def __init__(self) -> None:
        self._tables: dict[str, _Lines] = {}
        self._traces: dict[str, Trace] = {}
        self._known = Known()

    def read(self, text: str) -> Trace:
        """`DumpError` when the `wit_t` contradicts itself or a line has an index outside it."""
        trace = self._traces.get(text)
        if trace is None:
            if len(self._traces) > self._TRACES:
                self._traces.clear()
            trace = self._traces[text] = self._read(text)
        return trace

    def _read(self, text: str) -> Trace:
        if self._known.size > self._EVENTS:  # not during a trace, which has its events anyway
            self._known = Known()
            self._tables.clear()
        known, rest = self._table(text)
        raw = rest.split("\n")
        events = list(filter(None, map(known.__getitem__, raw)))
        if len(text) + len(raw) * known.longest > MAX_TEXT:
            _check_length(events)
        apart = list(filter(known.apart.__contains__, raw))
        tasks = read_tasks(len(text) - len(rest), raw, known.__getitem__) if known.tasks else None
        if tasks is not None:
            events = tasks.events()
        elif known.handles:
            events = rename(events)
        failures = [known.apart[line] for line in apart if line.startswith(_FAIL)]
        balances = [known.apart[line] for line in apart if not line.startswith(_FAIL)]
        failure = None
        if failures:
            failure = failures[0].cause if isinstance(failures[0], Fail) else ""
        ended = rest.rstrip("\n").rpartition("\n")[2].startswith(BALANCE)
        return Trace(known.names, tuple(events), tuple(balances), failure, ended, tasks)

    def _table(self, text: str) -> tuple[_Lines, str]:
        """The meaning of this trace's dump, and the text after the dump."""
        if not text.startswith("wit "):
            return _Lines(None, self._known), text
        end = text.rfind("\nwit ")
        end = text.find("\n", end + 1) + 1 or len(text)
        dump = text[:end]
        table = self._tables.get(dump)
        if table is None or len(table) > self._EVENTS:
            if len(self._tables) > self._TABLES:
                self._tables.clear()
            names = read_dump(dump.removesuffix("\n").split("\n"))
            table = self._tables[dump] = _Lines(names, self._known)
        return table, text[end:]


def _check_length(events: list[Event]) -> None:
    """Exactly, where it might be too much."""
    length = 0
    for event in events:
        length += len(str(event)) + 1
        if length > MAX_TEXT:
            raise DumpError(_TOO_LONG)

"""A component's trace, from lines to what can be compared: canonical names for indices, memory events apart."""

from __future__ import annotations

from dataclasses import dataclass

from harness.trace.handles import PREPARED, HandleLine, prepare, rename
from harness.trace.names import DumpError, Names, number, read_dump, short

MAX_TEXT = 1 << 28
"""Characters of a trace with names in the place of indices."""

_INDEXED = {
    "export_start": "export",
    "export_call": "export",
    "export_finish": "export",
    "import_call": "import",
    "import_return": "import",
    "import_balance": "import",
    "list_append": "list",
    "map_append": "map",
    "pop_list_iter_next": "list",
    "pop_list_iter": "list",
    "pop_map_iter_next": "map",
    "pop_map_iter": "map",
    "resource_new": "resource",
    "resource_rep": "resource",
    "resource_drop": "resource",
    "resource_dtor": "resource",
}
"""Events whose first field is an index, and the array that it is an index of."""
for _kind in ("record", "tuple", "fixed_length_list", "option", "result", "variant", "list", "map", "flags", "enum"):
    _INDEXED[f"push_{_kind}"] = _INDEXED[f"pop_{_kind}"] = _kind
for _kind in ("own", "borrow"):
    _INDEXED[f"push_{_kind}"] = _INDEXED[f"pop_{_kind}"] = "resource"

_MEMORY = frozenset(("realloc", "dealloc_bytes"))
"""Allocations and deallocations are each generator's own affair; what they come to stands in the balances."""
_APART = frozenset(("balance", "import_balance", "fail"))
_TOO_LONG = f"with the names of what it speaks of, the trace is longer than {MAX_TEXT} characters"
_AS_IT_IS = frozenset(
    f"{side}_{kind}"
    for side in ("push", "pop")
    for kind in ("bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string")
)
"""Events that are compared as they stand: most lines that are met but once are of these kinds."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one component told in one run. Lines have canonical names where the interpreter wrote indices."""

    names: Names | None
    """The `wit_t`; None where the script did not ask for it or the component never began."""
    lines: tuple[str, ...]
    """The events that are compared one by one, handles renamed (`harness.trace.handles`)."""
    balances: tuple[str, ...]
    failure: str | None
    """The cause that the interpreter named just before it trapped."""


class _Lines(dict[str, str | None]):
    """Lines as the interpreter wrote them, and what is compared of each; worked out when a line is first met.

    None for what is not compared line by line; of that, `apart` has what is looked at in other ways.
    """

    _MOST = 100_000

    def __init__(self, names: Names | None) -> None:
        super().__init__()
        self.names = names
        self.apart: dict[str, str] = {}
        self.added = 0
        """Characters that names have added since somebody set this to 0."""
        self.handles = False
        """Whether handles were ever among the lines."""

    def __missing__(self, raw: str) -> str | None:
        kind, blank, _ = raw.partition(" ")
        found: str | None = None
        if kind in _AS_IT_IS:
            found = raw
        elif blank and kind in _APART:
            self.apart[raw] = self._canonical(raw)
        elif raw and not (blank and kind in _MEMORY):
            found = self._canonical(raw)
            if kind in PREPARED:
                found = prepare(found)
                self.handles = self.handles or isinstance(found, HandleLine)
        if len(self) > self._MOST:
            self.clear()
        self[raw] = found
        return found

    def _canonical(self, line: str) -> str:
        found = _canonical(line, self.names)
        self.added += len(found) - len(line)
        if self.added > MAX_TEXT:
            raise DumpError(_TOO_LONG)
        return found


class TraceReader:
    """Reads traces; remembers what indices mean, so that equal dumps, lines and whole traces are worked on once."""

    _TABLES, _TRACES = 64, 64

    def __init__(self) -> None:
        self._tables: dict[str, _Lines] = {}
        self._traces: dict[str, Trace] = {}

    def read(self, text: str) -> Trace:
        """`DumpError` when the `wit_t` contradicts itself or a line has an index outside it."""
        trace = self._traces.get(text)
        if trace is None:
            if len(self._traces) > self._TRACES:
                self._traces.clear()
            trace = self._traces[text] = self._read(text)
        return trace

    def _read(self, text: str) -> Trace:
        known, rest = self._table(text)
        known.added = 0
        raw = rest.split("\n")
        lines = list(filter(None, map(known.__getitem__, raw)))
        if sum(map(len, lines)) > MAX_TEXT:
            raise DumpError(_TOO_LONG)
        apart = [known.apart[line] for line in filter(known.apart.__contains__, raw)]
        if known.handles:
            lines = rename(lines)
        balances = tuple(line for line in apart if not line.startswith("fail "))
        failure = next((line[5:] for line in apart if line.startswith("fail ")), None)
        return Trace(known.names, tuple(lines), balances, failure)

    def _table(self, text: str) -> tuple[_Lines, str]:
        """The meaning of this trace's dump, and the text after the dump."""
        if not text.startswith("wit "):
            return _Lines(None), text
        end = text.rfind("\nwit ")
        end = text.find("\n", end + 1) + 1 or len(text)
        dump = text[:end]
        table = self._tables.get(dump)
        if table is None:
            if len(self._tables) > self._TABLES:
                self._tables.clear()
            table = self._tables[dump] = _Lines(read_dump(dump.removesuffix("\n").split("\n")))
        return table, text[end:]


def _canonical(line: str, names: Names | None) -> str:
    head, _, rest = line.partition(" ")
    kind = _INDEXED.get(head)
    if kind is None or names is None:
        return line
    index, blank, rest = rest.partition(" ")
    try:
        which = number(index)
    except DumpError:
        raise DumpError(f"malformed event {short(line)}") from None
    return f"{head} {names.of(kind, which)}{blank}{rest}"

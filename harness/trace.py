"""A component's trace, from lines to what can be compared: canonical names for indices, memory events apart."""

from __future__ import annotations

from dataclasses import dataclass

from harness.handles import CONCERNED, normalize
from harness.names import DumpError, Names, read_dump

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

_MEMORY = ("realloc ", "dealloc_bytes ")
"""Allocations and deallocations are each generator's own affair; what they come to stands in the balances."""
_BALANCE = ("balance ", "import_balance ")


@dataclass(frozen=True, slots=True)
class Trace:
    """What one component told in one run. Lines have canonical names where the interpreter wrote indices."""

    names: Names | None
    """The `wit_t`; None where the script did not ask for it or the component never began."""
    lines: tuple[str, ...]
    """The events that are compared one by one, handles renamed (`harness.handles`)."""
    balances: tuple[str, ...]
    failure: str | None
    """The cause that the interpreter named just before it trapped."""


@dataclass(slots=True)
class _Table:
    """What one dump means, and the lines translated so far with it: None for what is not compared line by line."""

    names: Names | None
    known: dict[str, str | None]
    to_normalize: bool = False
    """Whether handles or floats were ever among the lines."""


class TraceReader:
    """Reads traces; remembers what indices mean, so that equal dumps, lines and whole traces are worked on once."""

    _TABLES, _LINES, _TRACES = 64, 100_000, 64

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
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
        table, rest = self._table(text)
        known = table.known
        lines: list[str] = []
        apart: list[str] = []
        for raw in rest.split("\n"):
            try:
                line = known[raw]
            except KeyError:
                line = self._learn(table, raw)
            if line is not None:
                lines.append(line)
            elif raw.startswith(_BALANCE):
                apart.append(_canonical(raw, table.names))
            elif raw.startswith("fail "):
                apart.append(raw)
        balances = tuple(line for line in apart if not line.startswith("fail "))
        failure = next((line[5:] for line in apart if line.startswith("fail ")), None)
        return Trace(table.names, tuple(normalize(lines) if table.to_normalize else lines), balances, failure)

    def _learn(self, table: _Table, raw: str) -> str | None:
        if not raw or raw.startswith((*_MEMORY, *_BALANCE, "fail ")):
            line = None
        else:
            line = _canonical(raw, table.names)
            table.to_normalize = table.to_normalize or raw.partition(" ")[0] in CONCERNED
        if len(table.known) > self._LINES:
            table.known.clear()
        table.known[raw] = line
        return line

    def _table(self, text: str) -> tuple[_Table, str]:
        """The meaning of this trace's dump, and the text after the dump."""
        if not text.startswith("wit "):
            return _Table(None, {}), text
        end = text.rfind("\nwit ")
        end = text.find("\n", end + 1) + 1 or len(text)
        dump = text[:end]
        table = self._tables.get(dump)
        if table is None:
            if len(self._tables) > self._TABLES:
                self._tables.clear()
            table = self._tables[dump] = _Table(read_dump(dump.splitlines()), {})
        return table, text[end:]


def _canonical(line: str, names: Names | None) -> str:
    head, _, rest = line.partition(" ")
    kind = _INDEXED.get(head)
    if kind is None or names is None:
        return line
    index, blank, rest = rest.partition(" ")
    if not index.isdigit():
        raise DumpError(f"malformed event {line!r}")
    return f"{head} {names.of(kind, int(index))}{blank}{rest}"

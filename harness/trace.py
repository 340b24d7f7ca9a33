"""A component's trace, from lines to what can be compared: canonical names for indices, memory events apart."""

from __future__ import annotations

from dataclasses import dataclass

from harness.handles import normalize
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
_BALANCE = ("balance ", "import_balance ")


@dataclass(frozen=True, slots=True)
class Trace:
    """What one component told in one run. Lines have canonical names where the interpreter wrote indices."""

    names: Names | None
    """The `wit_t`; None where the script did not ask for it or the component never began."""
    lines: tuple[str, ...]
    """The events that are compared one by one, handles renamed (`harness.handles`)."""
    memory: tuple[str, ...]
    """Allocations and deallocations: counted, not ordered."""
    balances: tuple[str, ...]
    failure: str | None
    """The cause that the interpreter named just before it trapped."""


class TraceReader:
    """Reads traces; remembers what indices mean, so that equal dumps and lines are worked on once."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[Names, dict[str, str]]] = {}

    def read(self, text: str) -> Trace:
        """`DumpError` when the `wit_t` contradicts itself or a line has an index outside it."""
        names, known, rest = self._table(text)
        lines: list[str] = []
        memory: list[str] = []
        balances: list[str] = []
        failure = None
        for raw in rest.split("\n"):
            line = known.get(raw)
            if line is None:
                line = known[raw] = _canonical(raw, names)
            if line.startswith(_MEMORY):
                memory.append(line)
            elif line.startswith(_BALANCE):
                balances.append(line)
            elif line.startswith("fail "):
                failure = line[5:]
            elif line:
                lines.append(line)
        return Trace(names, tuple(normalize(lines)), tuple(memory), tuple(balances), failure)

    def _table(self, text: str) -> tuple[Names | None, dict[str, str], str]:
        """The names that hold for this trace, the lines translated so far with them, and the text after the dump."""
        if not text.startswith("wit "):
            return None, {}, text
        end = text.rfind("\nwit ")
        end = text.find("\n", end + 1) + 1 or len(text)
        dump = text[:end]
        found = self._tables.get(dump)
        if found is None:
            if len(self._tables) > 64:
                self._tables.clear()
            found = self._tables[dump] = (read_dump(dump.splitlines()), {})
        return *found, text[end:]


def _canonical(line: str, names: Names | None) -> str:
    head, _, rest = line.partition(" ")
    kind = _INDEXED.get(head)
    if kind is None or names is None:
        return line
    index, blank, rest = rest.partition(" ")
    if not index.isdigit():
        raise DumpError(f"malformed event {line!r}")
    return f"{head} {names.of(kind, int(index))}{blank}{rest}"

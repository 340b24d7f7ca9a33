"""The functions of an interpreter under test, over all cases: which were called, with which types, which never."""

from __future__ import annotations

from collections.abc import Iterable

from reports.model import CaseResult, Used
from reports.shown import one_line

MOST_TYPES = 6
"""Types shown for a function."""


def checklist(cases: Iterable[CaseResult]) -> list[Used]:
    """The sums over all cases."""
    found: dict[str, Used] = {}
    for case in cases:
        for used in case.checklist:
            known = found.get(used.function, Used(used.function, 0))
            types = tuple(dict.fromkeys((*known.types, *used.types)))
            found[used.function] = Used(used.function, known.calls + used.calls, types)
    return list(found.values())


def checklist_text(cases: Iterable[CaseResult], types: bool = False) -> str:
    """The checklist for the terminal; empty if nothing was counted. `types`: also the calls and types of each
    function."""
    used = checklist(cases)
    if not used:
        return ""
    called = [item for item in used if item.calls]
    never = [item.function for item in used if not item.calls]
    lines = [f"functions of the interpreter: {len(called)} of {len(used)} called"]
    if types:
        lines += [f"  {item.calls:7}  {one_line(item.function)}{_types(item)}" for item in called]
    lines += [f"never called: {', '.join(map(one_line, never))}"] if never else []
    return "\n".join(lines)


def _types(used: Used) -> str:
    if not used.types:
        return ""
    shown = ", ".join(map(one_line, used.types[:MOST_TYPES]))
    more = len(used.types) - MOST_TYPES
    return f": {shown}" + (f" and {more} more" if more > 0 else "")

"""Known faults of tools as data, and the search for one that explains a finding."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_OWNER = re.compile(r"([^\s<>(),#]+)#")
"""The part before a type's name in canonical names: an interface's id or label."""
_EXPORTED = "[export]"
"""Stands before the canonical names of exported resources."""
_WITH = re.compile(r"\binclude\b[^;{]*\bwith\s*\{([^}]*)\}")
_RENAMED = re.compile(r"%?([\w-]+)\s+as\s+%?([\w-]+)")
_LABEL = re.compile(r"\b(?:import|export)\s+%?([\w-]+):\s+%?([\w:./@%+-]+?)\s*;")
_OF_TYPES = re.compile(
    r"event \(.*: expected `?(?:(?:push|pop)_(?!own|borrow)|(?:stream|future)_)\w+ "
    r"|wit_t \((?:(?!: expected ).)*(?:, parameter |, result)"
    r"|wit_t \(\w+, (?:alias|record|variant|enum|flags|tuple|option|result|list|map|fixed_length_list|stream|future) "
    r"[^\s,]+\): expected "
)
"""Messages about the type of a value, of an end or of a name, but not about a handle or the called function."""
_HANDLE = re.compile(r"(?:own|borrow)<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Told:
    """A failure of a tool, as a report tells it. `calls`: the calls of the run that shows it."""

    outcome: str
    message: str
    calls: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """One known fault. `cases` empty: any world may show it, so a world that does not is no surprise."""

    id: str
    tool: str
    outcome: str
    reason: str
    source: str
    """A link or a reproduction."""
    cases: tuple[str, ...] = ()
    message: str = ""
    wit: str = ""
    """A regular expression for the WIT that the fault depends on; without a match the entry explains nothing."""
    run: str = ""
    """A regular expression for the calls of the run in which it shows."""
    label_names_only: bool = False
    """Only the owner of a type differs: the same interface under another key of the world, one of them a label."""
    one_name: bool = False
    """The groups of `message` are one name for the specification: neither letter case nor hyphens distinguish them."""
    sides_only: bool = False
    """The groups of `message` are types that differ only in the side of their resources, imported or exported."""
    beside: str = ""
    """The id of an entry that must explain another failure of the tool in the same world."""
    program: str = ""
    """A regular expression for the file of the link case that the fault depends on; without a match, and for anything
    but a link case, the entry explains nothing."""
    unused_end: bool = False
    """The world has a stream or future type that no function uses; unless that is known, the entry explains nothing."""
    kept_versions: bool = False
    """The world has imports in compatible versions that must stay apart. The groups `lower` and `higher` of `message`,
    if it has them, are such a pair."""
    kept: tuple[tuple[str, str], ...] = ()
    """The imports of the world in question that must stay beside a higher compatible version, and that version."""
    labels: tuple[tuple[str, str], ...] = ()
    """The labels of the world in question, each with the interface behind it."""

    def concerns(self, case: str) -> bool:
        return not self.cases or case in self.cases or any(fnmatch.fnmatchcase(case, pattern) for pattern in self.cases)

    def matches(self, case: str, told: Told) -> bool:
        """Whether all conditions hold apart from `beside`, which depends on other failures."""
        if self.wit or self.unused_end or self.program:
            return False  # not known to be about this world
        found = re.search(self.message, told.message)
        if not self.concerns(case) or told.outcome != self.outcome or found is None:
            return False
        if self.one_name and len({_distinguished(name) for name in found.groups("")}) > 1:
            return False
        if self.kept_versions and not any(_names(pair, found) for pair in self.kept):
            return False
        if self.sides_only and len({name.replace(_EXPORTED, "") for name in found.groups("")}) > 1:
            return False
        if self.label_names_only and not _only_labels_differ(told.message, self.labels):
            return False
        return not self.run or any(re.search(self.run, call) for call in told.calls)

    def demands(self, case: str) -> bool:
        """The case is named exactly, so a pass would be a surprise."""
        return case in self.cases


def _labels(wit: str) -> tuple[tuple[str, str], ...]:
    """The labels of worlds with their interfaces, also under the names that `include ... with` gives them."""
    found: list[tuple[str, str]] = list(dict.fromkeys(_LABEL.findall(wit)))
    renames = [pair for names in _WITH.findall(wit) for pair in _RENAMED.findall(names)]
    for label, interface in found:  # it grows: a name may be renamed again
        given = [(new, interface) for old, new in renames if old == label]
        found += [pair for pair in given if pair not in found]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expectations that apply to the tools of a run."""

    items: tuple[Expectation, ...] = ()

    def about(
        self, wit: str, unused_end: bool = False, kept: Iterable[tuple[str, str]] = (), program: str = ""
    ) -> Expectations:
        """The expectations that may apply to a world of this text. `unused_end`: whether it has a stream or future type
        that no function uses. `kept`: its imports that must stay beside a higher compatible version, and that version.
        `program`: the file of a link case; empty: it is none."""
        labels = _labels(wit)
        items = [item for item in self.items if re.search(item.wit, wit) and (unused_end or not item.unused_end)]
        items = [item for item in items if not item.program or (program and re.search(item.program, program))]
        pairs = tuple(kept)
        known = [replace(item, wit="", unused_end=False, program="", labels=labels, kept=pairs) for item in items]
        return Expectations(tuple(known))

    def within(self, case: str) -> Expectations:
        """The expectations that concern a case, for what is made of it under other names. They demand nothing."""
        return Expectations(tuple(replace(item, cases=()) for item in self.items if item.concerns(case)))

    def explain(self, tool: str, case: str, failures: Sequence[Told]) -> list[Expectation | None]:
        """For each failure of a tool in one world the entry that explains it, None if there is none. An entry that
        names the case comes before a general one."""
        mine = [item for item in self.items if item.tool == tool]
        seen = {item.id for item in mine if any(item.matches(case, told) for told in failures)}
        mine = [item for item in mine if not item.beside or item.beside in seen]
        found = ([item for item in mine if item.matches(case, told)] for told in failures)
        return [min(items, key=lambda item: not item.demands(case), default=None) for items in found]

    def demanded(self, tool: str, case: str) -> list[Expectation]:
        """Expectations that name this case, so the tool must not pass it silently."""
        return [item for item in self.items if item.tool == tool and item.demands(case)]


VERSIONS_KEPT = ("lower", "higher")
"""Groups of `message` in an entry about versions that must stay apart."""


def _names(pair: tuple[str, str], found: re.Match[str]) -> bool:
    """Whether a message names this pair of versions where it names one of them."""
    named = found.groupdict()
    return all(named.get(group) in (None, version) for group, version in zip(VERSIONS_KEPT, pair, strict=True))


def _distinguished(name: str) -> str:
    """What distinguishes a name from others (Explainer.md, "Name Uniqueness")."""
    return name.lower().replace("-", "")


_OF_TASK = re.compile(r"`([^`]*)` \(\w+, task \d+\)")
"""The one event that schedules allow (`harness/judge/schedules.py`)."""


def _only_labels_differ(message: str, labels: Sequence[tuple[str, str]]) -> bool:
    """Whether `...: expected A, got B` is only about one type under two keys of its interface.

    It never explains which function is called or which resource a handle belongs to.
    """
    expected, _, actual = message.partition(": expected ")[2].partition(", got ")
    of_task = _OF_TASK.fullmatch(expected)
    expected = of_task[1] if of_task is not None else expected
    if _OF_TYPES.match(message) is None or expected == actual:
        return False
    if _OWNER.sub("#", expected) != _OWNER.sub("#", actual) or _HANDLE.findall(expected) != _HANDLE.findall(actual):
        return False
    pairs = zip(_OWNER.findall(expected), _OWNER.findall(actual), strict=True)
    known = {label for label, _ in labels}
    return all(
        left == right or (bool(known & {left, right}) and bool(_behind(left, labels) & _behind(right, labels)))
        for left, right in pairs
    )


def _behind(owner: str, labels: Sequence[tuple[str, str]]) -> set[str]:
    """The own names of the interfaces behind a key of the world: one label may be imported and exported. (Text of WIT
    may leave out the package.)"""
    found = [interface for label, interface in labels if label == owner] or [owner]
    return {name.replace("%", "").rpartition("/")[2].partition("@")[0] for name in found}

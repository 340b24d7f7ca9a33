r"""What is known to be wrong with a tool, kept outside the cases, in TOML files (`expectations/*.toml`):

tool = "wasm-tools"
versions = ">=1.262.0, <1.263.0"

[[expect]]
id = "fixed-length-list-panic"
cases = ["fixed-length-lists/*"]        # names of cases, with wildcards; left out: any world
outcome = "tool panicked"
message = "not yet implemented"         # a regular expression that must be found in what was said; may be left out
reason = "wit-dylib has no fixed-length lists"
wit = "import \S+: \S+;"               # a regular expression that must be found in the world's WIT; may be left out
run = "with !var"                       # one that must be found in what the run calls; may be left out
label-names-only = true                 # a type differs in nothing but under which key of the world its interface
                                        # stands; may be left out
link = "https://..."                    # this, or `reproduction`: WIT and commands that show it
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.text.toml_lines import FileError, TomlFile, read_toml
from harness.text.toml_positions import KeyPath

OUTCOMES = ("fail", "tool panicked", "invalid output", "timed out")
_KEYS = {"id", "cases", "outcome", "message", "wit", "run", "label-names-only", "reason", "link", "reproduction"}
_COMPARISONS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}
_OWNER = re.compile(r"([^\s<>(),#]+)#")
"""What stands before a type's name in canonical names: an interface's id or label."""
_LABEL = re.compile(r"\b(?:import|export)\s+%?([\w-]+):\s+%?([\w:./@%+-]+?)\s*;")
_OF_TYPES = re.compile(
    r"event \(.*: expected (?:push|pop)_(?!own|borrow)\w+ |wit_t \([^:]* [^:]*(?:, parameter |, result)"
)
"""Messages about the type of a value: no handle, and not which function is called."""
_CONDITION = re.compile(r"\s*(>=|<=|==|>|<)\s*(\d+(?:\.\d+)*)\s*")


class ExpectationsError(Exception):
    """A file of expectations that is not good. The message names file, line, column and entry."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One known fault. `cases` empty: any world may show it, so that a world that does not is no surprise."""

    id: str
    tool: str
    outcome: str
    reason: str
    source: str
    """A link or a reproduction."""
    cases: tuple[str, ...] = ()
    message: str = ""
    wit: str = ""
    """A regular expression for the WIT that the fault depends on; without it, nothing is explained by this."""
    run: str = ""
    """A regular expression for the calls of the run in which it shows."""
    label_names_only: bool = False
    """Only the owner of a type is another: the same interface under another key of the world, one of them a label."""
    labels: tuple[tuple[str, str], ...] = ()
    """The labels of the world that it is asked about, each with the interface behind it."""

    def concerns(self, case: str) -> bool:
        return not self.cases or any(fnmatch.fnmatchcase(case, pattern) for pattern in self.cases)

    def explains(self, case: str, outcome: str, message: str, calls: Sequence[str] = ()) -> bool:
        if self.wit:
            return False  # not known to be about this world
        if not self.concerns(case) or outcome != self.outcome or re.search(self.message, message) is None:
            return False
        if self.label_names_only and not _only_labels_differ(message, dict(self.labels)):
            return False
        return not self.run or any(re.search(self.run, call) for call in calls)

    def demands(self, case: str) -> bool:
        """The case is named exactly: that it passes would be news."""
        return case in self.cases


@dataclass(frozen=True, slots=True)
class Expectations:
    """Those that hold for the tools of a run."""

    items: tuple[Expectation, ...] = ()

    def about(self, wit: str) -> Expectations:
        """Those that may hold for a world of this text."""
        labels = tuple(_LABEL.findall(wit))
        return Expectations(
            tuple(replace(item, wit="", labels=labels) for item in self.items if re.search(item.wit, wit))
        )

    def find(self, tool: str, case: str, outcome: str, message: str, calls: Sequence[str] = ()) -> Expectation | None:
        """What explains this; an entry that names the case comes before one that holds anywhere. `calls`: those of
        the run in which it shows."""
        found = [item for item in self.items if item.tool == tool and item.explains(case, outcome, message, calls)]
        return min(found, key=lambda item: not item.demands(case), default=None)

    def demanded(self, tool: str, case: str) -> list[Expectation]:
        """Expectations that name this case, so that the tool may not pass it silently."""
        return [item for item in self.items if item.tool == tool and item.demands(case)]


def load(paths: Iterable[Path], versions: Mapping[str, str]) -> Expectations:
    """The entries of these files that are about the tools in `versions` (name to version)."""
    items: list[Expectation] = []
    for path in paths:
        items.extend(_read(path, versions))
    return Expectations(tuple(items))


def nearest_version(paths: Iterable[Path], tool: str, version: str) -> str | None:
    """The bound of a file's `versions` that is nearest to this version of the tool and that the file is about; the
    higher of two. None where no file is about the tool. Raises `ExpectationsError`."""
    wanted = _ordinal(version)
    found = []
    for path in paths:
        file = _file(path)
        conditions = _string(file, (), "the file", "versions")
        if _string(file, (), "the file", "tool") == tool:
            found += [bound[2] for bound in _CONDITION.finditer(conditions) if _holds(file, conditions, bound[2])]
    return min(found, key=lambda bound: (abs(_ordinal(bound) - wanted), -_ordinal(bound)), default=None)


def _ordinal(version: str) -> int:
    """Versions as distances: the first number counts most."""
    numbers = (*_numbers(version), 0, 0, 0)[:3]
    return (numbers[0] * 10**6 + numbers[1]) * 10**6 + numbers[2]


def _file(path: Path) -> TomlFile:
    try:
        return read_toml(path, {"type": "object"})
    except FileError as error:
        raise ExpectationsError(str(error)) from error


def _bad(file: TomlFile, path: KeyPath, message: str) -> ExpectationsError:
    return ExpectationsError(str(file.error(path, message)))


def _read(path: Path, versions: Mapping[str, str]) -> Sequence[Expectation]:
    file = _file(path)
    tool = _string(file, (), "the file", "tool")
    conditions = _string(file, (), "the file", "versions")
    entries = file.data.get("expect", [])
    unknown = min(file.data.keys() - {"tool", "versions", "expect"}, default="")
    if not isinstance(entries, list) or unknown:
        raise _bad(file, (unknown or "expect",), "a file has `tool`, `versions` and [[expect]] tables, nothing else")
    found = [_entry(file, tool, index) for index in range(len(entries))]
    ids = [item.id for item in found]
    for index, id in enumerate(ids):
        if id in ids[:index]:
            raise _bad(file, ("expect", index, "id"), f"an `id` occurs twice: {id}")
    applies = tool in versions and _holds(file, conditions, versions[tool])
    return found if applies else ()


def _entry(file: TomlFile, tool: str, index: int) -> Expectation:
    entry: object = file.data["expect"][index]
    place = ("expect", index)
    if not isinstance(entry, dict):
        raise _bad(file, place, "`expect` must be a table")
    id = _string(file, place, "an entry", "id")
    unknown = entry.keys() - _KEYS
    if unknown:
        raise _bad(file, (*place, min(unknown)), f"{id}: unknown key `{min(unknown)}`")
    outcome = _string(file, place, id, "outcome")
    if outcome not in OUTCOMES:
        raise _bad(file, (*place, "outcome"), f"{id}: `outcome` must be one of {', '.join(OUTCOMES)}")
    cases = entry.get("cases", [])
    if not isinstance(cases, list) or not all(isinstance(case, str) for case in cases):
        raise _bad(file, (*place, "cases"), f"{id}: `cases` must be a list of names")
    message, wit, run = (_pattern(file, place, id, key) for key in ("message", "wit", "run"))
    labels = entry.get("label-names-only", False)
    if not isinstance(labels, bool):
        raise _bad(file, (*place, "label-names-only"), f"{id}: `label-names-only` must be true or false")
    if not cases and not message:
        raise _bad(file, place, f"{id}: without `cases` and `message` it would explain everything")
    source = entry.get("link") or entry.get("reproduction")
    if not isinstance(source, str):
        raise _bad(file, place, f"{id}: needs a `link` or a `reproduction`")
    reason = _string(file, place, id, "reason")
    return Expectation(id, tool, outcome, reason, source, tuple(cases), message, wit, run, labels)


def _only_labels_differ(message: str, labels: Mapping[str, str]) -> bool:
    """Whether `...: expected A, got B` tells of one type under two keys of its interface, and of nothing else.

    Which function is called, and which resource a handle is of, are never explained by that.
    """
    expected, _, actual = message.partition(": expected ")[2].partition(", got ")
    if _OF_TYPES.match(message) is None or expected == actual:
        return False
    if _OWNER.sub("#", expected) != _OWNER.sub("#", actual):
        return False
    pairs = zip(_OWNER.findall(expected), _OWNER.findall(actual), strict=True)
    return all(
        left == right or ((left in labels or right in labels) and _behind(left, labels) == _behind(right, labels))
        for left, right in pairs
    )


def _behind(owner: str, labels: Mapping[str, str]) -> str:
    """The interface's own name behind a key of the world. (Text of WIT may leave out the package.)"""
    return labels.get(owner, owner).replace("%", "").rpartition("/")[2].partition("@")[0]


def _pattern(file: TomlFile, place: KeyPath, owner: str, key: str) -> str:
    value = _within(file, place).get(key, "")
    if not isinstance(value, str):
        raise _bad(file, (*place, key), f"{owner}: `{key}` must be a string")
    try:
        re.compile(value)
    except re.error as error:
        raise _bad(file, (*place, key), f"{owner}: `{key}` is no regular expression: {error}") from error
    return value


def _string(file: TomlFile, place: KeyPath, owner: str, key: str) -> str:
    value = _within(file, place).get(key)
    if not isinstance(value, str) or not value:
        raise _bad(file, (*place, key), f"{owner}: `{key}` must be a string")
    return value


def _within(file: TomlFile, place: KeyPath) -> Mapping[str, object]:
    found: Any = file.data
    for part in place:
        found = found[part]
    table: Mapping[str, object] = found
    return table


def _holds(file: TomlFile, conditions: str, version: str) -> bool:
    actual = _numbers(version)
    for part in conditions.split(","):
        match = _CONDITION.fullmatch(part)
        if match is None:
            raise _bad(file, ("versions",), f"`versions`: {part.strip()!r} is not like `>=1.262.0`")
        if not _COMPARISONS[match[1]](actual, _numbers(match[2])):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in match[0].split(".")) if match else ()

r"""Known faults of a tool, kept outside the cases, in TOML files (`expectations/*.toml`):

tool = "wasm-tools"
versions = ">=1.262.0, <1.263.0"

[[expect]]
id = "fixed-length-list-panic"
cases = ["fixed-length-lists/*"]        # names of cases, with wildcards; left out: any world
outcome = "tool panicked"
message = "not yet implemented"         # a regular expression that must be found in what was said; may be left out
reason = "wit-dylib has no fixed-length lists"
fixed-length-list = true                # a condition (`harness/suite/faults/keys.py` has them all); may be left out
beside = "another-id"                   # an entry that must explain another failure in the same world; may be left out
link = "https://..."                    # this, or `reproduction`: WIT and commands that show it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from harness.suite import tool_versions
from harness.suite.expectations import Expectation, Expectations
from harness.suite.faults.bounded import BadPattern, check
from harness.suite.faults.condition import FaultCondition
from harness.suite.faults.keys import KEYS, Flag, Key, Numbers, Pattern, PlainName
from harness.text.toml_lines import FileError, TomlFile, read_toml
from harness.text.toml_positions import KeyPath
from reports.outcomes import Outcome

OUTCOMES = (Outcome.FAIL, Outcome.TOOL_PANICKED, Outcome.INVALID_OUTPUT, Outcome.TIMED_OUT)
"""What may be known of a tool."""
_KEYS = {"id", "cases", "outcome", "message", *(key.name for key in KEYS), "beside", "reason", "link", "reproduction"}


class ExpectationsError(Exception):
    """A bad file of expectations. The message names file, line, column and entry."""


def load(paths: Iterable[Path], versions: Mapping[str, str]) -> Expectations:
    """The entries of these files for the tools in `versions` (name to version)."""
    items: list[Expectation] = []
    for path in paths:
        items.extend(_read(path, versions))
    return Expectations(tuple(items))


def nearest_version(paths: Iterable[Path], tool: str, version: str) -> str | None:
    """The bound of a file's `versions` that is nearest to this version of the tool and inside the file's range; the
    higher of two. None if no file is about the tool. Raises `ExpectationsError`."""
    files = [_file(path) for path in paths]
    return tool_versions.nearest([_versions(file) for file in files if _tool(file) == tool], version)


def _file(path: Path) -> TomlFile:
    try:
        return read_toml(path)
    except FileError as error:
        raise ExpectationsError(str(error)) from error


def _bad(file: TomlFile, path: KeyPath, message: str) -> ExpectationsError:
    return ExpectationsError(str(file.error(path, message)))


def _read(path: Path, versions: Mapping[str, str]) -> Sequence[Expectation]:
    file = _file(path)
    tool, conditions = _tool(file), _versions(file)
    entries = file.data.get("expect", [])
    unknown = min(file.data.keys() - {"tool", "versions", "expect"}, default="")
    if not isinstance(entries, list) or unknown:
        raise _bad(file, (unknown or "expect",), "a file has `tool`, `versions` and [[expect]] tables, nothing else")
    found = [_entry(file, tool, index) for index in range(len(entries))]
    ids = [item.id for item in found]
    for index, id in enumerate(ids):
        if id in ids[:index]:
            raise _bad(file, ("expect", index, "id"), f"an `id` occurs twice: {id}")
    companions = {item.id for item in found if not item.beside}
    for index, item in enumerate(found):
        if item.beside and item.beside not in companions:
            raise _bad(file, ("expect", index, "beside"), f"{item.id}: `beside` must name an entry without `beside`")
    applies = tool in versions and tool_versions.holds(conditions, versions[tool])
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
    message = _pattern(file, place, id, "message")
    conditions = _conditions(file, place, id, check(message))
    if not cases and not message:
        raise _bad(file, place, f"{id}: without `cases` and `message` it would explain everything")
    source = entry.get("link") or entry.get("reproduction")
    if not isinstance(source, str):
        raise _bad(file, place, f"{id}: needs a `link` or a `reproduction`")
    reason = _string(file, place, id, "reason")
    beside = _string(file, place, id, "beside") if "beside" in entry else ""
    told = _told(file, place, id, "message")
    return Expectation(id, tool, outcome, reason, source, tuple(cases), message, conditions, beside, told)


def _conditions(file: TomlFile, place: KeyPath, owner: str, message: re.Pattern[str]) -> tuple[FaultCondition, ...]:
    """The conditions of an entry; `message` has all the groups that they read, and no others with a name."""
    read = [(key.name, _condition(file, place, owner, key)) for key in KEYS]
    given = [(name, condition) for name, condition in read if condition is not None]
    for name, condition in given:
        if condition.compares_groups and message.groups < 2:
            problem = f"{owner}: `{name}` needs two groups in `message`, one for each name"
            raise _bad(file, (*place, name), problem)
    unread = set(message.groupindex).difference(*(condition.reads for _, condition in given))
    if unread:
        raise _bad(file, (*place, "message"), f"{owner}: nothing reads the group `{min(unread)}` of `message`")
    return tuple(condition for _, condition in given)


def _condition(file: TomlFile, place: KeyPath, owner: str, key: Key) -> FaultCondition | None:
    match key:
        case Pattern(name, make):
            pattern = _pattern(file, place, owner, name)
            return make(pattern, _told(file, place, owner, name)) if pattern else None
        case Flag(name, make):
            return make() if _flag(file, place, owner, name) else None
        case PlainName(name, make):
            return make(_string(file, place, owner, name)) if name in _within(file, place) else None
        case Numbers(name, make):
            return make(_numbers(file, place, owner, name)) if name in _within(file, place) else None


def _numbers(file: TomlFile, place: KeyPath, owner: str, key: str) -> tuple[int, ...]:
    value = _within(file, place)[key]
    if not isinstance(value, list) or not value or not all(type(item) is int for item in value):
        raise _bad(file, (*place, key), f"{owner}: `{key}` must be a list of numbers")
    return tuple(value)


def _flag(file: TomlFile, place: KeyPath, owner: str, key: str) -> bool:
    value = _within(file, place).get(key, False)
    if not isinstance(value, bool):
        raise _bad(file, (*place, key), f"{owner}: `{key}` must be true or false")
    return value


def _pattern(file: TomlFile, place: KeyPath, owner: str, key: str) -> str:
    value = _within(file, place).get(key, "")
    if not isinstance(value, str):
        raise _bad(file, (*place, key), f"{owner}: `{key}` must be a string")
    try:
        check(value)
    except BadPattern as error:
        raise _bad(file, (*place, key), f"{owner}: `{key}` is {error}") from error
    return value


def _told(file: TomlFile, place: KeyPath, owner: str, key: str) -> str:
    """Where a key stands, for messages in a run."""
    return str(file.error((*place, key), f"{owner}: `{key}`"))


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


def _tool(file: TomlFile) -> str:
    return _string(file, (), "the file", "tool")


def _versions(file: TomlFile) -> SpecifierSet:
    """The conditions on the tool's version."""
    try:
        return tool_versions.conditions(_string(file, (), "the file", "versions"))
    except tool_versions.BadConditions as error:
        raise _bad(file, ("versions",), f"`versions`: {error}") from error

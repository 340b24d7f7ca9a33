"""The keys of an entry in a file of expectations that are conditions, each with its constructor and its meaning.

A new condition is a module beside this one, a row here, and a row in docs/expectations.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.suite.faults.condition import FaultCondition
from harness.suite.faults.kept_versions import KeptVersions
from harness.suite.faults.labels import LabelNamesOnly
from harness.suite.faults.names import OneName, SidesOnly
from harness.suite.faults.patterns import CallOfRun, TextOfProgram, WitOfWorld
from harness.suite.faults.unused_ends import UnusedEnd


@dataclass(frozen=True, slots=True)
class Pattern:
    """A key with a regular expression; an empty one is no condition."""

    name: str
    make: Callable[[str], FaultCondition]
    meaning: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A key that is true or false; false is no condition."""

    name: str
    make: Callable[[], FaultCondition]
    meaning: str


Key = Pattern | Flag
KEYS: tuple[Key, ...] = (
    Pattern("wit", WitOfWorld, "A regular expression that must match in the WIT of the world."),
    Pattern("program", TextOfProgram, "A regular expression that must match in the file of a link case."),
    Pattern("run", CallOfRun, "A regular expression that must match in a call of the run that shows it."),
    Flag("label-names-only", LabelNamesOnly, "Expected and observed differ only in labels of interfaces."),
    Flag("one-name", OneName, "The groups of `message` differ only in letter case and hyphens."),
    Flag("sides-only", SidesOnly, "The groups of `message` differ only in `[export]`, and in labels of an interface."),
    Flag("unused-stream-or-future", UnusedEnd, "The world has a stream or future type that no function uses."),
    Flag(
        "kept-versions",
        KeptVersions,
        "The world imports compatible versions that must stay apart. The groups `lower` and `higher` of `message`, "
        "if it has them, are two of these.",
    ),
)
"""In the order in which errors about them are reported."""

"""The keys of an entry in a file of expectations that are conditions, each with its constructor and its meaning.

A new condition is a module beside this one, a row here, and a row in docs/expectations.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.suite.faults.condition import FaultCondition
from harness.suite.faults.kept_versions import KeptVersions
from harness.suite.faults.labels import LabelNamesOnly
from harness.suite.faults.link_programs import BoundedMemory, StackSizes, TwoTypesOfOneFunction
from harness.suite.faults.names import OneName, SidesOnly
from harness.suite.faults.patterns import CallOfRun, TextOfProgram, WitOfWorld
from harness.suite.faults.shapes import (
    ExportHasTwoResources,
    HasErrorContext,
    HasFixedLengthList,
    HasResource,
    ImportedAs,
    LabelledInterface,
    LabelledResource,
    NeededExport,
    SeveralVersions,
    VersionUsesAnother,
    its_docs,
    its_gates,
)
from harness.suite.faults.unused_ends import UnusedEnd


@dataclass(frozen=True, slots=True)
class Pattern:
    """A key with a regular expression; an empty one is no condition. `make` also takes its place, for messages."""

    name: str
    make: Callable[[str, str], FaultCondition]
    meaning: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A key that is true or false; false is no condition."""

    name: str
    make: Callable[[], FaultCondition]
    meaning: str


@dataclass(frozen=True, slots=True)
class PlainName:
    """A key with a name."""

    name: str
    make: Callable[[str], FaultCondition]
    meaning: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """A key with a list of numbers, one of which must be met."""

    name: str
    make: Callable[[tuple[int, ...]], FaultCondition]
    meaning: str


Key = Pattern | Flag | PlainName | Numbers
KEYS: tuple[Key, ...] = (
    Pattern("wit", WitOfWorld, "A regular expression that must match in the WIT of the world."),
    Pattern("program", TextOfProgram, "A regular expression that must match in the file of a link case."),
    Pattern("run", CallOfRun, "A regular expression that must match in a call of the run that shows it."),
    Flag("label-names-only", LabelNamesOnly, "Expected and observed differ only in labels of interfaces."),
    Flag("one-name", OneName, "The groups of `message` differ only in letter case and hyphens."),
    Flag("sides-only", SidesOnly, "The groups of `message` differ only in `[export]`, and in labels of an interface."),
    Flag("fixed-length-list", HasFixedLengthList, "A type of the world is or contains a fixed-length list."),
    Flag("error-context", HasErrorContext, "A type of the world is or contains an error-context."),
    Flag("unused-stream-or-future", UnusedEnd, "The world has a stream or future type that no function uses."),
    Flag("resource", HasResource, "The world, or an interface that it imports or exports, defines a resource."),
    Flag("export-of-two-resources", ExportHasTwoResources, "An exported interface defines two resources or more."),
    Flag(
        "labelled-interface",
        LabelledInterface,
        "The world has an interface under a label; the group `label` of `message`, if it has it, is the label.",
    ),
    Flag(
        "labelled-resource",
        LabelledResource,
        "An interface that defines a resource is in the world under several names, and one of them is a label.",
    ),
    PlainName("imported-as", ImportedAs, "The plain name under which the world imports an interface."),
    Flag(
        "docs-of-needed-export",
        lambda: NeededExport(its_docs),
        "The world has a documented export of an interface that another of its exports uses; the group `export` of "
        "`message`, if it has it, is the interface.",
    ),
    Flag(
        "gates-of-needed-export",
        lambda: NeededExport(its_gates),
        "The world exports an interface and, with other gates, one that uses it; the group `export` of `message`, if "
        "it has it, is the first.",
    ),
    Flag("several-versions", SeveralVersions, "The world has interfaces of several versions of a package."),
    Flag(
        "version-uses-another",
        VersionUsesAnother,
        "An interface of the world uses types of another version of its own package.",
    ),
    Flag(
        "kept-versions",
        KeptVersions,
        "The world imports compatible versions that must stay apart. The groups `lower` and `higher` of `message`, "
        "if it has them, are two of these.",
    ),
    Numbers("stack-sizes", StackSizes, "Sizes of the stack, in bytes; the link case is linked with one of them."),
    Flag(
        "bounded-memory",
        BoundedMemory,
        "A library of the link case imports a memory with a maximum, or with two pages or more at the beginning.",
    ),
    Flag(
        "two-types-of-one-function",
        TwoTypesOfOneFunction,
        "Two libraries of the link case export a function of one name with different types.",
    ),
)
"""In the order in which errors about them are reported."""

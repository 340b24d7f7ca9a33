"""Generators that read a world wrongly: feature gates, and names that `include` changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import generator.wit.gates as gates
import generator.wit.include as include
from generator.resolved.model import PackageName, Stability
from generator.wit.gates import Features
from generator.wit.text import SourceText
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf

RESOLVING = Table(Area.GENERATOR)
_row = RESOLVING.function

Original = Callable[..., Any]


@_row(
    "closed-gates-open",
    FunctionOf(gates, "is_included"),
    "an item of a disabled feature is part of the world",
    needs="an item of a disabled feature",
    shown_by="gates",
)
def _(
    original: Original, stability: Stability, package: PackageName, features: Features, source: SourceText, at: int
) -> bool:
    included: bool = original(stability, package, features, source, at)
    return included or stability.unstable is not None


@_row(
    "since-closes-a-gate",
    FunctionOf(gates, "is_included"),
    "an item with @since is left out",
    needs="a function with @since",
    shown_by="gates",
)
def _(
    original: Original, stability: Stability, package: PackageName, features: Features, source: SourceText, at: int
) -> bool:
    return stability.since is None and bool(original(stability, package, features, source, at))


_INCLUDE = re.compile(r"(?:\s*@[\w-]+\([^)]*\))*\s*include\b")


@_row(
    "closed-include-counts",
    FunctionOf(gates, "is_included"),
    "an `include` behind a disabled feature is carried out",
    needs="an include behind a disabled feature",
    shown_by="gates-of-features",
)
def _(
    original: Original, stability: Stability, package: PackageName, features: Features, source: SourceText, at: int
) -> bool:
    included: bool = original(stability, package, features, source, at)
    return included or _INCLUDE.match(source.text, at) is not None


@_row(
    "features-by-their-beginning",
    FunctionOf(gates, "is_included"),
    "a gate opens for every feature whose name begins like its own",
    needs="an item of a disabled feature whose name begins another feature's",
    shown_by="gates-of-features",
)
def _(
    original: Original, stability: Stability, package: PackageName, features: Features, source: SourceText, at: int
) -> bool:
    included: bool = original(stability, package, features, source, at)
    wanted = stability.unstable
    return included or (wanted is not None and any(name.startswith(wanted) for name in features.names))


@_row(
    "include-renames-nothing",
    FunctionOf(include, "renamed"),
    "`include ... with` does not rename",
    needs="a world that includes another and gives an import or export another name",
    shown_by="includes",
)
def _(original: Original, name: str, renames: Mapping[str, str]) -> str:
    return name


@_row(
    "include-renames-no-members",
    FunctionOf(include, "renamed"),
    "`include ... with` gives a resource another name, and its functions keep the old one",
    needs="a world that includes another and gives a resource with functions another name",
    shown_by="includes",
)
def _(original: Original, name: str, renames: Mapping[str, str]) -> str:
    renamed: str = original(name, renames)
    return name if "]" in name else renamed


@_row(
    "include-renames-one-name",
    FunctionOf(include, "renamed"),
    "only the first name of `include ... with` counts",
    needs="a world that includes another and gives two of its items other names",
    shown_by="includes",
)
def _(original: Original, name: str, renames: Mapping[str, str]) -> str:
    first = dict(list(renames.items())[:1])
    renamed: str = original(name, first)
    return renamed

"""Versions of tools, and conditions on them, as `packaging` understands them (PEP 440)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


class BadConditions(ValueError):
    """Conditions that are none. The message names the first that is not good."""


def conditions(text: str) -> SpecifierSet:
    """`>=1.262.0, <1.263.0`. Raises `BadConditions`."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        try:
            Specifier(part)
        except InvalidSpecifier:
            raise BadConditions(f"{part!r} is not like `>=1.262.0`") from None
    return SpecifierSet(",".join(parts))


def holds(conditions: SpecifierSet, version: str) -> bool:
    """Whether all conditions hold for what a tool says about itself. Versions before a release count."""
    return conditions.contains(_version(version), prereleases=True)


def nearest(found: Iterable[SpecifierSet], version: str) -> str | None:
    """The nearest version among those that conditions name and allow; the higher of two."""
    wanted = _place(_version(version))
    named = [_of(one) for conditions in found for one in conditions if holds(conditions, _of(one))]
    return min(named, key=lambda name: (abs(_place(_version(name)) - wanted), -_place(_version(name))), default=None)


def _of(one: Specifier) -> str:
    return one.version.removesuffix(".*")


def _version(text: str) -> Version:
    """The numbers at the beginning of a text that is no Python version: tools choose their own numbering. A text
    without numbers comes first."""
    try:
        return Version(text)
    except InvalidVersion:
        numbers = _NUMBERS.match(text)
        return Version(numbers[0] if numbers else "0")


def _place(version: Version) -> int:
    """Versions on a line: the first number counts most."""
    return (version.major * 10**6 + version.minor) * 10**6 + version.micro

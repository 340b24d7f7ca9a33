"""Semantic versions (semver.org 2.0.0) as WIT uses them: `major.minor.patch[-pre-release][+build]`."""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE_PART = rf"(?:{_NUMBER}(?![0-9A-Za-z-])|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD_PART = r"[0-9A-Za-z-]+"
VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_PRE_PART}(?:\.{_PRE_PART})*))?(?:\+({_BUILD_PART}(?:\.{_BUILD_PART})*))?"
)
_LARGEST = 2**64 - 1
_MOST_DIGITS = len(str(_LARGEST))

_Parts = tuple[tuple[bool, int, str], ...]
VersionKey = tuple[int, int, int, int, _Parts, _Parts]


def is_version(text: str) -> bool:
    """Whether `text` is a version; its three numbers must fit in 64 bits, as in the tools that read them."""
    match = VERSION.fullmatch(text)
    if match is None:
        return False
    return all(len(number) <= _MOST_DIGITS and int(number) <= _LARGEST for number in match.group(1, 2, 3))


def _parts(text: str | None) -> _Parts:
    """Numeric identifiers are lower than alphanumeric ones and compare by value (semver.org, item 11).

    Without leading zeros, which only a build may have, the longer number is higher.
    """
    if text is None:
        return ()
    return tuple((False, len(part), part) if part.isdigit() else (True, 0, part) for part in text.split("."))


@lru_cache(maxsize=1024)
def version_key(text: str) -> VersionKey:
    """A key that sorts versions by precedence; the build, which has no precedence, only makes the order total."""
    match = VERSION.fullmatch(text)
    if match is None:
        raise ValueError(f"not a semantic version: {text!r}")
    major, minor, patch, pre, build = match.groups()
    return int(major), int(minor), int(patch), int(pre is None), _parts(pre), _parts(build)


def compatible_track(text: str) -> str:
    """The common part of compatible versions: `1`, `0.2` or `0.0.3`; of a pre-release all but its build.

    A pre-release is compatible only with itself (Cargo's reading of semver, which the component tools share), and a
    build makes no other version (semver.org, item 10).
    """
    major, minor, patch, released, _, _ = version_key(text)
    if not released:
        return text.partition("+")[0]
    if major:
        return str(major)
    return f"0.{minor}" if minor else f"0.0.{patch}"

"""Linkers that are wrong about which versions of an interface are compatible, or which of them is the highest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import generator.names.versions as versions
import generator.wit.semver as semver
from generator.resolved.model import InterfaceId, Resolve
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import FunctionOf

MERGING = Table(Area.LINKER)
_row = MERGING.function

Original = Callable[..., Any]

_TRACK = FunctionOf(versions, "compatible_track")


@_row(
    "minor-versions-before-1-merged",
    _TRACK,
    "imports of 0.1.x and 0.2.x are merged",
    needs="an interface imported in versions 0.1.x and 0.2.x",
    shown_by="tracks",
)
def _(original: Original, text: str) -> str:
    found: str = original(text)
    return "0" if found.startswith("0.") and not found.startswith("0.0.") and "-" not in found else found


@_row(
    "patches-before-0.1-merged",
    _TRACK,
    "imports of 0.0.1 and 0.0.2 are merged",
    needs="an interface imported in versions 0.0.1 and 0.0.2",
    shown_by="tracks",
)
def _(original: Original, text: str) -> str:
    found: str = original(text)
    return "0.0" if found.startswith("0.0.") and "-" not in found else found


@_row(
    "pre-releases-merged",
    _TRACK,
    "a pre-release is merged with its release",
    needs="an interface imported in versions 1.10.0-rc.1 and 1.10.0",
    shown_by="tracks",
)
def _(original: Original, text: str) -> str:
    found: str = original(text.partition("-")[0])
    return found


@_row(
    "minor-versions-not-merged",
    _TRACK,
    "only versions with the same minor number are merged",
    needs="an interface imported in versions 1.2.x and 1.10.x",
    shown_by="tracks",
)
def _(original: Original, text: str) -> str:
    found: str = original(text)
    return found if "-" in found else text.partition("+")[0].rpartition(".")[0]


@_row(
    "highest-version-by-text",
    FunctionOf(semver, "version_of"),
    "imports are merged into the version that is the highest as a text: 1.2.0, not 1.10.0",
    needs="an interface imported in versions 1.2.0 and 1.10.0",
    shown_by="tracks",
)
def _(original: Original, resolve: Resolve, id: InterfaceId) -> tuple[str | None]:
    package = resolve.interfaces[id].package
    return (None if package is None else resolve.packages[package].name.version,)


@_row(
    "versions-merged-that-differ",
    FunctionOf(semver, "check_compatible"),
    "versions are merged although a function of the lower one has another type in the higher one",
    needs="an interface imported in compatible versions, with a function of two types with one core type",
    shown_by="versions-that-differ",
)
def _(original: Original, *args: Any) -> None:
    pass

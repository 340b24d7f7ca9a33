"""The gated items that are part of a resolution (WIT.md, "Feature Gates")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.names.versions import version_key
from generator.resolved.model import NO_GATES, PackageName, Stability
from generator.wit.text import SourceText


@dataclass(frozen=True, slots=True)
class Features:
    """The enabled features."""

    names: frozenset[str] = frozenset()
    all: bool = False

    @classmethod
    def of(cls, names: Iterable[str] = (), all_features: bool = False) -> Features:
        """`names` may contain several features in one string, separated by commas or blanks."""
        return cls(frozenset(part for name in names for part in name.replace(",", " ").split()), all_features)


def is_included(stability: Stability, package: PackageName, features: Features, source: SourceText, at: int) -> bool:
    """Whether an item with these gates is part of `package` now.

    Raises WitError for an @since that is later than the package's version, or that is in a package without a version.
    """
    if stability is NO_GATES:
        return True
    if stability.since is not None:
        if package.version is None:
            hint = f"give it one: `package {package}@{stability.since};`"
            raise source.error(at, f"@since needs a version, and the package `{package}` has none", hint)
        if version_key(stability.since) > version_key(package.version):
            message = f"@since(version = {stability.since}) is later than the version of the package `{package}`"
            raise source.error(at, message)
        return True
    if stability.unstable is not None:
        return features.all or stability.unstable in features.names
    return True

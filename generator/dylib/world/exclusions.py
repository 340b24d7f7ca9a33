"""Partial bindings: the interfaces and worlds for which the interpreter has an implementation of its own, so that no
bindings are generated (`--exclude-interface`, `--exclude-world`; no other tool has these options).

The syntax of directions is that of `--async`. A name without a version stands for all versions; with one it stands for
all compatible versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from generator.dylib.world.direction import Direction, split_direction
from generator.errors import GeneratorError, UsageError
from generator.names.versions import compatible_track, is_version
from generator.resolved.model import InterfaceItem, Resolve, World, WorldItem, WorldKey

INTERFACE_OPTION = "--exclude-interface"
WORLD_OPTION = "--exclude-world"


@dataclass(frozen=True, slots=True)
class VersionedName:
    """A name in a component, or of a world, and its version, if it has one."""

    base: str
    version: str | None

    @staticmethod
    def parse(text: str) -> VersionedName:
        base, at, version = text.partition("@")
        return VersionedName(base, version if at else None)

    def stands_for(self, other: VersionedName) -> bool:
        """Whether `other` is the same item in a compatible version, or in any if this name has none."""
        if self.base != other.base:
            return False
        if self.version is None or self.version == other.version:
            return True
        if other.version is None:
            return False
        return compatible_track(self.version) == compatible_track(other.version)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One filter; `text` is the user's, with the option."""

    text: str
    of_world: bool
    direction: Direction | None
    name: VersionedName

    @staticmethod
    def parse(option: str, text: str) -> Exclusion:
        """Raises UsageError for a version that is none."""
        direction, rest = split_direction(text)
        name = VersionedName.parse(rest)
        if name.version is not None and not is_version(name.version):
            raise UsageError(f"{option} {text}: `{name.version}` is not a version, such as 0.2.0")
        return Exclusion(f"{option} {text}", option == WORLD_OPTION, direction, name)

    def names(self, resolve: Resolve, world: World, direction: Direction) -> Iterator[VersionedName]:
        """The items of the world that it excludes, on one side."""
        if self.direction not in (None, direction):
            return
        if not self.of_world:
            yield self.name
            return
        for other in _worlds(resolve, world, self.name):
            for key in sides(other)[direction]:
                yield VersionedName.parse(resolve.world_key_name(key))


Excluded = Mapping[Direction, Mapping[WorldKey, Exclusion]]
"""The excluded items of a world's sides, each with a filter that excludes it."""


@dataclass(frozen=True, slots=True)
class Exclusions:
    filters: tuple[Exclusion, ...] = ()

    @staticmethod
    def parse(interfaces: Iterable[str], worlds: Iterable[str]) -> Exclusions:
        """The values of both options; each may contain several filters, separated by commas. Raises UsageError."""
        options = ((INTERFACE_OPTION, interfaces), (WORLD_OPTION, worlds))
        return Exclusions(
            tuple(
                [
                    Exclusion.parse(option, text)
                    for option, values in options
                    for value in values
                    for text in value.split(",")
                ]
            )
        )

    def apply(self, resolve: Resolve, world: World) -> Excluded:
        """Raises GeneratorError if a filter matches nothing: it is a mistake of the user's."""
        excluded: dict[Direction, dict[WorldKey, Exclusion]] = {direction: {} for direction in Direction}
        unused = []
        for exclusion in self.filters:
            matched = [
                (direction, key) for direction in Direction for key in _matches(resolve, world, direction, exclusion)
            ]
            for direction, key in matched:
                excluded[direction].setdefault(key, exclusion)
            if not matched:
                unused.append(exclusion.text)
        if unused:
            raise GeneratorError("\n  ".join([f"{text}: nothing in world `{world.name}` matches" for text in unused]))
        return excluded


def sides(world: World) -> Mapping[Direction, Mapping[WorldKey, WorldItem]]:
    return {Direction.IMPORT: world.imports, Direction.EXPORT: world.exports}


def _matches(resolve: Resolve, world: World, direction: Direction, exclusion: Exclusion) -> list[WorldKey]:
    """An interface is excluded by name alone; a world also excludes the functions and types that it has."""
    by_base: dict[str, list[VersionedName]] = {}
    for name in exclusion.names(resolve, world, direction):
        by_base.setdefault(name.base, []).append(name)
    return [
        key
        for key, item in sides(world)[direction].items()
        if (exclusion.of_world or isinstance(item, InterfaceItem))
        and _any_stands_for(by_base, VersionedName.parse(resolve.world_key_name(key)))
    ]


def _any_stands_for(by_base: Mapping[str, list[VersionedName]], own: VersionedName) -> bool:
    return any(name.stands_for(own) for name in by_base.get(own.base, ()))


def _worlds(resolve: Resolve, world: World, name: VersionedName) -> Iterator[World]:
    """The worlds of a full name `ns:pkg/world`, or of a plain name in the package of `world`."""
    for other in resolve.worlds:
        if other.package is None:
            continue
        if "/" not in name.base:
            if other.package == world.package and name == VersionedName(other.name, None):
                yield other
        elif name.stands_for(VersionedName.parse(resolve.packages[other.package].name.item_id(other.name))):
            yield other

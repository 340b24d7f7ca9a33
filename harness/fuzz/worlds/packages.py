"""Random worlds: packages and their versions, interfaces, and the items of the world itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.fuzz.choices import Source, chance, choose, repeat, weighted
from harness.fuzz.worlds.ast import Container, Extern, Package, Resource, World
from harness.fuzz.worlds.functions import FunctionMaker
from harness.fuzz.worlds.gates import add_closed, add_gates
from harness.fuzz.worlds.names import ScopeNames, letters
from harness.fuzz.worlds.profile import FuzzWorld, Profile
from harness.fuzz.worlds.stretched import stretch
from harness.fuzz.worlds.text import wit_text
from harness.fuzz.worlds.types import TypeMaker
from harness.fuzz.worlds.versions import add_versions

_VERSIONS = (None, "1.0.0", "0.1.0", "0.2.6-rc.1", "1.2.3", "2.0.0", "0.0.1", "1.0.0+build.1")

_SWARM = (
    ("hard_names", 4),
    ("large_types", 2),
    ("resources", 2),
    ("maps", 3),
    ("packages", 2),
    ("fixed_length_lists", 6),
    ("error_contexts", 14),
    ("labels", 8),
    ("includes", 4),
    ("gates", 6),
    ("asynchronous", 20),
    ("stretched", 16),
    ("versions", 16),
)
"""Features of which a world has only some, and how rarely: a feature that is in every world would hide the effects of
the others."""

_OFTEN = {"asynchronous": 5}
"""How many of these worlds have it, where that is not one."""

_PLACES = (
    (6, "import"),
    (6, "export"),
    (4, "both"),
    (2, "import function"),
    (2, "export function"),
    (2, "import inline"),
    (2, "export inline"),
    (3, "import label"),
    (3, "export label"),
)

_INCLUDED_PLACES = (
    (2, "import"),
    (2, "export"),
    (1, "both"),
    (6, "import function"),
    (3, "export function"),
    (1, "import inline"),
    (1, "export inline"),
    (1, "import label"),
    (1, "export label"),
)
"""For an included world, items with a plain name are of interest, since they can get another name."""


def random_world(source: Source, profile: Profile) -> FuzzWorld:
    """A world that is valid WIT; a function of the choices alone."""
    on: dict[str, Any] = {
        name: bool(getattr(profile, name)) and _has(source, profile, name, one_in) for name, one_in in _SWARM
    }
    on["versions"] = on["versions"] and profile.packages
    return _Builder(source, replace(profile, **on)).build()


def _has(source: Source, profile: Profile, name: str, one_in: int) -> bool:
    """False is simpler. It draws in any case, so that the other choices of a world mean the same."""
    drawn = source.integer(0, one_in - 1) >= one_in - _OFTEN.get(name, 1)
    return drawn or name in profile.always


class _Builder:
    def __init__(self, source: Source, profile: Profile) -> None:
        self._source = source
        self._profile = profile
        self._package_ids = ScopeNames()
        self._packages: list[Package] = []
        self._main = self._new_package()
        hard = profile.hard_names
        self._world = World(Container(self._main.names.draw(source, hard), self._main, is_world=True))
        self._included: World | None = None
        self._import_names = self._world.level.names
        self._export_names = ScopeNames()
        self._places: list[Container] = []
        self._types = TypeMaker(source, profile, self._interface_for)
        self._functions = FunctionMaker(source, profile, self._types)

    def build(self) -> FuzzWorld:
        stretched = self._profile.stretched
        mean = 1 if stretched or self._profile.versions else self._profile.functions
        for _ in repeat(self._source, 1, 4 * mean, "function", mean - 1):
            self._add_function()
        self._rename_types()
        self._drop_two_copies()
        if stretched:
            stretch(self._source, self._main, self._world, self._export_names, self._profile.resources)
        if self._profile.versions:
            add_versions(self._source, self._packages, self._world, self._profile.resources)
        features: tuple[str, ...] = ()
        if self._profile.gates:
            features = add_gates(self._source, self._packages, self._worlds())
            add_closed(self._source, self._packages, self._worlds(), self._export_names)
        text = wit_text(self._packages, self._world, self._included)
        return FuzzWorld(text, self._world.level.name, features)

    def _worlds(self) -> list[World]:
        return [self._world] + ([self._included] if self._included is not None else [])

    def _new_package(self) -> Package:
        """A package that is new, or another version of one that is known."""
        source, hard = self._source, self._profile.hard_names
        version = choose(source, _VERSIONS) if self._profile.packages else None
        if self._packages and chance(source, 2):
            known = choose(source, self._packages)
            taken = [package.version for package in self._packages if package.id == known.id]
            free = [version for version in _VERSIONS if version is not None and version not in taken]
            if free:
                return self._add_package(Package(known.namespace, known.name, choose(source, free)))
        namespace = ScopeNames().draw(source, hard).lower()
        name = ScopeNames().draw(source, hard).lower()
        if f"{namespace}:{name}" in self._package_ids:
            name = next(
                n for n in map(str, map("p{}".format, range(99))) if f"{namespace}:{n}" not in self._package_ids
            )
        return self._add_package(Package(namespace, name, version))

    def _add_package(self, package: Package) -> Package:
        self._package_ids.claim(package.id)
        self._packages.append(package)
        return package

    def _new_interface(self, package: Package) -> Container:
        name = package.names.draw(self._source, self._profile.hard_names)
        interface = Container(name, package)
        package.interfaces.append(interface)
        return interface

    def _interface_for(self, user: Container) -> Container:
        """An interface that `user` may use types from without going in a circle."""
        packages = [package for package in self._packages if self._may_use(user.package, package)]
        known = [
            interface
            for package in packages
            for interface in package.interfaces
            if interface.is_inline is False and not interface.reaches(user)
        ]
        ways = [(2, "new"), *([(3, "known")] if known else [])]
        if self._profile.packages and len(self._packages) < 5:
            ways.append((1, "package"))
        way = weighted(self._source, ways)
        if way == "known":
            return choose(self._source, known)
        if way == "package":
            return self._new_interface(self._new_package())
        return self._new_interface(choose(self._source, packages))

    def _may_use(self, user: Package, used: Package) -> bool:
        """Packages must not use each other in a circle: each uses those that came after it, or itself."""
        return self._index(used) >= self._index(user)

    def _index(self, package: Package) -> int:
        return next(index for index, known in enumerate(self._packages) if known is package)

    def _add_function(self) -> None:
        if self._places and chance(self._source, 2):
            self._functions.add(choose(self._source, self._places))
            return
        world = self._world_for_item()
        possible = _PLACES if world is self._world else _INCLUDED_PLACES
        places = [(w, p) for w, p in possible if self._profile.labels or "label" not in p]
        word, _, kind = weighted(self._source, places).partition(" ")
        if kind == "function":
            self._world_function(world, word == "import")
        elif kind == "inline":
            self._inline(world, word == "import")
        else:
            self._interface(world, word, kind == "label")

    def _world_for_item(self) -> World:
        """The world, or one that it includes."""
        if not self._profile.includes or not chance(self._source, 2):
            return self._world
        if self._included is None:
            name = self._main.names.draw(self._source, self._profile.hard_names)
            level = Container(name, self._main, is_world=True, names=self._import_names)
            self._included = World(level)
        return self._included

    def _label(self, world: World, is_import: bool) -> str:
        names = self._import_names if is_import else self._export_names
        label = names.draw(self._source, self._profile.hard_names)
        if world is not self._included or not chance(self._source, 2):
            return label
        # It has another name in the included world. A renaming is for imports and exports, so both must be free of it.
        name = next(f"old-{name}" for name in letters() if f"old-{name}" not in self._import_names)
        free = self._names_to_move(world)
        if free and chance(self._source, 2):
            name = choose(self._source, free)
        for names in (self._import_names, self._export_names):
            names.claim(name)
        world.renames.append((name, label))
        return name

    def _names_to_move(self, included: World) -> list[str]:
        """New names of renamed items that are free in the included world: another item there may have such a name, and
        get yet another one."""
        taken = {extern.label for extern in included.externs} | {item.name for item in included.level.types}
        return [new for _, new in included.renames if new not in taken]

    def _rename_types(self) -> None:
        """The types that an included world has by itself may get other names where it is included, too."""
        if self._included is None:
            return
        for definition in self._included.level.types:
            with_members = isinstance(definition.body, Resource) and bool(definition.body.functions)
            if chance(self._source, 1 if with_members else 2):
                new = next(f"new-{name}" for name in letters() if f"new-{name}" not in self._import_names)
                self._included.renames.append((definition.name, self._import_names.claim(new)))

    def _world_function(self, world: World, is_import: bool) -> None:
        rarely = 2 if world is self._included else 4
        if is_import and self._profile.resources and chance(self._source, rarely):
            self._functions.add_to_resource(world.level)
            return
        label = self._label(world, is_import)
        for function in self._functions.functions(label, "function", world.level):
            world.externs.append(Extern(is_import, function, label))

    def _inline(self, world: World, is_import: bool) -> None:
        label = self._label(world, is_import)
        inline = Container(label, self._main, is_inline=True)
        world.externs.append(Extern(is_import, inline, label))
        self._functions.add(inline)
        self._places.append(inline)

    def _interface(self, world: World, word: str, labelled: bool) -> None:
        interface = self._interface_for(world.level)
        if not any(interface is place for place in self._places):
            self._places.append(interface)
        self._functions.add(interface)
        for is_import in (True, False):
            if word in ("import" if is_import else "export", "both"):
                label = self._label(world, is_import) if labelled else None
                if labelled or not self._has(interface, is_import):
                    world.externs.append(Extern(is_import, interface, label))

    def _has(self, interface: Container, is_import: bool) -> bool:
        return any(
            extern.item is interface and extern.is_import is is_import and extern.label is None
            for world in self._worlds()
            for extern in world.externs
        )

    def _drop_two_copies(self) -> None:
        """Exports that would need one interface both as an import and as an export become imports.

        An export's `use` of an exported interface means the export, of any other interface the import, and an import
        can use imports only. So an interface that is needed as an import must not lead to an export (WIT.md,
        "Transitive imports and worlds").
        """
        while (bad := self._two_copies()) is not None:
            world, extern = bad
            world.externs.remove(extern)
            world.renames[:] = [pair for pair in world.renames if pair[0] != extern.label]
            assert isinstance(extern.item, Container)
            if extern.label is not None or not self._has(extern.item, True):
                label = None if extern.label is None else self._import_names.simple()
                world.externs.append(replace_extern(extern, label))

    def _two_copies(self) -> tuple[World, Extern] | None:
        """An export that is in the way: in all worlds together, or in the included one, which must be valid by
        itself."""
        for worlds in [self._worlds(), *([[self._included]] if self._included is not None else [])]:
            found = _conflict(worlds)
            if found is not None:
                return found
        return None


def _conflict(worlds: list[World]) -> tuple[World, Extern] | None:
    exports: list[tuple[World, Extern, Container]] = []
    for world in worlds:
        for extern in world.externs:
            if not extern.is_import and isinstance(extern.item, Container):
                exports.append((world, extern, extern.item))
    # An export under a label satisfies nobody, and yet must not be needed as an import (as in the reference).
    plain = [item for _, extern, item in exports if extern.label is None]
    for world, extern, item in exports:
        waiting, seen = [item], [item]
        while waiting:
            for used in waiting.pop().used:
                if any(used is other for other in seen):
                    continue
                seen.append(used)
                if any(used is other for other in plain):
                    waiting.append(used)
                elif any(used.reaches(other) for _, _, other in exports):
                    return world, extern
    return None


def replace_extern(extern: Extern, label: str | None) -> Extern:
    """The export as an import."""
    return Extern(True, extern.item, label, extern.gate, extern.docs)

"""Imports of one interface in several compatible versions made one import of the highest version.

The component tools do this to united worlds (`--merge-imports-based-on-semver`); which versions are compatible is
semver's rule (WIT.md, "Package Names"; see `versions.compatible_track`).
"""

from __future__ import annotations

from dataclasses import replace

from generator.wit.elaborate import elaborate, type_dependency
from generator.wit.kinds import children, same_function, shape
from generator.wit.merge import MergeError
from generator.wit.model import (
    Alias,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    Resource,
    Type,
    TypeDef,
    TypeId,
    TypeItem,
    WorldId,
)
from generator.wit.versions import compatible_track, version_key

Track = tuple[str, str, str, str]
"""Namespace, package, interface, and what compatible versions share."""


def interface_track(resolve: Resolve, id: InterfaceId) -> Track | None:
    """What all compatible versions of an interface share; None without a version or for a pre-release."""
    interface = resolve.interfaces[id]
    if interface.package is None or interface.name is None:
        return None
    package = resolve.packages[interface.package].name
    if package.version is None:
        return None
    track = compatible_track(package.version)
    return None if track is None else (package.namespace, package.name, interface.name, track)


def merge_imports_by_version(resolve: Resolve, world: WorldId) -> dict[InterfaceId, InterfaceId]:
    """Replace each imported interface by the highest compatible version that is imported too; which by which.

    An interface that is exported as well stays. What the world's interfaces use of a replaced one they use of the
    higher version then, in all worlds that have them. Raises MergeError where the higher version lacks or changes an
    item of the lower one.
    """
    replaced = replaced_imports(resolve, world)
    if not replaced:
        return replaced
    for old, new in replaced.items():
        _check_compatible(resolve, old, new)
    for old in replaced:
        del resolve.worlds[world].imports[InterfaceKey(old)]
    for id in _types_of(resolve, world):
        _use_higher_version(resolve, id, replaced)
    for changed in resolve.worlds:
        elaborate(resolve, changed, keep_exports=True)
    return replaced


def _types_of(resolve: Resolve, world: WorldId) -> list[TypeId]:
    """The types that a world and its interfaces define or use."""
    types: list[TypeId] = []
    for table in (resolve.worlds[world].imports, resolve.worlds[world].exports):
        for item in table.values():
            if isinstance(item, InterfaceItem):
                types += resolve.interfaces[item.id].types.values()
            elif isinstance(item, TypeItem):
                types.append(item.id)
    return types


def _use_higher_version(resolve: Resolve, id: TypeId, replaced: dict[InterfaceId, InterfaceId]) -> None:
    """If a type is `use`d from a replaced interface, use it from the one in its place."""
    type = resolve.types[id]
    dependency = type_dependency(resolve, id)
    if dependency not in replaced:
        return
    assert isinstance(type.kind, Alias) and isinstance(type.kind.type, int)
    name = resolve.types[type.kind.type].name
    assert name is not None, "what an interface owns has a name"
    newer = resolve.interfaces[replaced[dependency]].types[name]
    resolve.types[id] = replace(type, kind=Alias(newer))


def replaced_imports(resolve: Resolve, world: WorldId) -> dict[InterfaceId, InterfaceId]:
    """Which imports `merge_imports_by_version` would replace, by which; nothing is changed."""
    highest: dict[Track, InterfaceId] = {}
    members: list[tuple[Track, InterfaceId]] = []
    exports = resolve.worlds[world].exports
    for key in resolve.worlds[world].imports:
        if not isinstance(key, InterfaceKey) or key in exports:
            continue
        track = interface_track(resolve, key.id)
        if track is None:
            continue
        members.append((track, key.id))
        known = highest.get(track)
        if known is None or _version(resolve, key.id) > _version(resolve, known):
            highest[track] = key.id
    return {id: highest[track] for track, id in members if highest[track] != id}


def _version(resolve: Resolve, id: InterfaceId) -> tuple[object, ...]:
    package = resolve.interfaces[id].package
    assert package is not None
    version = resolve.packages[package].name.version
    assert version is not None
    return version_key(version)


def _check_compatible(resolve: Resolve, old_id: InterfaceId, new_id: InterfaceId) -> None:
    old, new = resolve.interfaces[old_id], resolve.interfaces[new_id]
    comparison = _Comparison(resolve)

    def refuse(what: str) -> MergeError:
        return MergeError(
            f"imports `{resolve.interface_id(old_id)}` and `{resolve.interface_id(new_id)}` cannot be merged: {what}; "
            "`--merge-imports-based-on-semver=false` keeps both"
        )

    for name, type in old.types.items():
        if name not in new.types:
            raise refuse(f"the higher version has no type `{name}`")
        if not comparison.same(type, new.types[name]):
            raise refuse(f"type `{name}` differs")
    for name, function in old.functions.items():
        if name not in new.functions:
            raise refuse(f"the higher version has no function `{name}`")
        if not same_function(function, new.functions[name], comparison.same):
            raise refuse(f"function `{name}` differs")


class _Comparison:
    """Types of two versions of an interface. As in a component, types are what they are made of, whatever their names
    (Explainer.md, "Type Checking"); resources are told apart by name and unversioned owner."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._seen: set[tuple[TypeId, TypeId]] = set()

    def same(self, a: Type | None, b: Type | None) -> bool:
        """Whether two types are the same. What was seen once is not compared again: the first difference ends all."""
        stack = [(a, b)]
        while stack:
            x, y = (self._behind_aliases(type) for type in stack.pop())
            if not isinstance(x, int) or not isinstance(y, int):
                if x != y:
                    return False
                continue
            if x == y or (x, y) in self._seen:
                continue
            self._seen.add((x, y))
            p, q = self._resolve.types[x], self._resolve.types[y]
            if shape(p.kind) != shape(q.kind):
                return False
            if isinstance(p.kind, Resource) and (p.name, self._owner(p)) != (q.name, self._owner(q)):
                return False
            stack += zip(children(p.kind), children(q.kind), strict=True)
        return True

    def _behind_aliases(self, type: Type | None) -> Type | None:
        while isinstance(type, int) and isinstance(kind := self._resolve.types[type].kind, Alias):
            type = kind.type
        return type

    def _owner(self, type: TypeDef) -> Track | InterfaceId | None:
        owner = type.owner
        return (interface_track(self._resolve, owner.id) or owner.id) if isinstance(owner, InterfaceOwner) else None

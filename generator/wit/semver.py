"""Imports of one interface in several compatible versions made one import of the highest version.

The component tools do this to united worlds (`--merge-imports-based-on-semver`); which versions are compatible is
semver's rule (WIT.md, "Package Names"; see `versions.compatible_track`).
"""

from __future__ import annotations

from dataclasses import replace

from generator.wit.elaborate import elaborate
from generator.wit.kinds import children, same_function, shape
from generator.wit.merge import MergeError
from generator.wit.model import (
    Alias,
    InterfaceId,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    Type,
    TypeId,
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

    An interface that is exported as well stays. Raises MergeError where the higher version lacks or changes an item of
    the lower one.
    """
    replaced = replaced_imports(resolve, world)
    if not replaced:
        return replaced
    for old, new in replaced.items():
        _check_compatible(resolve, old, new)
    for index, type in enumerate(resolve.types):
        if not isinstance(type.kind, Alias) or not isinstance(type.kind.type, int):
            continue
        target = resolve.types[type.kind.type]
        if isinstance(target.owner, InterfaceOwner) and target.owner.id in replaced and target.owner != type.owner:
            assert target.name is not None, "what an interface owns has a name"
            newer = resolve.interfaces[replaced[target.owner.id]].types[target.name]
            resolve.types[index] = replace(type, kind=Alias(newer))
    for old in replaced:
        del resolve.worlds[world].imports[InterfaceKey(old)]
    elaborate(resolve, resolve.worlds[world])
    return replaced


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

    def refuse(what: str) -> MergeError:
        return MergeError(
            f"imports `{resolve.interface_id(old_id)}` and `{resolve.interface_id(new_id)}` cannot be merged: {what}; "
            "`--merge-imports-based-on-semver=false` keeps both"
        )

    for name, type in old.types.items():
        if name not in new.types:
            raise refuse(f"the higher version has no type `{name}`")
        a, b = resolve.types[type].kind, resolve.types[new.types[name]].kind
        if shape(a) != shape(b) or not all(_same(resolve, x, y) for x, y in zip(children(a), children(b), strict=True)):
            raise refuse(f"type `{name}` differs")
    for name, function in old.functions.items():
        if name not in new.functions:
            raise refuse(f"the higher version has no function `{name}`")
        if not same_function(function, new.functions[name], lambda a, b: _same(resolve, a, b)):
            raise refuse(f"function `{name}` differs")


def _same(resolve: Resolve, a: Type | None, b: Type | None) -> bool:
    """Types of two versions of an interface: named ones by name and unversioned owner, others by structure."""
    if not isinstance(a, int) or not isinstance(b, int) or a == b:
        return a == b
    x, y = resolve.types[a], resolve.types[b]
    if x.name is not None or y.name is not None:
        return x.name == y.name and _owner(resolve, a) == _owner(resolve, b)
    return shape(x.kind) == shape(y.kind) and all(
        _same(resolve, p, q) for p, q in zip(children(x.kind), children(y.kind), strict=True)
    )


def _owner(resolve: Resolve, id: TypeId) -> Track | InterfaceId | None:
    owner = resolve.types[id].owner
    return (interface_track(resolve, owner.id) or owner.id) if isinstance(owner, InterfaceOwner) else None

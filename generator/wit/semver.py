"""Merges imports of one interface in several compatible versions into one import of the highest version.

The component tools do this to merged worlds (`--merge-imports-based-on-semver`); semver defines compatible versions
(WIT.md, "Package Names"; see `versions.compatible_track`). No specification says what else may keep two imports apart:
`_must_stay` contains our rule, docs/linking.md the differences of the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.names.versions import compatible_track, version_key
from generator.resolved.kinds import children, same_function, shape
from generator.resolved.model import (
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    TypeDef,
    TypeItem,
    WorldId,
)
from generator.resolved.types import Alias, Resource, Type, TypeId
from generator.wit.elaborate import elaborate, interface_dependencies, type_dependency
from generator.wit.merge import MergeError

Track = tuple[str, str, str, str]
"""Namespace, package, interface, and the common part of compatible versions."""


def interface_track(resolve: Resolve, id: InterfaceId) -> Track | None:
    """The common part of all compatible versions of an interface; None without a version."""
    interface = resolve.interfaces[id]
    if interface.package is None or interface.name is None:
        return None
    package = resolve.packages[interface.package].name
    if package.version is None:
        return None
    return package.namespace, package.name, interface.name, compatible_track(package.version)


def merge_imports_by_version(resolve: Resolve, world: WorldId) -> dict[InterfaceId, InterfaceId]:
    """Replace each imported interface by the highest compatible imported version; returns the replacements.

    The world's interfaces then use the types of the higher version instead of a replaced one, in all worlds that have
    them. Raises MergeError if the higher version lacks or changes a function, a resource, or a type that others use.
    """
    replaced = replaced_imports(resolve, world)
    if not replaced:
        return replaced
    comparison = _Comparison(resolve)
    for old, new in replaced.items():
        check_compatible(resolve, old, new, comparison)
    for id in _types_of(resolve, world):
        _check_used_type(resolve, id, replaced, comparison)
    replace_imports(resolve, world, replaced)
    return replaced


def replace_imports(resolve: Resolve, world: WorldId, replaced: Mapping[InterfaceId, InterfaceId]) -> None:
    """Remove the imports `replaced` from a world; its interfaces use the types of the replacements instead."""
    for old in replaced:
        del resolve.worlds[world].imports[InterfaceKey(old)]
    for id in _types_of(resolve, world):
        _use_higher_version(resolve, id, replaced)
    for changed in resolve.worlds:
        elaborate(resolve, changed, keep_exports=True)


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


def _use_higher_version(resolve: Resolve, id: TypeId, replaced: Mapping[InterfaceId, InterfaceId]) -> None:
    """If a type is `use`d from a replaced interface, use it from the replacement."""
    type = resolve.types[id]
    dependency = type_dependency(resolve, id)
    if dependency is None or dependency not in replaced:
        return
    assert isinstance(type.kind, Alias) and isinstance(type.kind.type, int)
    name = resolve.types[type.kind.type].name
    assert name is not None, "an item of an interface has a name"
    newer = resolve.interfaces[replaced[dependency]].types[name]
    resolve.types[id] = replace(type, kind=Alias(newer))


def replaced_imports(resolve: Resolve, world: WorldId) -> dict[InterfaceId, InterfaceId]:
    """The replacements that `merge_imports_by_version` would make; nothing is changed."""
    highest: dict[Track, InterfaceId] = {}
    members: list[tuple[Track, InterfaceId]] = []
    for key in resolve.worlds[world].imports:
        if not isinstance(key, InterfaceKey):
            continue
        track = interface_track(resolve, key.id)
        if track is None:
            continue
        members.append((track, key.id))
        known = highest.get(track)
        if known is None or version_of(resolve, key.id) > version_of(resolve, known):
            highest[track] = key.id
    replaced = {id: highest[track] for track, id in members if highest[track] != id}
    return {old: new for old, new in replaced.items() if not _must_stay(resolve, world, old, new)} if replaced else {}


def _must_stay(resolve: Resolve, world: WorldId, old: InterfaceId, new: InterfaceId) -> bool:
    """Whether a type would become another type: the higher version uses the lower one's types, or an exported interface
    uses them, directly or through others, and one of the two is also exported, so that `use` refers to an export
    (WIT.md, "Worlds")."""
    if old in _dependencies(resolve, new):
        return True
    exports = resolve.worlds[world].exports
    if InterfaceKey(old) not in exports and InterfaceKey(new) not in exports:
        return False
    exported = [item.id for item in exports.values() if isinstance(item, InterfaceItem)]
    return any(old in _dependencies(resolve, id) for id in exported)


def _dependencies(resolve: Resolve, id: InterfaceId) -> set[InterfaceId]:
    """All interfaces whose types an interface uses, directly or through others."""
    found: set[InterfaceId] = set()
    pending = [id]
    while pending:
        new = set(interface_dependencies(resolve, pending.pop())) - found
        found |= new
        pending += new
    return found


def version_of(resolve: Resolve, id: InterfaceId) -> tuple[object, ...]:
    """The version of an interface's package, which has one, as a key that sorts by precedence."""
    package = resolve.interfaces[id].package
    assert package is not None
    version = resolve.packages[package].name.version
    assert version is not None
    return version_key(version)


def check_compatible(resolve: Resolve, old_id: InterfaceId, new_id: InterfaceId, comparison: _Comparison) -> None:
    """A type that is not a resource may be missing or different as long as nothing uses it."""
    old, new = resolve.interfaces[old_id], resolve.interfaces[new_id]
    for name, type in old.types.items():
        if isinstance(resolve.types[type].kind, Resource):
            _check_type(resolve, name, old_id, new_id, comparison)
    for name, function in old.functions.items():
        if name not in new.functions:
            raise _refused(resolve, old_id, new_id, f"the higher version has no function `{name}`")
        if not same_function(function, new.functions[name], comparison.same):
            raise _refused(resolve, old_id, new_id, f"function `{name}` differs")


def _check_used_type(
    resolve: Resolve, id: TypeId, replaced: dict[InterfaceId, InterfaceId], comparison: _Comparison
) -> None:
    """A type that is `use`d from a replaced interface must be the same in the replacement."""
    dependency, kind = type_dependency(resolve, id), resolve.types[id].kind
    if dependency in replaced and isinstance(kind, Alias) and isinstance(kind.type, int):
        name = resolve.types[kind.type].name
        assert name is not None, "an item of an interface has a name"
        _check_type(resolve, name, dependency, replaced[dependency], comparison)


def _check_type(resolve: Resolve, name: str, old: InterfaceId, new: InterfaceId, comparison: _Comparison) -> None:
    types = resolve.interfaces[new].types
    if name not in types:
        raise _refused(resolve, old, new, f"the higher version has no type `{name}`")
    if not comparison.same(resolve.interfaces[old].types[name], types[name]):
        raise _refused(resolve, old, new, f"type `{name}` differs")


def _refused(resolve: Resolve, old: InterfaceId, new: InterfaceId, what: str) -> MergeError:
    return MergeError(
        f"imports `{resolve.interface_id(old)}` and `{resolve.interface_id(new)}` cannot be merged: {what}; "
        "`--merge-imports-based-on-semver=false` keeps both"
    )


class _Comparison:
    """Types of two versions of an interface. As in a component, types are compared by structure, regardless of their
    names (Explainer.md, "Type Checking"); resources are compared by name and unversioned owner."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._seen: set[tuple[TypeId, TypeId]] = set()

    def same(self, a: Type | None, b: Type | None) -> bool:
        """Whether two types are the same. A pair is compared only once: the first difference ends the comparison."""
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

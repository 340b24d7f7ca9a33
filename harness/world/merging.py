"""Imports of one interface in compatible versions, as linkers merge them by default.

`component link` and `component new` leave one import of the highest version (`--merge-imports-based-on-semver`): calls
of a lower version reach the highest. WIT.md, "Package Names", and semver.org define which versions are compatible; no
specification says more about merging. docs/linking.md describes the rest, including the imports that cannot be merged.

This module applies the rule to worlds of the harness, so that it judges every toolchain, including ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.world import types as t
from harness.world.world import Function, Interface, World

_VERSIONED = re.compile(r"(?P<name>[^@]+)@(?P<numbers>\d+\.\d+\.\d+)(?P<pre>-[^+]*)?(?P<build>\+.*)?")


@dataclass(frozen=True)
class Merging:
    """`names`: each removed import, and its replacement. `conflict`: why tools must refuse to merge them; empty if they
    need not. `kept`: each import that must stay beside a higher compatible version, and that version."""

    names: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)


def merging(world: World) -> Merging:
    """The imports that a linker makes of the imports of a world with compatible versions of an interface."""
    lower = dict(_lower_versions(world))
    kept = {old: highest for old, highest in lower.items() if _must_stay(world, old, highest)}
    names = {old: highest for old, highest in lower.items() if old not in kept}
    return Merging(names, _conflict(world, names), kept)


def has_compatible_imports(world: World) -> bool:
    """Whether a world imports an interface in compatible versions, so that a linker has to decide what to merge."""
    return bool(_lower_versions(world))


def _lower_versions(world: World) -> list[tuple[str, str]]:
    """Each import with a higher compatible version among the imports, and the highest."""
    tracks: dict[str, list[tuple[tuple[object, ...], str]]] = {}
    for key in world.imports:
        match = _VERSIONED.fullmatch(key or "")
        if key is not None and match is not None:
            numbers = tuple(int(number) for number in match["numbers"].split("."))
            tracks.setdefault(canonical_name(key), []).append(((numbers, _build(match["build"])), key))
    found = []
    for members in tracks.values():
        *lower, (_, highest) = sorted(members)
        found += [(old, highest) for _, old in lower]
    return found


def canonical_name(key: str) -> str:
    """An interface's name with the part of its version that compatible versions share (Explainer.md, "Import and Export
    Definitions": canonical interface names). A pre-release shares only with its own builds (semver.org, item 10)."""
    match = _VERSIONED.fullmatch(key)
    if match is None or match["pre"] is not None:
        return key.partition("+")[0]
    return f"{match['name']}@{'.'.join(_track(tuple(int(number) for number in match['numbers'].split('.'))))}"


def _track(numbers: tuple[int, ...]) -> tuple[str, ...]:
    """The common part of compatible versions: everything up to the first number that is not 0."""
    first = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
    return tuple(str(number) for number in numbers[: first + 1])


def _build(text: str | None) -> tuple[tuple[bool, int, str], ...]:
    """Builds have no precedence (semver.org, item 10), but two of them need some order."""
    parts = text[1:].split(".") if text is not None else []
    return tuple((False, len(part), part) if part.isdigit() else (True, 0, part) for part in parts)


def _must_stay(world: World, old: str, new: str) -> bool:
    """Whether a type would become another type: the higher version uses types of the lower one, or an exported
    interface uses them, directly or through imports, and would refer to an export (WIT.md, "Worlds")."""
    if old in _dependencies(world, world.imports[new]):
        return True
    if old not in world.exports and new not in world.exports:
        return False
    return any(old in _dependencies(world, interface) for interface in world.exports.values())


def _dependencies(world: World, interface: Interface) -> set[str]:
    """All interfaces whose types an interface uses, directly or through imported interfaces."""
    found: set[str] = set()
    pending = [interface]
    while pending:
        new = {owner for owner, _ in pending.pop().uses} - found
        found |= new
        pending += [world.imports[owner] for owner in new if owner in world.imports]
    return found


def _types(function: Function) -> Iterable[t.Type | None]:
    return (*(param.type for param in function.params), function.result)


def _owned(type: t.Type) -> tuple[str, str]:
    """Interface and name of a named type; empty for other types."""
    if isinstance(type, t.Record | t.Variant | t.EnumType | t.Flags):
        name: str | None = type.canonical
    else:
        name = getattr(type, "name", None) if not isinstance(type, t.Prim) else None
    interface, _, rest = (name or "#").rpartition("#")
    return interface, rest


def _conflict(world: World, names: Mapping[str, str]) -> str:
    same = _Same(names)
    for old, new in names.items():
        lower, higher = world.imports[old], world.imports[new]
        for name in sorted(_defined(lower) - higher.resources.keys()):
            return f"{new} has no resource {name}"
        for name, function in lower.functions.items():
            other = higher.functions.get(name)
            if other is None:
                return f"{new} has no function {name}"
            if not same.functions(function, other):
                return f"the function {name} of {new} has another type"
    others = []
    for interface in (*world.imports.values(), *world.exports.values()):
        for owner, name in interface.uses:
            if owner not in names:
                continue
            here, there = (_named(world.imports[key], name) for key in (owner, names[owner]))
            if there is None:
                # first of all, because nothing can be said about such a type: known faults are known by it
                return f"the type {name} of {names[owner]} is missing"
            if not same.types(here, there):
                others.append(f"the type {name} of {names[owner]} is another one")
    return others[0] if others else ""


def _defined(interface: Interface) -> set[str]:
    """The interface's own resources: a name for another's is only missed where it is used."""
    return {name for name, item in interface.resources.items() if (item.interface, item.name) == (interface.key, name)}


def _named(interface: Interface, name: str) -> t.Type | None:
    """A resource as the type of a handle to it: two resources are one if handles to them are."""
    resource = interface.resources.get(name)
    return interface.types.get(name) if resource is None else t.Own(resource)


class _Same:
    """Types by their structure, regardless of their names; resources by name, without their owner's version."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._seen: set[tuple[int, int]] = set()

    def functions(self, one: Function, other: Function) -> bool:
        if [param.name for param in one.params] != [param.name for param in other.params]:
            return False
        pairs = zip(_types(one), _types(other), strict=True)
        return one.is_async == other.is_async and all(self.types(left, right) for left, right in pairs)

    def types(self, one: t.Type | None, other: t.Type | None) -> bool:
        pending = [(one, other)]
        while pending:
            left, right = pending.pop()
            if left is right or (id(left), id(right)) in self._seen:
                continue
            if left is None or right is None or left.__class__ is not right.__class__:
                return False
            if self._shape(left) != self._shape(right):
                return False
            self._seen.add((id(left), id(right)))
            pending += zip(_members(left), _members(right), strict=True)
        return True

    def _shape(self, type: t.Type) -> tuple[object, ...]:
        match type:
            case t.Prim():
                return (type,)
            case t.Own(resource) | t.Borrow(resource):
                owner = resource.interface
                return (self._names.get(owner, owner) if owner is not None else None, resource.name)
            case t.Record():
                return tuple(member.name for member in type.fields)
            case t.Variant():
                return tuple(case.name for case in type.cases)
            case t.EnumType():
                return type.cases
            case t.Flags():
                return type.labels
            case t.FixedLengthList():
                return (type.size,)
            case t.Tuple():
                return (len(type.types),)
        return ()


def _members(type: t.Type) -> tuple[t.Type | None, ...]:
    match type:
        case t.Variant() | t.Option() | t.Result():
            return type.payloads
        case t.Future() | t.Stream():
            return (type.type,)
    return type.parts


def merged(world: World, names: Mapping[str, str]) -> World:
    """The world of a component whose linker has merged imports."""
    if not names:
        return world
    types = _Merged(world, names)
    imports = {key: types.interface(interface) for key, interface in world.imports.items() if key not in names}
    exports = {key: types.interface(interface) for key, interface in world.exports.items()}
    return replace(world, imports=imports, exports=exports)


class _Merged:
    """Types in which the higher version's types replace those of a lower version."""

    def __init__(self, world: World, names: Mapping[str, str]) -> None:
        self._world = world
        self._names = names
        self._types: dict[int, t.Type] = {}

    def interface(self, interface: Interface) -> Interface:
        if interface.key in self._names:  # the export of a lower version has types of its own
            others = {old: new for old, new in self._names.items() if old != interface.key}
            return _Merged(self._world, others).interface(interface)
        functions = {name: self._function(function) for name, function in interface.functions.items()}
        types = {name: self._type(type) for name, type in interface.types.items()}
        resources = {name: self._resource(resource) for name, resource in interface.resources.items()}
        return Interface(interface.key, functions, types, resources)

    def _function(self, function: Function) -> Function:
        params = tuple(t.Param(param.name, self._type(param.type)) for param in function.params)
        return replace(function, params=params, result=self._optional(function.result))

    def _optional(self, type: t.Type | None) -> t.Type | None:
        return None if type is None else self._type(type)

    def _resource(self, resource: t.Resource) -> t.Resource:
        new = self._names.get(resource.interface or "")
        return resource if new is None or resource.exported else self._world.imports[new].resources[resource.name]

    def _type(self, type: t.Type) -> t.Type:
        found = self._types.get(id(type))
        if found is None:
            owner, name = _owned(type)
            there = self._world.imports[self._names[owner]].types.get(name) if owner in self._names else None
            found = self._types[id(type)] = self._type(there) if there is not None else self._rebuilt(type)
        return found

    def _rebuilt(self, type: t.Type) -> t.Type:
        match type:
            case t.Own(resource) | t.Borrow(resource):
                return type.__class__(self._resource(resource))
            case t.Record():
                return replace(type, fields=tuple(t.Param(m.name, self._type(m.type)) for m in type.fields))
            case t.Variant():
                return replace(type, cases=tuple(t.CaseType(c.name, self._optional(c.type)) for c in type.cases))
            case t.Tuple():
                return replace(type, types=tuple(self._type(member) for member in type.types))
            case t.Result():
                return replace(type, ok=self._optional(type.ok), err=self._optional(type.err))
            case t.Map():
                return replace(type, key=self._type(type.key), value=self._type(type.value))
            case t.Option() | t.List() | t.FixedLengthList():
                return replace(type, type=self._type(type.type))
            case t.Future() | t.Stream():
                return replace(type, type=self._optional(type.type))
        return type

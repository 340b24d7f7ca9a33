"""Adds the `package-docs` section to a decoded package: docs and feature gates (see `package_docs`)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from generator.component.errors import BinaryError
from generator.names.component_names import is_label
from generator.names.versions import is_version
from generator.resolved.model import (
    NO_GATES,
    Function,
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    PackageId,
    Resolve,
    Stability,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import EnumType, Flags, Record, TypeId, TypeKind, Variant
from generator.wit.binary.package_docs import SECTION, VERSION, Json


def inject_docs(resolve: Resolve, package: PackageId, data: bytes, offset: int) -> None:
    """Raises BinaryError if the section is malformed or describes items that are not in the package."""
    reader = _DocsReader(resolve, offset)
    if not data or data[0] > VERSION:
        raise reader.error("unknown version")
    try:
        content = json.loads(data[1:])
    except (ValueError, RecursionError):
        raise reader.error("it is not JSON") from None
    reader.package(package, reader.members(content))


class _DocsReader:
    def __init__(self, resolve: Resolve, offset: int) -> None:
        self._resolve = resolve
        self._offset = offset

    def error(self, message: str) -> BinaryError:
        return BinaryError(f"section {SECTION!r}: {message}", self._offset, "custom")

    def members(self, value: Any) -> Json:
        if not isinstance(value, dict):
            raise self.error("an object is expected")
        return value

    def _group(self, data: Json, name: str) -> Json:
        return self.members(data.get(name, {}))

    def _docs(self, value: Any) -> str | None:
        if value is not None and not isinstance(value, str):
            raise self.error("docs must be a string")
        return value

    def _stability(self, value: Any) -> Stability:
        if value is None or value == "unknown":
            return NO_GATES
        data = self.members(value)
        for kind, member in (("stable", "since"), ("unstable", "feature")):
            if kind in data:
                gate = self.members(data[kind])
                name, deprecated = gate.get(member), gate.get("deprecated")
                is_good = is_version if kind == "stable" else is_label
                if not isinstance(name, str) or not is_good(name):
                    raise self.error(f"`{kind}` needs `{member}`")
                if deprecated is not None and not (isinstance(deprecated, str) and is_version(deprecated)):
                    raise self.error("`deprecated` is not a version")
                return Stability(
                    since=name if kind == "stable" else None,
                    unstable=name if kind == "unstable" else None,
                    deprecated=deprecated,
                )
        raise self.error("unknown stability")

    def package(self, id: PackageId, data: Json) -> None:
        package = self._resolve.packages[id]
        self._resolve.packages[id] = replace(package, docs=self._docs(data.get("docs")))
        for name, member in self._group(data, "interfaces").items():
            if name not in package.interfaces:
                raise self.error(f"there is no interface {name!r}")
            self._interface(package.interfaces[name], self.members(member))
        for name, member in self._group(data, "worlds").items():
            if name not in package.worlds:
                raise self.error(f"there is no world {name!r}")
            self._world(package.worlds[name], self.members(member))

    def _interface(self, id: InterfaceId, data: Json) -> None:
        interface = self._resolve.interfaces[id]
        for name, member in self._group(data, "types").items():
            if name not in interface.types:
                raise self.error(f"there is no type {name!r}")
            self._type(interface.types[name], self.members(member))
        for name, member in self._group(data, "funcs").items():
            if name not in interface.functions:
                raise self.error(f"there is no function {name!r}")
            interface.functions[name] = self._function(interface.functions[name], member)
        self._resolve.interfaces[id] = replace(
            interface, docs=self._docs(data.get("docs")), stability=self._stability(data.get("stability"))
        )

    def _function(self, function: Function, data: Any) -> Function:
        if data is None or isinstance(data, str):  # version 0 has only the docs
            return replace(function, docs=data)
        members = self.members(data)
        docs, stability = self._docs(members.get("docs")), self._stability(members.get("stability"))
        return replace(function, docs=docs, stability=stability)

    def _type(self, id: TypeId, data: Json) -> None:
        type = self._resolve.types[id]
        kind = self._kind(type.kind, self._group(data, "items"))
        docs, stability = self._docs(data.get("docs")), self._stability(data.get("stability"))
        self._resolve.types[id] = replace(type, kind=kind, docs=docs, stability=stability)

    def _kind(self, kind: TypeKind, items: Json) -> TypeKind:
        """`items`: docs by the name of a field, case or flag."""
        docs = {name: self._docs(value) for name, value in items.items()}
        names: set[str] = set()
        if isinstance(kind, Record):
            names = {field.name for field in kind.fields}
            kind = Record(tuple([replace(field, docs=docs.get(field.name)) for field in kind.fields]))
        elif isinstance(kind, Variant):
            names = {case.name for case in kind.cases}
            kind = Variant(tuple([replace(case, docs=docs.get(case.name)) for case in kind.cases]))
        elif isinstance(kind, EnumType):
            names = {case.name for case in kind.cases}
            kind = EnumType(tuple([replace(case, docs=docs.get(case.name)) for case in kind.cases]))
        elif isinstance(kind, Flags):
            names = {flag.name for flag in kind.flags}
            kind = Flags(tuple([replace(flag, docs=docs.get(flag.name)) for flag in kind.flags]))
        for name in docs:
            if name not in names:
                raise self.error(f"there is no field, case or flag {name!r}")
        return kind

    def _world(self, id: WorldId, data: Json) -> None:
        world = self._resolve.worlds[id]
        name_of = self._resolve.world_key_name
        both = [(items, {name_of(key): key for key in items}) for items in (world.imports, world.exports)]
        for name, member in self._group(data, "interfaces").items():
            self._inline(both, name, member)
        for name, member in self._group(data, "interface_exports").items():
            self._inline(both[1:], name, member)
        for name, member in self._group(data, "funcs").items():
            self._world_function(both, name, member)
        for name, member in self._group(data, "func_exports").items():
            self._world_function(both[1:], name, member)
        for name, member in self._group(data, "types").items():
            item = world.imports.get(name)
            if not isinstance(item, TypeItem):
                raise self.error(f"there is no type {name!r}")
            self._type(item.id, self.members(member))
        for place, side in zip(both, ("import", "export"), strict=True):
            for name, member in self._group(data, f"interface_{side}_stability").items():
                items, key, item = self._interface_item([place], name)
                items[key] = replace(item, stability=self._stability(member))
            for name, member in self._group(data, f"interface_{side}_docs").items():
                items, key, item = self._interface_item([place], name)
                items[key] = replace(item, docs=self._docs(member))
        self._resolve.worlds[id] = replace(
            world, docs=self._docs(data.get("docs")), stability=self._stability(data.get("stability"))
        )

    def _find(self, places: list[_Place], name: str) -> tuple[dict[WorldKey, WorldItem], WorldKey] | None:
        for items, keys in places:
            if name in keys:
                return items, keys[name]
        return None

    def _interface_item(
        self, places: list[_Place], name: str
    ) -> tuple[dict[WorldKey, WorldItem], WorldKey, InterfaceItem]:
        found = self._find(places, name)
        item = found[0][found[1]] if found is not None else None
        if found is None or not isinstance(item, InterfaceItem):
            raise self.error(f"there is no interface {name!r} in the world")
        return *found, item

    def _inline(self, places: list[_Place], name: str, data: Any) -> None:
        items, key, item = self._interface_item(places, name)
        members = self.members(data)
        items[key] = replace(item, stability=self._stability(members.get("stability")))
        self._interface(item.id, members)

    def _world_function(self, places: list[_Place], name: str, data: Any) -> None:
        found = self._find(places, name)
        item = found[0][found[1]] if found is not None else None
        if found is None or not isinstance(item, FunctionItem):
            raise self.error(f"there is no function {name!r} in the world")
        found[0][found[1]] = FunctionItem(self._function(item.function, data))


_Place = tuple[dict[WorldKey, WorldItem], dict[str, WorldKey]]
"""One direction of a world: its items, and their keys by name."""

"""Two schemes of core names: the convention of the tools (`legacy`), and the standard `cm32p2` (BuildTargets.md)."""

from __future__ import annotations

from typing import Protocol

from generator.canonical import names
from generator.canonical.names import ImportName, Intrinsic
from generator.names.component_names import canonical_interface_name
from generator.resolved.model import Function, Resolve, WorldKey
from generator.resolved.types import TypeId


class NameScheme(Protocol):
    """Core names of a world's imports and exports. `key` is None for functions and types of the world itself."""

    memory: str
    realloc: str
    initialize: str

    def import_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> ImportName: ...

    def import_resource(
        self, resolve: Resolve, key: WorldKey | None, resource: TypeId, intrinsic: Intrinsic, exported: bool
    ) -> ImportName: ...

    def export_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str: ...

    def post_return(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str: ...

    def dtor(self, resolve: Resolve, key: WorldKey, resource: TypeId) -> str: ...


class LegacyNames:
    memory = names.MEMORY
    realloc = names.REALLOC
    initialize = names.INITIALIZE

    def import_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> ImportName:
        return names.import_name(resolve, key, function)

    def import_resource(
        self, resolve: Resolve, key: WorldKey | None, resource: TypeId, intrinsic: Intrinsic, exported: bool
    ) -> ImportName:
        return names.resource_import_name(resolve, key, resource, intrinsic, exported)

    def export_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str:
        return names.export_name(resolve, key, function)

    def post_return(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str:
        return names.post_return_name(resolve, key, function)

    def dtor(self, resolve: Resolve, key: WorldKey, resource: TypeId) -> str:
        return names.dtor_name(resolve, key, resource)


_PREFIX = "cm32p2"
_RESOURCE_SUFFIX = {Intrinsic.NEW: "new", Intrinsic.REP: "rep", Intrinsic.DROP: "drop"}


class Standard32Names:
    memory = f"{_PREFIX}_memory"
    realloc = f"{_PREFIX}_realloc"
    initialize = f"{_PREFIX}_initialize"

    def import_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> ImportName:
        return self._module(resolve, key, ""), function.name

    def import_resource(
        self, resolve: Resolve, key: WorldKey | None, resource: TypeId, intrinsic: Intrinsic, exported: bool
    ) -> ImportName:
        name = names.resource_name(resolve, resource)
        return self._module(resolve, key, "_ex_" if exported else ""), f"{name}_{_RESOURCE_SUFFIX[intrinsic]}"

    def export_function(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str:
        return f"{_PREFIX}|{interface_text(resolve, key)}|{function.name}"

    def post_return(self, resolve: Resolve, key: WorldKey | None, function: Function) -> str:
        return f"{self.export_function(resolve, key, function)}_post"

    def dtor(self, resolve: Resolve, key: WorldKey, resource: TypeId) -> str:
        return f"{_PREFIX}|{interface_text(resolve, key)}|{names.resource_name(resolve, resource)}_dtor"

    def _module(self, resolve: Resolve, key: WorldKey | None, side: str) -> str:
        return _PREFIX if key is None else f"{_PREFIX}|{side}{interface_text(resolve, key)}"


def interface_text(resolve: Resolve, key: WorldKey | None) -> str:
    """An interface's name with the canonical part of its version."""
    if key is None:
        return ""
    return canonical_interface_name(resolve.world_key_name(key))[0]


SCHEMES: dict[str, NameScheme] = {"legacy": LegacyNames(), "standard32": Standard32Names()}

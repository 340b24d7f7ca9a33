"""Core names of the standard scheme `cm32p2` (BuildTargets.md), next to the convention of `generator.canonical.names`.
Imports are translated into the convention's names, so that one table of meanings serves both; exports are looked up
under both names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.canonical.names import ASYNC_LIFT_PREFIXES, ROOT, dtor_name, export_name, post_return_name, resource_name
from generator.names.component_names import canonical_interface_name
from generator.resolved.model import Function, Resolve, WorldKey
from generator.resolved.types import TypeId

PREFIX = "cm32p2"
MEMORY = "cm32p2_memory"
REALLOC = "cm32p2_realloc"
INITIALIZE = "cm32p2_initialize"

_IMPORT = re.compile(r"cm32p2(?:\|(_ex_)?(.+))?")
_RESOURCE = re.compile(r"([^_]+)_(new|rep|drop)")


@dataclass(frozen=True, slots=True)
class ExportNames:
    """The core names of an exported synchronous function and of its post-return function."""

    function: str
    post_return: str


def conventional_import(module: str, field: str) -> tuple[str, str]:
    """Module and field by the convention; names outside the standard scheme stay unchanged."""
    match = _IMPORT.fullmatch(module)
    if match is None:
        return module, field
    exported, interface = match.groups()
    resource = _RESOURCE.fullmatch(field)  # `_` is in no other name
    if resource is not None:
        field = f"[resource-{resource[2]}]{resource[1]}"
    return f"{'[export]' if exported else ''}{interface or ROOT}", field


def is_standard(module: str) -> bool:
    """Whether imports of that module have names of the standard scheme."""
    return _IMPORT.fullmatch(module) is not None


def function_export_names(
    resolve: Resolve, key: WorldKey | None, function: Function
) -> tuple[ExportNames, ExportNames]:
    """By the convention and by the standard."""
    standard = f"{PREFIX}|{_interface(resolve, key)}|{function.name}"
    return (
        ExportNames(export_name(resolve, key, function), post_return_name(resolve, key, function)),
        ExportNames(standard, f"{standard}_post"),
    )


def dtor_export_names(resolve: Resolve, key: WorldKey, resource: TypeId) -> tuple[tuple[str, ...], str]:
    """By the convention and by the standard. The convention's names with the prefixes of async functions mean the same
    (so wasm-tools 1.262 writes and reads them): destructors are called synchronously."""
    name = dtor_name(resolve, key, resource)
    return (
        (name, *[prefix + name for prefix in ASYNC_LIFT_PREFIXES]),
        f"{PREFIX}|{_interface(resolve, key)}|{resource_name(resolve, resource)}_dtor",
    )


def _interface(resolve: Resolve, key: WorldKey | None) -> str:
    """An interface's name with only the part of its version that compatible versions share."""
    if key is None:
        return ""
    return canonical_interface_name(resolve.world_key_name(key))[0]

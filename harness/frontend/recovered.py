"""The world of a component, a library or a module, as WIT for a case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from generator.errors import GeneratorError
from generator.resolved.model import PackageId, PackageName, Resolve
from generator.sources.load import load, select_world
from generator.wit.printer import print_all
from harness.frontend.front_end import FrontEndError

_NAMELESS = PackageName("root", "component"), PackageName("root", "root")
"""Binaries do not contain the name of their package; readers of them use these (`component wit` of wasm-tools)."""
_NAME = PackageName("recovered", "binary")
"""With the readers' own name, `component link` mistakes the world for the worlds of other libraries."""


def recovered_text(binary: Path, without: Collection[str]) -> str:
    """The world in one WIT text, without these imports and exports. Raises `FrontEndError`."""
    try:
        resolve, package = load(binary)
        world = resolve.worlds[select_world(resolve, package, None)]
    except GeneratorError as error:
        raise FrontEndError(error) from error
    for items in (world.imports, world.exports):
        for key in [key for key in items if resolve.world_key_name(key) in without]:
            del items[key]
    if resolve.packages[package].name in _NAMELESS and not any(name.name == _NAME for name in resolve.packages):
        resolve.packages[package] = replace(resolve.packages[package], name=_NAME)
    return print_all(resolve, package, without=_only_with(resolve, without))


def _only_with(resolve: Resolve, names: Collection[str]) -> set[PackageId]:
    """Packages that contain only these interfaces, which nothing else uses."""
    return {
        PackageId(index)
        for index, package in enumerate(resolve.packages)
        if package.interfaces and all(package.name.item_id(name) in names for name in package.interfaces)
    }

"""The WIT of a component, by our decoder and printer: one canonical form for whatever built it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from generator.errors import GeneratorError
from generator.wit.binary.decode import decode_component
from generator.wit.model import PackageId, Resolve
from generator.wit.printer import print_package


def component_wit(component: bytes) -> str:
    """All packages that a component's world refers to, as text; an error in words where it cannot be decoded."""
    try:
        resolve, world = decode_component(component)
        package = resolve.worlds[world].package
        assert package is not None
        _sort(resolve)
        others = [PackageId(index) for index in range(len(resolve.packages)) if index != package]
        texts = [print_package(resolve, other, docs=False) for other in others]
        return "\n".join([print_package(resolve, package, docs=False), *sorted(texts)])
    except GeneratorError as error:
        return f"(cannot be decoded: {error})"


_K = TypeVar("_K")
_V = TypeVar("_V")


def _sort(resolve: Resolve) -> None:
    """The order of items has no meaning; put them into one."""
    for world in resolve.worlds:
        for items in (world.imports, world.exports):
            _reorder(items, resolve.world_key_name)
    for interface in resolve.interfaces:
        _reorder(interface.types, str)
        _reorder(interface.functions, str)
    for package in resolve.packages:
        _reorder(package.interfaces, str)


def _reorder(items: dict[_K, _V], name: Callable[[_K], str]) -> None:
    ordered = sorted(items.items(), key=lambda item: name(item[0]))
    items.clear()
    items.update(ordered)

"""Feature gates and documentation on the items of a random world (WIT.md, "Feature Gates")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.fuzz.choices import Source, chance, choose
from harness.fuzz.worlds.ast import Container, Definition, Extern, Function, Package, Resource, World

ON = ("on", "on-too")
"""Features that are enabled; `off` is not."""

_DOCS = (
    "Documentation.",
    "Two\nlines.",
    "  Indented, with `code` and */ and \u00fcml\u00e4uts.",
    "@since(version = 1.0.0)",
)


def add_gates(source: Source, packages: Sequence[Package], worlds: Sequence[World]) -> tuple[str, ...]:
    """Gates that leave everything in, at random items; the features to be enabled."""
    for item, package in _items(packages, worlds):
        if chance(source, 4):
            item.gate = _gate(source, package)
        if chance(source, 4):
            item.docs = choose(source, _DOCS)
    return ON


def _gate(source: Source, package: Package) -> str:
    features = choose(source, ON)
    deprecated = f" @deprecated(version = {package.version})" if chance(source, 3) and package.version else ""
    if package.version is not None and chance(source, 2):
        return f"@since(version = {package.version}){deprecated}"
    return f"@unstable(feature = {features}){deprecated}"


def _items(
    packages: Sequence[Package], worlds: Sequence[World]
) -> Iterator[tuple[Container | Definition | Function | Extern, Package]]:
    for package in packages:
        for interface in package.interfaces:
            yield interface, package
            yield from _inside(interface)
    for world in worlds:
        yield from _inside(world.level)
        for extern in world.externs:
            yield extern, world.level.package
            if isinstance(extern.item, Container) and extern.item.is_inline:
                yield from _inside(extern.item)


def _inside(container: Container) -> Iterator[tuple[Definition | Function, Package]]:
    for definition in container.types:
        yield definition, container.package
        if isinstance(definition.body, Resource):
            for function in definition.body.functions:
                yield function, container.package
    for function in container.functions:
        yield function, container.package

"""Feature gates and documentation on the items of a random world (WIT.md, "Feature Gates")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.fuzz.choices import Source, chance, choose
from harness.fuzz.worlds.ast import (
    Composite,
    Container,
    Extern,
    Facts,
    Function,
    Package,
    Resource,
    Type,
    TypeDefinition,
    TypeMember,
    World,
)
from harness.fuzz.worlds.names import ScopeNames

ON = ("on", "on-too")
"""Features that are enabled; `off` is not."""

_CLOSED = ("@unstable(feature = off)", "@unstable(feature = on-not)")

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


def add_closed(source: Source, packages: Sequence[Package], worlds: Sequence[World], export_names: ScopeNames) -> None:
    """Items that are not part of the world, because their features are off; open items never need them."""
    for package in packages:
        for interface in package.interfaces:
            if chance(source, 3):
                _close_in(source, interface)
    for world in worlds:
        if chance(source, 2):
            is_import = chance(source, 2)
            names = world.level.names if is_import else export_names
            label = names.simple()
            world.externs.append(
                Extern(is_import, _closed_function(source, label), label, gate=choose(source, _CLOSED))
            )


def _close_in(source: Source, container: Container) -> None:
    """A function, a type or a method."""
    resources = [definition.body for definition in container.types if isinstance(definition.body, Resource)]
    way = choose(source, ("function", "type", *(["method"] if resources else [])))
    if way == "method":
        resource = choose(source, resources)
        resource.functions.append(_closed_function(source, resource.names.simple(), "method"))
    elif way == "type":
        record = Composite("record", (TypeMember("a", Type("u8", Facts())),))
        name = container.names.simple()
        gate = choose(source, _CLOSED)
        container.types.append(TypeDefinition(name, record, Facts(), gate=gate))
        user = _closed_function(source, container.names.simple())
        user.gate, user.result = gate, Type(name, Facts(), named=container.types[-1])
        container.functions.append(user)
    else:
        container.functions.append(_closed_function(source, container.names.simple()))


def _closed_function(source: Source, name: str, kind: str = "function") -> Function:
    params = (TypeMember("a", Type("u8", Facts())),)
    return Function(name, kind, params, None, gate=choose(source, _CLOSED))


def _gate(source: Source, package: Package) -> str:
    features = choose(source, ON)
    deprecated = f" @deprecated(version = {package.version})" if chance(source, 3) and package.version else ""
    if package.version is not None and chance(source, 2):
        return f"@since(version = {package.version}){deprecated}"
    return f"@unstable(feature = {features}){deprecated}"


def _items(
    packages: Sequence[Package], worlds: Sequence[World]
) -> Iterator[tuple[Container | TypeDefinition | Function | Extern, Package]]:
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


def _inside(container: Container) -> Iterator[tuple[TypeDefinition | Function, Package]]:
    for definition in container.types:
        yield definition, container.package
        if isinstance(definition.body, Resource):
            for function in definition.body.functions:
                yield function, container.package
    for function in container.functions:
        yield function, container.package

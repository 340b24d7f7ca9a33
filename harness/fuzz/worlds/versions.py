"""Worlds that import one interface in several versions, some of which a linker merges (docs/linking.md).

Only the versions matter, so the interface is small. A higher version has all that a lower one has, and more; rarely a
version lacks a function or has it with another type, so that it cannot be merged.
"""

from __future__ import annotations

from itertools import count

from harness.fuzz.choices import Source, chance, choose, repeat
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

VERSIONS = (
    "1.0.0",
    "1.2.0",
    "1.10.0",
    "2.0.0",
    "0.1.9",
    "0.1.10",
    "0.2.0",
    "0.0.1",
    "0.0.2",
    "1.10.0-rc.1",
    "0.1.10-rc.1",
    "1.2.0+build.1",
    "1.10.0-rc.1+build.1",
)
"""Both sides of every rule about compatible versions (semver.org, item 4; WIT.md, "Package Names"). Their order by
number differs from that of their texts."""

Number = tuple[int, ...]


def add_versions(source: Source, packages: list[Package], world: World, resources: bool) -> tuple[str, ...]:
    """Import an interface in several versions, rarely export it too; returns the versions. `resources`: whether it may
    have one."""
    namespace = next(name for name in map("v{}".format, count()) if all(name != item.namespace for item in packages))
    drawn: list[str] = []
    for _ in repeat(source, 2, 4, "version"):
        drawn.append(choose(source, [version for version in VERSIONS if version not in drawn]))
    resource = resources and chance(source, 3)
    other, has_always = (choose(source, drawn), choose(source, (True, False))) if chance(source, 5) else (None, True)
    exported = choose(source, drawn) if chance(source, 6) else None
    for version in drawn:
        package = Package(namespace, "lib", version)
        packages.append(package)
        functions = 1 + sum(_number(other) < _number(version) for other in drawn)
        always = _ALWAYS if version != other else _OTHER if has_always else None
        interface = _interface(package, always, functions, resource)
        world.externs.append(Extern(True, interface))
        if version == exported:
            world.externs.append(Extern(False, interface))
    return tuple(drawn)


def _number(version: str) -> Number:
    return tuple(int(part) for part in version.partition("-")[0].partition("+")[0].split("."))


def _interface(package: Package, always: Type | None, functions: int, resource: bool) -> Container:
    """`always`: the parameter of a function that all versions should have, None for none. `functions`: how many come
    with higher versions."""
    interface = Container(package.names.claim("api"), package)
    package.interfaces.append(interface)
    record = TypeDefinition("pair", Composite("record", (TypeMember("a", _U32), TypeMember("b", _TEXT))), Facts(3, 3))
    interface.types.append(record)
    pair = Type(record.name, record.facts, named=record)
    if always is not None:
        interface.functions.append(Function("always", "function", (TypeMember("a", always),), pair))
    for number in range(functions):
        interface.functions.append(Function(f"since{number}", "function", (TypeMember("a", _U32),), pair))
    if resource:
        members = [
            Function("", "constructor", (TypeMember("a", _U32),), None),
            Function("get", "method", (), _TEXT),
        ]
        interface.types.append(TypeDefinition("thing", Resource(members), Facts(resource=True)))
    return interface


_U32 = Type("u32", Facts())
_ALWAYS, _OTHER = _U32, Type("s32", Facts())
"""Two parameters with one core type."""
_TEXT = Type("string", Facts(2))

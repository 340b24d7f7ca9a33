"""Worlds with many of one countable thing: as many as a byte, or half of one, just holds, or just does not.

A count of 63, 127 or 255 is the last that fits into 6, 7 or 8 bits: a signed LEB128 byte, an unsigned one, a byte. Only
the counted thing differs from a small world, so few choices make such a world, and it shrinks fast.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count as counted

from harness.fuzz.choices import Source, choose
from harness.fuzz.worlds.ast import (
    Alias,
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
    pointed,
    product,
)
from harness.fuzz.worlds.names import ScopeNames

SIDES = (64, 63, 65, 128, 127, 129, 256, 255, 257, 254)
"""Both sides of the limits of 6, 7 and 8 bits; 254 words is the longest distance of one byte between our
relocations."""

BEYOND_A_BYTE = (257, 256)

LEVELS = (64, 63, 65, 88)
"""Levels of types in each other, or of names for names: the harness goes to 90 (engines have 100, a function takes
some)."""

_SCALARS = ("u8", "u16", "u32", "u64", "s8", "f32", "bool", "char", "f64")
_PER_FUNCTION = 12
"""Types that one function uses: beyond 16 all are passed in memory."""

Fill = Callable[[Container, int], None]


def _name(number: int) -> str:
    return f"n{number}"


def _scalar(number: int) -> Type:
    return Type(_SCALARS[number % len(_SCALARS)], Facts())


def _function(container: Container, *params: Type, result: Type | None = None) -> None:
    members = tuple([TypeMember(_name(index), type) for index, type in enumerate(params)])
    container.functions.append(Function(f"call{len(container.functions)}", "function", members, result))


def _define(container: Container, body: Alias | Composite | Resource, facts: Facts) -> Type:
    definition = TypeDefinition(f"t{len(container.types)}", body, facts)
    container.types.append(definition)
    return Type(definition.name, facts, named=definition)


def _list_of(type: Type) -> Type:
    return Type("list", pointed([type.facts]), (type,))


def _functions(container: Container, count: int) -> None:
    for number in range(count):
        _function(container, _scalar(number), result=_scalar(number + 1))


def _used(container: Container, types: list[Type]) -> None:
    """Functions that use all the types, because an unused type may be left out."""
    for start in range(0, len(types), _PER_FUNCTION):
        _function(container, *types[start : start + _PER_FUNCTION], result=types[start])


def _types(container: Container, count: int) -> None:
    makers = [
        lambda n: Composite("record", (TypeMember("a", _scalar(n)),)),
        lambda n: Composite("enum", (TypeMember("a"), TypeMember(_name(n)))),
    ]
    _used(container, [_define(container, makers[number % 2](number), Facts()) for number in range(count)])


def _records(container: Container, count: int) -> None:
    """All types are of one kind, because the interpreter numbers types by kind. Smaller counts are those of `types`."""
    records = [Composite("record", (TypeMember(_name(number), _scalar(number)),)) for number in range(count)]
    _used(container, [_define(container, record, Facts()) for record in records])


def _aliases(container: Container, count: int) -> None:
    type = Type("u8", Facts())
    for _ in range(count):
        type = _define(container, Alias(type), Facts())
    _function(container, type, result=type)


def _fields(container: Container, count: int) -> None:
    fields = tuple([TypeMember(_name(number), _scalar(number)) for number in range(count)])
    record = _define(container, Composite("record", fields), Facts(count, count))
    _function(container, record, result=record)


def _items(container: Container, count: int) -> None:
    items = tuple([_scalar(number) for number in range(count)])
    _function(container, Type("tuple", product([item.facts for item in items]), items))


def _cases(container: Container, count: int) -> None:
    """The last case and the first of each two have a payload."""
    cases = [TypeMember(_name(number), _scalar(number) if number % 2 == 0 else None) for number in range(count - 1)]
    variant = _define(container, Composite("variant", (*cases, TypeMember("last", Type("u8", Facts())))), Facts())
    _function(container, _list_of(variant), result=variant)


def _labels(container: Container, count: int) -> None:
    enum = _define(container, Composite("enum", tuple([TypeMember(_name(number)) for number in range(count)])), Facts())
    _function(container, _list_of(enum), result=enum)


def _parameters(container: Container, count: int) -> None:
    _function(container, *[_scalar(number) for number in range(count)], result=_scalar(0))


def _resources(container: Container, count: int) -> None:
    for number in range(count):
        functions = [Function("", "constructor", (), None)] if number % 4 == 0 else []
        _define(container, Resource(functions), Facts(resource=True))


def _methods(container: Container, count: int) -> None:
    made = Function("", "constructor", (), None)
    methods = [Function(_name(number), "method", (), _scalar(number)) for number in range(count)]
    _define(container, Resource([made, *methods]), Facts(resource=True))


def _long_names(container: Container, count: int) -> None:
    """Words of at most ten letters, because some tools print them."""
    name = "-".join(["longer-nam"] * (count // 11 + 1))[:count].rstrip("-")
    name += "e" * (count - len(name))
    record = _define(container, Composite("record", (TypeMember(name, Type("u8", Facts())),)), Facts())
    container.functions.append(Function(name, "function", (TypeMember(name, record),), record))


def _levels(container: Container, count: int) -> None:
    type = Type("u8", Facts())
    for level in range(count - 1):
        type = (_list_of(type), Type("option", Facts(), (type,)), Type("tuple", Facts(), (type,)))[level % 3]
    _function(container, type, result=type)


_WITHIN: dict[str, tuple[Fill, tuple[int, ...]]] = {
    "functions": (_functions, SIDES),
    "types": (_types, SIDES),
    "records": (_records, BEYOND_A_BYTE),
    "fields": (_fields, SIDES),
    "cases": (_cases, SIDES),
    "labels": (_labels, SIDES),
    "parameters": (_parameters, SIDES),
    "items": (_items, SIDES),
    "aliases": (_aliases, LEVELS),
    "resources": (_resources, SIDES),
    "methods": (_methods, SIDES),
    "name": (_long_names, SIDES),
    "levels": (_levels, LEVELS),
}
"""The many things of an interface."""

IMPORTS, EXPORTS, INTERFACES = "imports", "exports", "interfaces"

_OF_RESOURCES = ("resources", "methods")

DIMENSIONS = (*_WITHIN, IMPORTS, EXPORTS, INTERFACES)

_OFTEN = ("records",)
"""Drawn twice as often: only with 257 types has one of each kind a number of two bytes."""


def stretch(
    source: Source, package: Package, world: World, export_names: ScopeNames, resources: bool = True
) -> tuple[str, int]:
    """Add many of one thing to a world; returns the name of the thing and the number. `resources`: whether it may have
    any."""
    dimension = choose(source, [name for name in (*DIMENSIONS, *_OFTEN) if resources or name not in _OF_RESOURCES])
    if dimension in _WITHIN:
        fill, counts = _WITHIN[dimension]
        count = choose(source, counts)
        interface = _interface(package)
        fill(interface, count)
        for is_import in choose(source, ((True,), (False,), (True, False))):
            world.externs.append(Extern(is_import, interface))
        return dimension, count
    count = choose(source, SIDES)
    names = export_names if dimension == EXPORTS else world.level.names
    is_import = dimension == IMPORTS or (dimension == INTERFACES and choose(source, (True, False)))
    for number in range(count):
        if dimension == INTERFACES:
            interface = _interface(package)
            _function(interface, _scalar(number))
            world.externs.append(Extern(is_import, interface))
        else:
            label = next(label for label in map(_name, counted(number)) if label not in names)
            function = Function(label, "function", (TypeMember("a", _scalar(number)),), _scalar(number + 1))
            world.externs.append(Extern(is_import, function, names.claim(label)))
    return dimension, count


def _interface(package: Package) -> Container:
    name = next(name for name in map("many{}".format, counted(1)) if name not in package.names)
    interface = Container(package.names.claim(name), package)
    package.interfaces.append(interface)
    return interface

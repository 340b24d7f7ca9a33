"""Random worlds as WIT text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.fuzz.worlds.ast import (
    Alias,
    Composite,
    Container,
    Extern,
    Function,
    Package,
    Resource,
    Type,
    TypeDefinition,
    TypeMember,
    UsedType,
    World,
)
from harness.fuzz.worlds.names import escaped

_INDENT = "  "


def wit_text(packages: Sequence[Package], world: World, included: World | None) -> str:
    """One text: the world's package, then the others nested in it."""
    main, *others = packages
    lines = [f"package {package_name(main)};"]
    for interface in main.interfaces:
        lines += ["", *_interface(interface)]
    if included is not None:
        lines += ["", *_world(included, None)]
    lines += ["", *_world(world, included)]
    for package in others:
        if package.interfaces:
            body = [line for interface in package.interfaces for line in _interface(interface)]
            lines += ["", f"package {package_name(package)} {{", *_indented(body), "}"]
    return "\n".join(lines) + "\n"


def package_name(package: Package) -> str:
    version = f"@{package.version}" if package.version is not None else ""
    return f"{escaped(package.namespace)}:{escaped(package.name)}{version}"


def path_text(target: Container, origin: Package) -> str:
    """An interface as it is written in a package."""
    if target.package is origin:
        return escaped(target.name)
    package = target.package
    version = f"@{package.version}" if package.version is not None else ""
    return f"{escaped(package.namespace)}:{escaped(package.name)}/{escaped(target.name)}{version}"


def _indented(lines: Iterator[str] | list[str]) -> Iterator[str]:
    return (_INDENT + line if line else line for line in lines)


def _head(docs: str, gate: str) -> Iterator[str]:
    if docs:
        yield from (f"/// {line}" for line in docs.split("\n"))
    if gate:
        yield gate


def _interface(interface: Container) -> Iterator[str]:
    yield from _head(interface.docs, interface.gate)
    yield f"interface {escaped(interface.name)} {{"
    yield from _indented(_items(interface))
    yield "}"


def _items(container: Container) -> Iterator[str]:
    for definition in container.types:
        yield from _definition(definition, container)
    for function in container.functions:
        yield from _function(function)


def _definition(definition: TypeDefinition, container: Container) -> Iterator[str]:
    yield from _head(definition.docs, definition.gate)
    name, body = escaped(definition.name), definition.body
    match body:
        case UsedType(interface, original):
            renamed = f" as {name}" if original.name != definition.name else ""
            yield f"use {path_text(interface, container.package)}.{{{escaped(original.name)}{renamed}}};"
        case Alias(type):
            yield f"type {name} = {type_text(type)};"
        case Composite(word, members):
            yield f"{word} {name} {{ {', '.join(_member(word, member) for member in members)} }}"
        case Resource(functions) if functions:
            yield f"resource {name} {{"
            for function in functions:
                yield from _indented(_function(function))
            yield "}"
        case Resource():
            yield f"resource {name};"


def _member(word: str, member: TypeMember) -> str:
    name = escaped(member.name)
    if member.type is None:
        return name
    return f"{name}: {type_text(member.type)}" if word == "record" else f"{name}({type_text(member.type)})"


def _function(function: Function) -> list[str]:
    name = escaped(function.name)
    before = {"constructor": "constructor", "static": f"{name}: static "}.get(function.kind, f"{name}: ")
    return [*_head(function.docs, function.gate), before + _signature(function) + ";"]


def _signature(function: Function) -> str:
    params = ", ".join(f"{escaped(param.name)}: {type_text(_typed(param))}" for param in function.params)
    result = f" -> {type_text(function.result)}" if function.result is not None else ""
    func = function.accessor or ("async func" if function.is_async else "func")
    word = "" if function.kind == "constructor" else func
    return f"{word}({params}){result}"


def _typed(param: TypeMember) -> Type:
    assert param.type is not None
    return param.type


def type_text(type: Type) -> str:
    """A type expression."""
    if type.named is not None:
        return escaped(type.named.name)
    if type.word == "result":
        ok, err = type.arguments
        if err is not None:
            return f"result<{type_text(ok) if ok is not None else '_'}, {type_text(err)}>"
        return f"result<{type_text(ok)}>" if ok is not None else "result"
    parts = [type_text(argument) for argument in type.arguments if argument is not None]
    if type.size is not None:
        parts.append(str(type.size))
    return f"{type.word}<{', '.join(parts)}>" if parts else type.word


def _world(world: World, included: World | None) -> Iterator[str]:
    level = world.level
    yield from _head(level.docs, level.gate)
    yield f"world {escaped(level.name)} {{"
    if included is not None:
        renames = ", ".join(f"{escaped(old)} as {escaped(new)}" for old, new in included.renames)
        renaming = f" with {{ {renames} }}" if renames else ";"
        yield f"{_INDENT}include {escaped(included.level.name)}{renaming}"
    for definition in level.types:
        yield from _indented(list(_definition(definition, level)))
    for extern in world.externs:
        yield from _indented(list(_extern(extern, level)))
    yield "}"


def _extern(extern: Extern, level: Container) -> Iterator[str]:
    yield from _head(extern.docs, extern.gate)
    word = "import" if extern.is_import else "export"
    label = f"{escaped(extern.label)}: " if extern.label is not None else ""
    item = extern.item
    if isinstance(item, Function):
        yield f"{word} {label}{_signature(item)};"
    elif item.is_inline:
        yield f"{word} {label}interface {{"
        yield from _indented(_items(item))
        yield "}"
    else:
        yield f"{word} {label}{path_text(item, level.package)};"

"""One world: its own items, then its includes, then implied items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from generator.names.component_names import HOW_NAMES_ARE_COMPARED, FunctionName
from generator.resolved.model import (
    FunctionItem,
    InterfaceItem,
    InterfaceKey,
    PackageName,
    Resolve,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.wit.ast import (
    ExternDeclaration,
    FunctionDeclaration,
    IncludeDeclaration,
    InterfaceDeclaration,
    Name,
    TypeDeclaration,
    UseDeclaration,
    WorldDeclaration,
)
from generator.wit.contained import Contained
from generator.wit.elaborate import MissingExportError, elaborate
from generator.wit.include import include
from generator.wit.resolve_functions import pair_setters, resolve_function, resource_functions
from generator.wit.resolve_package import PackageResolver, Unit
from generator.wit.resolve_types import Scope
from generator.wit.unique import world_clash
from generator.wit.world_sizes import WorldSizes


class BegunWorld(NamedTuple):
    """A world with its own items; what it includes is still missing."""

    declaration: WorldDeclaration
    unit: Unit
    id: WorldId


def resolve_worlds(
    package: PackageResolver, declarations: Iterable[tuple[WorldDeclaration, Unit]], sizes: WorldSizes | None = None
) -> None:
    """Add the worlds of the package, unless their gates disable them; each after the worlds that it includes.

    All worlds begin before the first includes anything, so that copies come after all other types, where
    `move_owned_handles` would put them at the price of making all of them anew. But inline interfaces have places, too:
    where worlds declare some, copies of interfaces come between them, as in the reference.

    Raises LimitError if `sizes` finds too many types.
    """
    worlds = list(declarations)
    if any(_declares_interfaces(declaration) for declaration, _ in worlds):
        for declaration, unit in worlds:
            begun = _begin(package, declaration, unit)
            if begun is not None:
                _count(package, begun, sizes)
                _finish(package, begun)
        return
    all_begun = [begun for world in worlds if (begun := _begin(package, *world)) is not None]
    for begun in all_begun:
        _count(package, begun, sizes)
    for begun in all_begun:
        _finish(package, begun)


def _declares_interfaces(world: WorldDeclaration) -> bool:
    return any(
        isinstance(member, ExternDeclaration) and isinstance(member.item, InterfaceDeclaration)
        for member in world.members
    )


def _begin(package: PackageResolver, declaration: WorldDeclaration, unit: Unit) -> BegunWorld | None:
    """A world in the arena; None if its gates disable it."""
    context = package.context
    name = declaration.name
    attributes = declaration.attributes
    if not context.is_included(attributes.stability, unit.source, attributes.at):
        package.add_world(name.text, None)
        Contained(context, unit.source).check_world(declaration)
        return None
    span = unit.source.span(name.at)
    world = World(name.text, context.package_id, {}, {}, declaration.docs, attributes.stability, span)
    context.resolve.worlds.append(world)
    id = WorldId(len(context.resolve.worlds) - 1)
    package.add_world(name.text, id)
    _own_items(package, declaration, unit, world, id)
    return BegunWorld(declaration, unit, id)


def _finish(package: PackageResolver, begun: BegunWorld) -> None:
    declaration, unit, id = begun
    context = package.context
    world = context.resolve.worlds[id]
    for included, member in _included(package, begun):
        include(context, unit.source, id, included, member)
    for items in (world.imports, world.exports):
        _pair_setters(context.resolve, items)
    try:
        elaborate(context.resolve, world)
    except MissingExportError as error:
        raise unit.source.error(declaration.name.at, str(error)) from error
    _check_names(package, unit, declaration, id)


def _included(package: PackageResolver, begun: BegunWorld) -> Iterator[tuple[WorldId, IncludeDeclaration]]:
    source = begun.unit.source
    for member in begun.declaration.members:
        if isinstance(member, IncludeDeclaration):
            stability, _, at = member.attributes
            if package.context.is_included(stability, source, at):
                yield package.world(member.path, begun.unit), member


def _count(package: PackageResolver, begun: BegunWorld, sizes: WorldSizes | None) -> None:
    if sizes is not None:
        sizes.add(begun.id, (included for included, _ in _included(package, begun)))


def _pair_setters(resolve: Resolve, items: dict[WorldKey, WorldItem]) -> None:
    """Put setters behind their getters; either may come from `include`."""
    if not any(isinstance(key, str) and "[set]" in key for key in items):
        return
    functions = {item.function.name: item.function for item in items.values() if isinstance(item, FunctionItem)}
    order = pair_setters(resolve, functions)
    if order == list(functions):
        return
    rest = iter(order)
    # Functions are sorted separately from the other items later on: only their relative order counts.
    ordered = [(next(rest) if isinstance(item, FunctionItem) else key) for key, item in items.items()]
    found = dict(items)
    items.clear()
    items.update((key, found[key]) for key in ordered)


def _own_items(package: PackageResolver, declaration: WorldDeclaration, unit: Unit, world: World, id: WorldId) -> None:
    scope = Scope(package.context, WorldOwner(id), unit.source)
    for member in declaration.members:
        if isinstance(member, UseDeclaration):
            package.use(scope, member, unit)
    scope.define(member for member in declaration.members if isinstance(member, TypeDeclaration))
    world.imports.update((name, TypeItem(type_)) for name, type_ in scope.types.items() if type_ is not None)
    for member in declaration.members:
        if isinstance(member, TypeDeclaration):
            for function in resource_functions(scope, member):
                world.imports[function.name] = FunctionItem(function)
        elif isinstance(member, ExternDeclaration):
            _add_extern(package, scope, member, unit, world)


def _add_extern(
    package: PackageResolver, scope: Scope, declaration: ExternDeclaration, unit: Unit, world: World
) -> None:
    stability, external_id, at = declaration.attributes
    item = declaration.item
    if not package.context.is_included(stability, unit.source, at):
        if isinstance(item, InterfaceDeclaration):
            Contained(package.context, unit.source).check_interface(item)
        return
    key: WorldKey
    value: WorldItem
    if isinstance(item, FunctionDeclaration):
        function = resolve_function(scope, item)
        if function is None:
            return
        key, at = function.name, item.name.at
        value = FunctionItem(function)
    elif isinstance(item, InterfaceDeclaration):
        key, at = item.name.text, item.name.at
        value = InterfaceItem(package.add_interface(item, unit, None), None, stability, external_id)
    else:
        interface = package.interface(item, unit)
        value = InterfaceItem(interface, declaration.docs, stability, external_id)
        at = item.package_at if declaration.name is None else declaration.name.at
        key = InterfaceKey(interface) if declaration.name is None else declaration.name.text
    items, what = (world.imports, "import") if declaration.is_import else (world.exports, "export")
    if key in items:
        name = package.context.resolve.world_key_name(key)
        raise unit.source.error(at, f"the world already has another {what} `{name}`")
    items[key] = value


def _check_names(package: PackageResolver, unit: Unit, declaration: WorldDeclaration, id: WorldId) -> None:
    """Names are strongly-unique, separately for imports and exports (WIT.md, "WIT Worlds"), including implied
    imports."""
    resolve = package.context.resolve
    clash = world_clash(resolve, id)
    if clash is None:
        return
    side, *names = clash
    own = resolve.packages[package.context.package_id].name
    places = [(_place_of(declaration, own, name, side == "import"), name) for name in names]
    (_, first), (at, second) = sorted(places, key=itemgetter(0))
    hint = f"{HOW_NAMES_ARE_COMPARED}, and `[method]r.r` is `r`"
    raise unit.source.error(max(at, declaration.name.at), f"the {side} `{second}` has the same name as `{first}`", hint)


def _place_of(declaration: WorldDeclaration, own: PackageName, name: str, is_import: bool) -> int:
    """The place of an item of a world; -1 for implied items and items from another world."""
    for member in declaration.members:
        names: list[Name] = []
        if isinstance(member, ExternDeclaration) and member.is_import == is_import:
            item = member.item
            if isinstance(item, FunctionDeclaration):
                names.append(Name(str(FunctionName(item.name.text, accessor=item.accessor)), item.name.at))
            elif isinstance(item, InterfaceDeclaration):
                names.append(item.name)
            elif member.name is not None:
                names.append(member.name)
            else:
                names.append(Name((item.package or own).item_id(item.name.text), item.package_at))
        elif isinstance(member, TypeDeclaration) and is_import:
            names.append(member.name)
        elif isinstance(member, UseDeclaration) and is_import:
            names += [local for _, local in member.names]
        for found in names:
            if found.text == name:
                return found.at
    return -1

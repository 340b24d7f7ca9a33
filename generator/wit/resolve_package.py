"""One package: its interfaces and worlds in an order in which each refers only to earlier ones, and their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.errors import WitError
from generator.names.component_names import HOW_NAMES_ARE_COMPARED, canonical_label
from generator.resolved.model import Interface, InterfaceId, InterfaceOwner, PackageId, PackageName, WorldId
from generator.wit.ast import (
    ExternDeclaration,
    FunctionDeclaration,
    IncludeDeclaration,
    InterfaceDeclaration,
    Name,
    PackageMember,
    ToplevelUse,
    TypeDeclaration,
    UseDeclaration,
    UsePath,
    WorldDeclaration,
)
from generator.wit.contained import Contained
from generator.wit.order import topological_order
from generator.wit.package_context import PackageContext
from generator.wit.resolve_functions import pair_setters, resolve_function, resource_functions
from generator.wit.resolve_types import Scope
from generator.wit.text import SourceText


class Unit(NamedTuple):
    """The part of a package in one file; top-level `use` is visible only within it."""

    source: SourceText
    members: tuple[PackageMember, ...]


class PackageItem(NamedTuple):
    """An interface or world of the package: its declaration, then its id (None if its gates disable it)."""

    declaration: InterfaceDeclaration | WorldDeclaration
    unit: Unit


class PackageResolver:
    """Resolves the interfaces and paths of one package; `resolve_worlds` resolves worlds."""

    def __init__(self, context: PackageContext, units: tuple[Unit, ...], packages: dict[PackageName, PackageId]):
        self.context = context
        self._packages = packages
        self._units = units
        self._items = _collect_items(units)
        self._uses = {id(unit): _collect_uses(unit) for unit in units}
        self._interfaces: dict[str, InterfaceId | None] = {}
        self._worlds: dict[str, WorldId | None] = {}

    def ordered_items(self) -> list[PackageItem]:
        """Interfaces and worlds; the dependencies of an item come before it."""
        dependencies: dict[str, list[Name]] = {name: [] for name in self._items}
        sources: dict[int, SourceText] = {}
        for name, (declaration, unit) in self._items.items():
            for path in _needed_paths(declaration):
                target = self._local_target(path, unit)
                if target is not None:
                    # The occurrence of the name here, so that errors point here.
                    needed = Name(target, path.name.at)
                    sources[id(needed)] = unit.source
                    dependencies[name].append(needed)

        def missing(name: Name) -> WitError:
            return self._unknown(name, sources[id(name)])

        def cycle(name: Name) -> WitError:
            message = f"`{name.text}` depends on itself by way of `use` or `include`"
            return sources[id(name)].error(name.at, message)

        return [self._items[name] for name in topological_order(dependencies, missing, cycle)]

    def check_toplevel_uses(self) -> None:
        """Each `use` at the top of a file must name an item, even if nothing refers to it.

        In another package the item is an interface (WIT.md, "Item: toplevel-use"); in this package the reference also
        accepts a world, for `include` under another name.
        """
        for unit in self._units:
            for use in self._uses[id(unit)].values():
                if use.path.package is not None:
                    self.interface(use.path, unit)
                elif use.path.name.text not in self._items:
                    raise self._unknown(use.path.name, unit.source)

    def resolve_interface(self, declaration: InterfaceDeclaration, unit: Unit) -> None:
        name = declaration.name
        if not self.context.is_included(declaration.attributes.stability, unit.source, declaration.attributes.at):
            self._interfaces[name.text] = None
            Contained(self.context, unit.source).check_interface(declaration)
            return
        interface = self.add_interface(declaration, unit, name.text)
        self._interfaces[name.text] = interface
        self.context.resolve.packages[self.context.package_id].interfaces[name.text] = interface

    def add_interface(self, declaration: InterfaceDeclaration, unit: Unit, name: str | None) -> InterfaceId:
        """An interface of the package, or (without a name) an inline interface of a world."""
        context = self.context
        resolve = context.resolve
        span = unit.source.span(declaration.name.at)
        stability = declaration.attributes.stability
        interface = Interface(name, context.package_id, {}, {}, declaration.docs, stability, span)
        resolve.interfaces.append(interface)
        id = InterfaceId(len(resolve.interfaces) - 1)
        scope = Scope(context, InterfaceOwner(id), unit.source)
        setters: dict[str, str] = {}
        for member in declaration.members:
            if isinstance(member, UseDeclaration):
                self.use(scope, member, unit)
        scope.define(member for member in declaration.members if isinstance(member, TypeDeclaration))
        interface.types.update((name, type_) for name, type_ in scope.types.items() if type_ is not None)
        for member in declaration.members:
            if isinstance(member, FunctionDeclaration):
                if member.accessor == "set":
                    scope.claim_in(setters, member.name, "setter")
                else:
                    scope.claim(member.name, "name")
                function = resolve_function(scope, member)
                if function is not None:
                    interface.functions[function.name] = function
            elif isinstance(member, TypeDeclaration):
                for function in resource_functions(scope, member):
                    interface.functions[function.name] = function
        order = pair_setters(resolve, interface.functions)
        functions = [(name, interface.functions[name]) for name in order]
        interface.functions.clear()
        interface.functions.update(functions)
        return id

    def use(self, scope: Scope, declaration: UseDeclaration, unit: Unit) -> None:
        stability, _, at = declaration.attributes
        if self.context.is_included(stability, unit.source, at):
            scope.use(declaration, self.interface(declaration.path, unit))
        else:
            scope.skip_use(declaration)

    def add_world(self, name: str, id: WorldId | None) -> None:
        self._worlds[name] = id
        if id is not None:
            self.context.resolve.packages[self.context.package_id].worlds[name] = id

    def interface(self, path: UsePath, unit: Unit) -> InterfaceId:
        """The interface that a path refers to in this file."""
        path = self._through_use(path, unit)
        name = path.name
        interfaces, worlds = self._scope_of(path)
        found = interfaces.get(name.text)
        if found is not None:
            return found
        if name.text in worlds or (path.package is None and self._is_a(name, WorldDeclaration)):
            raise unit.source.error(name.at, f"`{name.text}` is a world; an interface is needed here")
        raise self._missing_item(path, unit, "interface")

    def world(self, path: UsePath, unit: Unit) -> WorldId:
        """The world that a path refers to in this file."""
        path = self._through_use(path, unit)
        name = path.name
        interfaces, worlds = self._scope_of(path)
        found = worlds.get(name.text)
        if found is not None:
            return found
        if name.text in interfaces or (path.package is None and self._is_a(name, InterfaceDeclaration)):
            raise unit.source.error(name.at, f"`{name.text}` is an interface; a world is needed here")
        raise self._missing_item(path, unit, "world")

    def _is_a(self, name: Name, kind: type[InterfaceDeclaration] | type[WorldDeclaration]) -> bool:
        item = self._items.get(name.text)
        return item is not None and isinstance(item.declaration, kind)

    def _through_use(self, path: UsePath, unit: Unit) -> UsePath:
        """A path with the file's top-level `use` applied; its position stays."""
        if path.package is None:
            use = self._uses[id(unit)].get(path.name.text)
            if use is not None:
                return UsePath(use.path.package, path.package_at, Name(use.path.name.text, path.name.at))
        return path

    def _local_target(self, path: UsePath, unit: Unit) -> str | None:
        path = self._through_use(path, unit)
        return path.name.text if path.package is None else None

    def _scope_of(self, path: UsePath) -> tuple[Mapping[str, InterfaceId | None], Mapping[str, WorldId | None]]:
        """The interfaces and worlds for the lookup of the last name of a path."""
        if path.package is None:
            return self._interfaces, self._worlds
        package = self.context.resolve.packages[self._packages[path.package]]
        return package.interfaces, package.worlds

    def _missing_item(self, path: UsePath, unit: Unit, what: str) -> WitError:
        if path.package is not None:
            return self._not_in_package(path, unit.source, what)
        if path.name.text in self._items:
            hint = "gate its users too, or enable the feature with --features"
            message = f"the {what} `{path.name.text}` is turned off by its feature gate"
            return unit.source.error(path.name.at, message, hint)
        return self._unknown(path.name, unit.source)

    def _unknown(self, name: Name, source: SourceText) -> WitError:
        return source.error(name.at, f"there is no interface or world `{name.text}` in the package")

    def _not_in_package(self, path: UsePath, source: SourceText, what: str) -> WitError:
        assert path.package is not None
        package = self.context.resolve.packages[self._packages[path.package]]
        names = [*package.interfaces, *package.worlds]
        hint = f"it has: {', '.join(names) or 'nothing'}; gated items only if their feature is enabled"
        return source.error(path.name.at, f"the package `{path.package}` has no {what} `{path.name.text}`", hint)


def _collect_items(units: tuple[Unit, ...]) -> dict[str, PackageItem]:
    items: dict[str, PackageItem] = {}
    taken: dict[str, str] = {}
    for unit in units:
        for member in unit.members:
            if isinstance(member, (InterfaceDeclaration, WorldDeclaration)):
                name = member.name.text
                previous = taken.setdefault(canonical_label(name), name)
                if name in items or previous != name:
                    message = f"an interface or world `{previous}` is already defined in this package"
                    hint = HOW_NAMES_ARE_COMPARED if previous != name else None
                    raise unit.source.error(member.name.at, message, hint)
                items[name] = PackageItem(member, unit)
    return items


def _collect_uses(unit: Unit) -> dict[str, ToplevelUse]:
    """The names that top-level `use` adds to a file."""
    taken = {m.name.text for m in unit.members if isinstance(m, (InterfaceDeclaration, WorldDeclaration))}
    uses: dict[str, ToplevelUse] = {}
    for member in unit.members:
        if isinstance(member, ToplevelUse):
            name = member.local
            if name.text in taken or name.text in uses:
                message = f"the name `{name.text}` is already defined in this file"
                raise unit.source.error(name.at, message, "rename one of them with `as`")
            uses[name.text] = member
    return uses


def _needed_paths(declaration: InterfaceDeclaration | WorldDeclaration) -> Iterator[UsePath]:
    """The dependencies of an item: an interface's `use`, a world's `include`.

    Worlds come after all interfaces anyway, so their imports and `use` do not matter for the order.
    """
    for member in declaration.members:
        if isinstance(declaration, InterfaceDeclaration):
            if isinstance(member, UseDeclaration):
                yield member.path
        elif isinstance(member, IncludeDeclaration):
            yield member.path


def all_paths(members: tuple[PackageMember, ...]) -> Iterator[UsePath]:
    """Every path in some members of a package."""
    for member in members:
        if isinstance(member, ToplevelUse):
            yield member.path
        else:
            yield from _paths_of(member)


def _paths_of(declaration: InterfaceDeclaration | WorldDeclaration) -> Iterator[UsePath]:
    for member in declaration.members:
        if isinstance(member, (UseDeclaration, IncludeDeclaration)):
            yield member.path
        elif isinstance(member, ExternDeclaration):
            if isinstance(member.item, UsePath):
                yield member.item
            elif isinstance(member.item, InterfaceDeclaration):
                yield from _paths_of(member.item)

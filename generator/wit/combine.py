"""Adds the packages of one `Resolve` to another: dependencies in binary form, each decoded separately.

A decoded package contains the parts of other packages that it uses. Two sources of the same package are merged: their
common items must be equal.
"""

from __future__ import annotations

from dataclasses import replace

from generator.errors import WitError
from generator.resolved.kinds import rebuild, rebuild_function
from generator.resolved.model import (
    Function,
    FunctionItem,
    Interface,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Owner,
    Package,
    PackageId,
    Resolve,
    TypeDef,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.resolved.types import Type, TypeId
from generator.wit.unique import clash_anywhere


def add_packages(resolve: Resolve, other: Resolve) -> None:
    """Add everything in `other` to `resolve`. Raises WitError if both define an item differently."""
    _Addition(resolve, other).run()


class _Addition:
    def __init__(self, resolve: Resolve, other: Resolve):
        self._resolve = resolve
        self._other = other
        self._packages: list[PackageId] = []
        self._interfaces: list[InterfaceId] = []
        self._worlds: list[WorldId] = []
        self._types: list[TypeId] = []

    def run(self) -> None:
        for package in self._other.packages:
            self._packages.append(self._package(package))
        for interface in self._other.interfaces:
            self._interfaces.append(self._interface(interface))
        new_worlds = [world for world in self._other.worlds if self._world(world)]
        for definition in self._other.types:
            self._types.append(self._type_definition(definition))
        for index, interface in enumerate(self._other.interfaces):
            self._fill_interface(self._interfaces[index], interface)
        for world in new_worlds:
            self._fill_world(world)
        clash = clash_anywhere(self._resolve)
        if clash is not None:
            raise WitError(clash)

    def _package(self, package: Package) -> PackageId:
        known = self._resolve.find_package(package.name)
        if known is not None:
            return known
        self._resolve.packages.append(Package(package.name, {}, {}, package.docs))
        return PackageId(len(self._resolve.packages) - 1)

    def _mapped_package(self, id: PackageId | None) -> PackageId | None:
        return None if id is None else self._packages[id]

    def _interface(self, interface: Interface) -> InterfaceId:
        package = self._mapped_package(interface.package)
        if interface.name is not None and package is not None:
            known = self._resolve.packages[package].interfaces.get(interface.name)
            if known is not None:
                return known
        id = InterfaceId(len(self._resolve.interfaces))
        self._resolve.interfaces.append(replace(interface, package=package, types={}, functions={}))
        if interface.name is not None and package is not None:
            self._resolve.packages[package].interfaces[interface.name] = id
        return id

    def _world(self, world: World) -> bool:
        """Make room for a world; False if `resolve` has it."""
        package = self._mapped_package(world.package)
        if package is not None and world.name in self._resolve.packages[package].worlds:
            self._worlds.append(self._resolve.packages[package].worlds[world.name])
            return False
        id = WorldId(len(self._resolve.worlds))
        self._worlds.append(id)
        self._resolve.worlds.append(replace(world, package=package, imports={}, exports={}))
        if package is not None:
            self._resolve.packages[package].worlds[world.name] = id
        return True

    def _owner(self, owner: Owner | None) -> Owner | None:
        if isinstance(owner, InterfaceOwner):
            return InterfaceOwner(self._interfaces[owner.id])
        return WorldOwner(self._worlds[owner.id]) if isinstance(owner, WorldOwner) else None

    def _type_definition(self, definition: TypeDef) -> TypeId:
        """Definitions refer only to earlier ones, so the parts of this one exist."""
        owner = self._owner(definition.owner)
        kind = rebuild(definition.kind, self._type, self._types.__getitem__)
        if isinstance(owner, InterfaceOwner) and definition.name is not None:
            known = self._resolve.interfaces[owner.id].types.get(definition.name)
            if known is not None:
                return known
        self._resolve.types.append(replace(definition, kind=kind, owner=owner))
        return TypeId(len(self._resolve.types) - 1)

    def _type(self, type_: Type) -> Type:
        return self._types[type_] if isinstance(type_, int) else type_

    def _function(self, function: Function) -> Function:
        return rebuild_function(function, self._type, self._types.__getitem__)

    def _fill_interface(self, id: InterfaceId, interface: Interface) -> None:
        target = self._resolve.interfaces[id]
        for name, type_ in interface.types.items():
            if name in target.functions:
                raise self._differ(id, name)
            target.types.setdefault(name, self._types[type_])
        for name, function in interface.functions.items():
            if name in target.types:
                raise self._differ(id, name)
            if name not in target.functions:
                target.functions[name] = self._function(function)
            elif [param.name for param in function.params] != [param.name for param in target.functions[name].params]:
                raise self._differ(id, name)

    def _differ(self, id: InterfaceId, name: str) -> WitError:
        return WitError(f"two dependencies define `{name}` of `{self._resolve.interface_id(id)}` differently")

    def _fill_world(self, world: World) -> None:
        package = self._mapped_package(world.package)
        assert package is not None, "decoded worlds belong to packages"
        target = self._resolve.worlds[self._resolve.packages[package].worlds[world.name]]
        for items, into in ((world.imports, target.imports), (world.exports, target.exports)):
            for key, item in items.items():
                into[self._key(key)] = self._world_item(item)

    def _key(self, key: WorldKey) -> WorldKey:
        return InterfaceKey(self._interfaces[key.id]) if isinstance(key, InterfaceKey) else key

    def _world_item(self, item: WorldItem) -> WorldItem:
        if isinstance(item, InterfaceItem):
            return replace(item, id=self._interfaces[item.id])
        if isinstance(item, FunctionItem):
            return FunctionItem(self._function(item.function))
        return TypeItem(self._types[item.id])

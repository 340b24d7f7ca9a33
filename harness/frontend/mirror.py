"""The worlds around a world under test: a driver that imports what it exports, a provider that exports what it imports.

They are added to the `Resolve` in their own package. The world's own items are in one inline interface of the provider,
`ROOT`, because WIT cannot export types from a world.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from generator.names.component_names import canonical_name
from generator.resolved.model import (
    NO_GATES,
    FunctionItem,
    Interface,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Package,
    PackageId,
    PackageName,
    Resolve,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.wit.clone import TypeCloner
from generator.wit.elaborate import elaborate
from generator.wit.gates import Features
from generator.wit.package_context import PackageContext, borrowing_types
from harness.frontend.makers import MAKERS, makers_interface, unreturned
from harness.frontend.world_items import Needed, needed_items
from harness.plan.left_out import LeftOut
from harness.plan.roles import ItemKind, Role, Wire

MIRROR = PackageName("harness", "mirror")
ROOT = "root"
SYMBOLS = "env"
"""The core module of a library's own symbols: no toolchain can distinguish an imported interface of that name from it,
so a driver uses another name."""


@dataclass(frozen=True)
class Mirrors:
    """Ids of the new worlds, None for a world that is not needed, and the wires between the components."""

    driver: WorldId | None
    provider: WorldId | None
    wires: tuple[Wire, ...]
    refused: tuple[LeftOut, ...] = ()
    """Functions that the driver cannot import, each with the reason."""


def add_mirrors(resolve: Resolve, world: WorldId) -> Mirrors:
    """Add the mirror worlds of `world`."""
    subject = resolve.worlds[world]
    builder = _Builder(resolve, world)
    provider = builder.provider() if subject.imports else None
    driver = builder.driver() if subject.exports else None
    if provider is not None and driver is not None:
        builder.add_makers(resolve.worlds[provider], resolve.worlds[driver])
    return Mirrors(driver, provider, tuple(builder.wires), builder.refused)


class _Builder:
    def __init__(self, resolve: Resolve, world: WorldId) -> None:
        self._resolve = resolve
        self._subject_id = world
        self._subject = resolve.worlds[world]
        keys = (*self._subject.imports, *self._subject.exports)
        taken = {canonical_name(resolve.world_key_name(key)) for key in keys}
        self._root = _fresh(ROOT, taken)
        self._makers = _fresh(MAKERS, taken)
        self.wires: list[Wire] = []
        self.refused: tuple[LeftOut, ...] = ()
        self._package = PackageId(len(resolve.packages))
        resolve.packages.append(Package(MIRROR, {}, {}))
        self._context = PackageContext(resolve, self._package, Features.of((), True), borrowing_types(resolve))

    def _add_world(self, name: str) -> tuple[WorldId, World]:
        world = World(name, self._package, {}, {})
        id = WorldId(len(self._resolve.worlds))
        self._resolve.worlds.append(world)
        self._resolve.packages[self._package].worlds[name] = id
        return id, world

    def provider(self) -> WorldId:
        id, world = self._add_world("provider")
        own_items: list[tuple[str, WorldItem]] = []
        for key, item in self._subject.imports.items():
            name = self._resolve.world_key_name(key)
            if isinstance(item, InterfaceItem):
                world.exports[key] = self._interface_item(key, item)
                self.wires.append(Wire(Role.SUBJECT, name, ItemKind.INSTANCE, Role.PROVIDER, (name,)))
            else:
                own_items.append((name, item))
                self.wires.append(Wire(Role.SUBJECT, name, _kind(item), Role.PROVIDER, (self._root, name)))
        if own_items:
            world.exports[self._root] = InterfaceItem(self._root_interface(own_items))
        elaborate(self._resolve, world)
        return id

    def _interface_item(self, key: WorldKey, item: InterfaceItem) -> InterfaceItem:
        """The item for a mirror world: without gates, which would need a version of the package."""
        if isinstance(key, str) and self._resolve.interfaces[item.id].name is None:
            cloner = TypeCloner(self._context, WorldOwner(self._subject_id), WorldOwner(self._subject_id))
            copy = cloner.interface(item.id)
            _open_gates(self._resolve, self._resolve.interfaces[copy])
            return InterfaceItem(copy)
        return InterfaceItem(item.id)

    def _root_interface(self, items: list[tuple[str, WorldItem]]) -> InterfaceId:
        id = InterfaceId(len(self._resolve.interfaces))
        interface = Interface(None, self._package, {}, {})
        self._resolve.interfaces.append(interface)
        cloner = TypeCloner(self._context, WorldOwner(self._subject_id), InterfaceOwner(id))
        for name, item in items:
            if isinstance(item, TypeItem):
                interface.types[name] = cloner.named_type(item.id)
        for name, item in items:
            if isinstance(item, FunctionItem):
                interface.functions[name] = cloner.function(item.function)
        _open_gates(self._resolve, interface)
        return id

    def driver(self) -> WorldId:
        id, world = self._add_world("driver")
        cloner = TypeCloner(self._context, WorldOwner(self._subject_id), WorldOwner(id))
        needed = needed_items(self._resolve, self._subject_id)
        self.refused = tuple(LeftOut(f"-#{name}", why) for name, why in needed.refused.items())
        self._share_world_types(world, cloner, needed)
        plain = (key for key in (*self._subject.imports, *self._subject.exports) if isinstance(key, str))
        taken = {SYMBOLS, *map(canonical_name, plain)}
        for key, item in self._subject.exports.items():
            name = self._resolve.world_key_name(key)
            if isinstance(item, InterfaceItem):
                own_key = _fresh(SYMBOLS, taken) if key == SYMBOLS else key
                world.imports[own_key] = self._interface_item(key, item)
                own_name = self._resolve.world_key_name(own_key)
                self.wires.append(Wire(Role.DRIVER, own_name, ItemKind.INSTANCE, Role.SUBJECT, (name,)))
            elif isinstance(item, FunctionItem) and name not in needed.refused:
                world.imports[key] = FunctionItem(cloner.function(item.function))
                self.wires.append(Wire(Role.DRIVER, name, ItemKind.FUNC, Role.SUBJECT, (name,)))
        exported = set(world.imports)
        _open_world_gates(self._resolve, world)
        elaborate(self._resolve, world)
        for key in world.imports:
            if isinstance(key, InterfaceKey) and key not in exported:
                name = self._resolve.world_key_name(key)
                self.wires.append(Wire(Role.DRIVER, name, ItemKind.INSTANCE, Role.PROVIDER, (name,)))
        return id

    def add_makers(self, provider: World, driver: World) -> None:
        """Give the driver the resources that it cannot get otherwise (`harness/frontend/makers.py`)."""
        resources = unreturned(self._resolve, self._subject, driver)
        if not resources:
            return
        for items, world in ((provider.exports, provider), (driver.imports, driver)):
            items[self._makers] = InterfaceItem(makers_interface(self._context, resources))
            elaborate(self._resolve, world)
        self.wires.append(Wire(Role.DRIVER, self._makers, ItemKind.INSTANCE, Role.PROVIDER, (self._makers,)))

    def _share_world_types(self, world: World, cloner: TypeCloner, needed: Needed) -> None:
        """World-level types and the functions of world-level resources: the driver gets them from the provider.

        A type with the same name as an export has another name in the driver, which imports both.
        """
        exported = {canonical_name(self._resolve.world_key_name(key)) for key in self._subject.exports}
        taken = exported | {canonical_name(self._resolve.world_key_name(key)) for key in self._subject.imports}
        for key, item in self._subject.imports.items():
            name = own_name = self._resolve.world_key_name(key)
            copy: WorldItem
            if isinstance(item, TypeItem) and item.id in needed.types:
                if canonical_name(name) in exported:
                    own_name = _fresh(name, taken)
                    taken.add(canonical_name(own_name))
                copy = TypeItem(cloner.named_type(item.id, own_name))
            elif isinstance(item, FunctionItem) and name in needed.functions:
                copy = FunctionItem(cloner.function(item.function))
            else:
                continue
            world.imports[own_name] = copy
            self.wires.append(Wire(Role.DRIVER, own_name, _kind(item), Role.PROVIDER, (self._root, name)))


def _open_gates(resolve: Resolve, interface: Interface) -> None:
    """Remove the gates from a copied interface: they are open, otherwise its items would be missing."""
    for type in interface.types.values():
        resolve.types[type] = replace(resolve.types[type], stability=NO_GATES)
    for name, function in interface.functions.items():
        interface.functions[name] = replace(function, stability=NO_GATES)


def _open_world_gates(resolve: Resolve, world: World) -> None:
    for key, item in world.imports.items():
        if isinstance(item, TypeItem):
            resolve.types[item.id] = replace(resolve.types[item.id], stability=NO_GATES)
        elif isinstance(item, FunctionItem):
            world.imports[key] = FunctionItem(replace(item.function, stability=NO_GATES))


def _kind(item: WorldItem) -> ItemKind:
    return ItemKind.FUNC if isinstance(item, FunctionItem) else ItemKind.TYPE


def _fresh(name: str, taken: set[str]) -> str:
    """`name` or a similar name that is strongly-unique; `taken` contains canonical names."""
    candidate, number = name, 1
    while canonical_name(candidate) in taken:
        candidate, number = f"{name}{number}", number + 1
    return candidate

"""Merges worlds of several sources in one `Resolve`.

Each core module of a component may contain its own description of a world. The component has one world: the union of
all. Packages are the same if name and version are; their interfaces are merged item by item, and items that two sources
describe must have the same structure. Only items that a world reaches are copied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from generator.errors import GeneratorError
from generator.resolved.kinds import children, rebuild, rebuild_function, same_function, shape
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
    PackageName,
    Resolve,
    TypeDef,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.resolved.types import Type, TypeId, TypeKind
from generator.wit.elaborate import elaborate, interface_dependencies
from generator.wit.unique import clash_anywhere


class MergeError(GeneratorError):
    """Two sources describe the same item differently, or their items cannot coexist. The text names the items."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """The contribution of one source to a union: the keys of its imports and exports, in terms of the union."""

    imports: tuple[WorldKey, ...]
    exports: tuple[WorldKey, ...]


class Union:
    """The union of worlds: `add` each, then `finish`. `resolve` and `world` are the result."""

    def __init__(self) -> None:
        self.resolve = Resolve()
        self.resolve.packages.append(Package(PackageName("root", "component"), {}, {"root": WorldId(0)}))
        self.resolve.worlds.append(World("root", PackageId(0), {}, {}))
        self.world = WorldId(0)
        self.world_types: dict[str, TypeId] = {}
        self._seen: dict[str, frozenset[str]] = {}
        self._imported_for: dict[InterfaceId, WorldKey] = {}
        """Interfaces that an export of a source uses and that this source imports; the first such export."""

    def add(self, source: Resolve, world: WorldId) -> Contribution:
        """Add a world. Raises MergeError if it contradicts existing items."""
        self._check_same_world(source, world)
        copier = _Copier(self, source)
        old, new = source.worlds[world], self.resolve.worlds[self.world]
        imports = [copier.item(key, item, new.imports, "import") for key, item in old.imports.items()]
        exports = [copier.item(key, item, new.exports, "export") for key, item in old.exports.items()]
        exported = set(exports)
        for key in exports:
            item = new.exports[key]
            if isinstance(item, InterfaceItem):
                for dependency in interface_dependencies(self.resolve, item.id):
                    if InterfaceKey(dependency) not in exported:
                        self._imported_for.setdefault(dependency, key)
        return Contribution(tuple(imports), tuple(exports))

    def finish(self) -> dict[InterfaceId, WorldKey]:
        """Sort the world's items topologically. Returns the interfaces that an export of one source uses as an import
        and another source exports, each with such an export: in the merged world it uses the export.

        Otherwise exports stay in the order of the sources, as in the reference: the exports of each source are in
        order, and none depends on another source's.

        Raises MergeError for two names of one scope that are not strongly-unique.
        """
        exports = self.resolve.worlds[self.world].exports
        crossing = {id: key for id, key in self._imported_for.items() if InterfaceKey(id) in exports}
        elaborate(self.resolve, self.resolve.worlds[self.world], keep_exports=not crossing)
        clash = clash_anywhere(self.resolve)
        if clash is not None:
            raise MergeError(clash)
        return crossing

    def _check_same_world(self, source: Resolve, id: WorldId) -> None:
        """Two descriptions of one world (same package and name) are descriptions of the same items."""
        world = source.worlds[id]
        package = None if world.package is None else source.packages[world.package].name
        name = f"{package}/{world.name}"
        items = frozenset(
            f"{side} `{source.world_key_name(key)}`"
            for side, table in (("import", world.imports), ("export", world.exports))
            for key in table
        )
        seen = self._seen.setdefault(name, items)
        if seen != items:
            only = ", ".join(sorted(seen ^ items))
            raise MergeError(f"two descriptions of the world `{name}` differ: {only} is in one of them only")


class _Copier:
    """Copies items of one source into the union, and records their new ids."""

    def __init__(self, union: Union, source: Resolve) -> None:
        self.union = union
        self.source = source
        self.target = union.resolve
        self.types: dict[TypeId, TypeId] = {}
        self.interfaces: dict[InterfaceId, InterfaceId] = {}

    def item(self, key: WorldKey, item: WorldItem, table: dict[WorldKey, WorldItem], side: str) -> WorldKey:
        """Copy an item of the world into `table`; returns its key there."""
        if isinstance(key, InterfaceKey):
            assert isinstance(item, InterfaceItem)
            new_key = InterfaceKey(self.interface(item.id))
            if new_key not in table:
                table[new_key] = replace(item, id=new_key.id)
            return new_key
        existing = table.get(key)
        if existing is not None and type(existing) is not type(item):
            raise MergeError(f"{side} `{key}` is {_article(existing)} in one world and {_article(item)} in another")
        match item:
            case InterfaceItem(id) if self.source.interfaces[id].name is not None:
                new_id = self.interface(id)
                if isinstance(existing, InterfaceItem) and existing.id != new_id:
                    raise MergeError(f"{side} `{key}` refers to two different interfaces")
                table.setdefault(key, replace(item, id=new_id))
            case InterfaceItem(id):
                self._inline_interface(key, item, existing, table)
            case TypeItem(id):
                table.setdefault(key, TypeItem(self.type_id(id)))
            case FunctionItem(function):
                if isinstance(existing, FunctionItem):
                    self._check_function(function, existing.function, f"{side} `{key}`")
                else:
                    table[key] = FunctionItem(self.function(function))
        return key

    def _inline_interface(
        self, key: str, item: InterfaceItem, existing: WorldItem | None, table: dict[WorldKey, WorldItem]
    ) -> None:
        if isinstance(existing, InterfaceItem):
            if self.target.interfaces[existing.id].name is not None:
                raise MergeError(f"`{key}` is an inline interface in one world and a label in another")
            new_id = existing.id
        else:
            new_id = self._new_interface(None, PackageId(0), self.source.interfaces[item.id])
            table[key] = replace(item, id=new_id)
        self.interfaces[item.id] = new_id
        self._fill(item.id, new_id, f"interface `{key}`")

    def interface(self, id: InterfaceId) -> InterfaceId:
        """A named interface with all its contents."""
        known = self.interfaces.get(id)
        if known is not None:
            return known
        old = self.source.interfaces[id]
        assert old.name is not None and old.package is not None, "inline interfaces come from their world's items"
        package = self._package(self.source.packages[old.package].name)
        named = self.target.packages[package].interfaces
        new_id = named.get(old.name)
        if new_id is None:
            new_id = named[old.name] = self._new_interface(old.name, package, old)
        self.interfaces[id] = new_id
        self._fill(id, new_id, f"interface `{self.target.interface_id(new_id)}`")
        return new_id

    def _new_interface(self, name: str | None, package: PackageId, old: Interface) -> InterfaceId:
        self.target.interfaces.append(Interface(name, package, {}, {}, old.docs, old.stability))
        return InterfaceId(len(self.target.interfaces) - 1)

    def _package(self, name: PackageName) -> PackageId:
        id = self.target.find_package(name)
        if id is None:
            id = PackageId(len(self.target.packages))
            self.target.packages.append(Package(name, {}, {}))
        return id

    def _fill(self, old_id: InterfaceId, new_id: InterfaceId, where: str) -> None:
        old, new = self.source.interfaces[old_id], self.target.interfaces[new_id]
        for id in old.types.values():
            self.type_id(id)
        for name, function in old.functions.items():
            existing = new.functions.get(name)
            if existing is None:
                new.functions[name] = self.function(function)
            else:
                self._check_function(function, existing, f"function `{name}` of {where}")

    def type(self, type: Type) -> Type:
        return self.type_id(type) if isinstance(type, int) else type

    def type_id(self, id: TypeId) -> TypeId:
        known = self.types.get(id)
        if known is not None:
            return known
        old = self.source.types[id]
        match old.owner:
            case InterfaceOwner(interface):
                owner: Owner | None = InterfaceOwner(self.interface(interface))
                if id in self.types:  # copied with its interface
                    return self.types[id]
                assert isinstance(owner, InterfaceOwner)
                table: dict[str, TypeId] = self.target.interfaces[owner.id].types
            case WorldOwner():
                owner, table = WorldOwner(self.union.world), self.union.world_types
            case None:
                owner, table = None, {}
        existing = None if old.name is None else table.get(old.name)
        if existing is not None:
            self.types[id] = existing
            self._check_kind(old, self.target.types[existing])
            return existing
        kind = rebuild(old.kind, self.type, self.type_id)
        new_id = self.types[id] = TypeId(len(self.target.types))
        self.target.types.append(TypeDef(old.name, kind, owner, old.docs, old.stability, None, old.external_id))
        if old.name is not None:
            table[old.name] = new_id
        return new_id

    def function(self, function: Function) -> Function:
        return rebuild_function(function, self.type, self.type_id)

    def _check_kind(self, old: TypeDef, new: TypeDef) -> None:
        if not self._same_kind(old.kind, new.kind):
            raise MergeError(
                f"type `{old.name}`{_of(self.target, new.owner)} is described differently by two modules: "
                f"{_describe(new.kind)} and {_describe(old.kind)}"
            )

    def _check_function(self, old: Function, new: Function, where: str) -> None:
        if not same_function(old, new, self._same):
            raise MergeError(f"{where} is described differently by two modules")

    def _same(self, old: Type | None, new: Type | None) -> bool:
        """Whether a type of the source is a type of the union: named types by their names, others by structure."""
        if not isinstance(old, int) or not isinstance(new, int):
            return old is new
        mapped = self.types.get(old)
        if mapped is not None and (mapped == new or self.source.types[old].name is not None):
            return mapped == new
        if self.source.types[old].name is not None:
            return self.type_id(old) == new
        there = self.target.types[new]
        return there.name is None and self._same_kind(self.source.types[old].kind, there.kind)

    def _same_kind(self, old: TypeKind, new: TypeKind) -> bool:
        return shape(old) == shape(new) and all(map(self._same, children(old), children(new)))


def _article(item: WorldItem) -> str:
    match item:
        case InterfaceItem():
            return "an interface"
        case FunctionItem():
            return "a function"
        case TypeItem():
            return "a type"


def _of(resolve: Resolve, owner: Owner | None) -> str:
    match owner:
        case InterfaceOwner(id):
            return f" of interface `{resolve.interface_id(id) or 'inline'}`"
        case _:
            return " of the world"


def _describe(kind: TypeKind) -> str:
    what, *parts = shape(kind)
    return f"{what} of {', '.join(map(str, parts))}" if parts else f"{what}"

"""A world's implied imports and the order of its items (WIT.md, "Transitive imports and worlds").

The specification leaves the order open; this module uses the order that the reference prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.errors import GeneratorError
from generator.resolved.model import (
    NO_GATES,
    Freestanding,
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    Stability,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import Alias, TypeId


class MissingExportError(GeneratorError):
    """An exported interface needs another one both as an import and as an export."""


def interface_dependencies(resolve: Resolve, id: InterfaceId) -> list[InterfaceId]:
    """The interfaces whose types an interface uses, in the order of those types."""
    found: dict[InterfaceId, None] = {}
    for type_ in resolve.interfaces[id].types.values():
        dependency = type_dependency(resolve, type_)
        if dependency is not None:
            found[dependency] = None
    return list(found)


def type_dependency(resolve: Resolve, id: TypeId) -> InterfaceId | None:
    """The interface that a type is `use`d from."""
    definition = resolve.types[id]
    if isinstance(definition.kind, Alias) and isinstance(definition.kind.type, int):
        owner = resolve.types[definition.kind.type].owner
        if isinstance(owner, InterfaceOwner) and owner != definition.owner:
            return owner.id
    return None


def elaborate(resolve: Resolve, world: World, keep_exports: bool = False) -> None:
    """Add the imports that a world's items imply and sort its items, in place; with `keep_exports` only the imports of
    a world whose exports are already in order.

    Raises MissingExportError if an export cannot be satisfied by one copy of an interface.
    """
    imports: dict[WorldKey, WorldItem] = {}
    sorted_items = _by_class(resolve, world.imports)
    for key, interface in sorted_items.interfaces:
        _add_import(resolve, imports, key, interface)
    for _, type_ in sorted_items.used_types:
        dependency = type_dependency(resolve, type_.id)
        if dependency is not None:
            implied = InterfaceItem(dependency, stability=resolve.types[type_.id].stability)
            _add_import(resolve, imports, InterfaceKey(dependency), implied)
    exports: dict[WorldKey, WorldItem] = {}
    interfaces: dict[WorldKey, InterfaceItem] = {}
    for key, item in world.exports.items():
        if isinstance(item, InterfaceItem):
            interfaces[key] = item
        else:
            exports[key] = item
    _add_exports(resolve, imports, exports, interfaces)
    if keep_exports:
        exports = {key: exports[key] for key in world.exports}
    world.imports.clear()
    world.imports.update(imports)
    for entries in sorted_items.others():
        world.imports.update(entries)
    world.exports.clear()
    world.exports.update(exports)


@dataclass(slots=True)
class _Classes:
    """The imports of a world in classes, in the order that they get; the order within a class stays."""

    interfaces: list[tuple[WorldKey, InterfaceItem]] = field(default_factory=list)
    used_types: list[tuple[WorldKey, TypeItem]] = field(default_factory=list)
    own_types: list[tuple[WorldKey, TypeItem]] = field(default_factory=list)
    functions: list[tuple[WorldKey, FunctionItem]] = field(default_factory=list)
    functions_of_resources: list[tuple[WorldKey, FunctionItem]] = field(default_factory=list)

    def others(self) -> Iterator[Sequence[tuple[WorldKey, WorldItem]]]:
        """All but the interfaces."""
        yield from (self.used_types, self.own_types, self.functions, self.functions_of_resources)


def _by_class(resolve: Resolve, items: Mapping[WorldKey, WorldItem]) -> _Classes:
    classes = _Classes()
    for key, item in items.items():
        if isinstance(item, FunctionItem):
            if isinstance(item.function.kind, Freestanding):
                classes.functions.append((key, item))
            else:
                classes.functions_of_resources.append((key, item))
        elif isinstance(item, InterfaceItem):
            classes.interfaces.append((key, item))
        elif _is_used(resolve, item.id):
            classes.used_types.append((key, item))
        else:
            classes.own_types.append((key, item))
    return classes


def _is_used(resolve: Resolve, id: TypeId) -> bool:
    """Whether a type is an alias of a type of another owner."""
    definition = resolve.types[id]
    if isinstance(definition.kind, Alias) and isinstance(definition.kind.type, int):
        return resolve.types[definition.kind.type].owner != definition.owner
    return False


def _add_import(resolve: Resolve, imports: dict[WorldKey, WorldItem], key: WorldKey, item: InterfaceItem) -> None:
    """An interface after all its dependencies. The stack replaces recursion, because chains of `use` may be long."""
    if key in imports:
        return
    stack: list[tuple[WorldKey, InterfaceItem, Iterator[InterfaceId]]] = []
    stack.append((key, item, iter(interface_dependencies(resolve, item.id))))
    while stack:
        key, item, dependencies = stack[-1]
        for dependency in dependencies:
            implied = InterfaceKey(dependency)
            if implied not in imports:
                next_item = InterfaceItem(dependency, stability=item.stability)
                stack.append((implied, next_item, iter(interface_dependencies(resolve, dependency))))
                break
        else:
            stack.pop()
            imports.setdefault(key, item)


class _Visit:
    """An interface that will be in a world's exports, or in its imports because an export needs it there."""

    __slots__ = ("dependencies", "exported", "item", "key")

    def __init__(self, resolve: Resolve, key: WorldKey, item: InterfaceItem, exported: bool):
        self.key = key
        self.item = item
        self.exported = exported
        self.dependencies = iter(interface_dependencies(resolve, item.id))


def _add_exports(
    resolve: Resolve,
    imports: dict[WorldKey, WorldItem],
    exports: dict[WorldKey, WorldItem],
    interfaces: Mapping[WorldKey, InterfaceItem],
) -> None:
    """Exported interfaces after those that they depend on.

    A dependency is satisfied by an export if it is exported, and otherwise by an import. An interface that is needed as
    an import needs imports itself; if such an interface is also exported, the export would have to agree with two
    copies of it.
    """
    needed_as_import: set[InterfaceId] = set()
    for root, root_item in interfaces.items():
        if root in exports:
            continue
        stack = [_Visit(resolve, root, root_item, True)]
        while stack:
            visit = stack[-1]
            step: _Visit | None = None
            for dependency in visit.dependencies:
                key = InterfaceKey(dependency)
                exported = visit.exported and key in interfaces
                if key in exports:
                    if not exported:
                        raise _two_copies(resolve, root, dependency)
                    continue
                if not exported and dependency in needed_as_import:
                    continue
                step = _Visit(resolve, key, _implied(dependency, visit.item.stability), exported)
                if exported:
                    step.item = interfaces[key]
                break
            if step is not None:
                stack.append(step)
                continue
            stack.pop()
            if not visit.exported:
                needed_as_import.add(visit.item.id)
                imports.setdefault(visit.key, visit.item)
            elif visit.item.id in needed_as_import:
                raise _two_copies(resolve, root, visit.item.id)
            else:
                exports[visit.key] = visit.item


def _implied(id: InterfaceId, stability: Stability = NO_GATES) -> InterfaceItem:
    return InterfaceItem(id, stability=stability)


def _two_copies(resolve: Resolve, root: WorldKey, dependency: InterfaceId) -> MissingExportError:
    name = resolve.interface_id(dependency) or "an inline interface"
    return MissingExportError(
        f"the export `{resolve.world_key_name(root)}` depends on `{name}` both as an export and, by way of an "
        f"interface that is not exported, as an import; export that interface too"
    )

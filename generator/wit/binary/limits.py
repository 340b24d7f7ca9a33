"""Types that are too large for the Component Model, or for the engines.

The Component Model limits the size of a value. All other limits are those of wasmparser, which wasm-tools and wasmtime
use (its `limits.rs`): a larger binary may be valid, but no engine accepts it.
"""

from __future__ import annotations

from collections.abc import Iterable

from generator.canonical.limits import LARGEST_SIZE, oversized_types
from generator.errors import LimitError
from generator.resolved.kinds import children
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    InterfaceOwner,
    PackageId,
    Resolve,
    WorldId,
    WorldItem,
)
from generator.resolved.rules import LARGEST_TREE, too_many_types
from generator.resolved.types import Alias, Borrow, EnumType, Own, Primitive, Type, TypeId
from generator.resolved.walk import function_types

DEEPEST = 97
"""Maximum levels of a value type, including the primitive type inside; names add none. A function, an instance and the
component around a value type take three of wasmparser's 100 levels."""

MOST_PARTS = 10_000
"""Fields of a record, cases of a variant or enum, types of a tuple."""

MOST_PARAMS = 1_000


def check_types(resolve: Resolve) -> None:
    """Raises LimitError for types and functions that no component may have, or that no engine accepts."""
    _check_nesting(resolve)
    for id, size in oversized_types(resolve, map(TypeId, range(len(resolve.types)))):
        raise LimitError(f"{_name(resolve, id)} takes {size} bytes; at most {LARGEST_SIZE} are allowed")
    for index, definition in enumerate(resolve.types):
        kind = definition.kind
        parts = len(kind.cases) if isinstance(kind, EnumType) else len(children(kind))
        if parts > MOST_PARTS:
            raise LimitError(
                f"{_name(resolve, TypeId(index))} has {parts} parts; no engine accepts more than {MOST_PARTS}"
            )
    for function in _functions(resolve):
        if len(function.params) > MOST_PARAMS:
            what = f"function `{function.name}` has {len(function.params)} parameters"
            raise LimitError(f"{what}; no engine accepts more than {MOST_PARAMS}")


def check_world(resolve: Resolve, world: WorldId) -> None:
    """Raises LimitError if the imports and exports of a component of this world are too many for any engine.

    An exported interface comes from an inner component, which imports its functions and the types that they mention.
    """
    trees = _Trees(resolve)
    for item in resolve.worlds[world].exports.values():
        if isinstance(item, InterfaceItem):
            name = resolve.interface_id(item.id) or "an interface without a name"
            _check_tree(f"the exported interface `{name}`", trees.interface(item.id) + trees.functions_alone(item.id))
    _check_tree(f"the world `{resolve.worlds[world].name}`", trees.world(world))


def check_package(resolve: Resolve, package: PackageId) -> None:
    """The same for a package in binary form: a component that exports its interfaces and worlds as types, each with the
    types of others that it needs."""
    trees = _Trees(resolve)
    found = resolve.packages[package]
    what, total = f"the package `{found.name}`", 0
    for world in found.worlds.values():
        total += trees.world(world)
        _check_tree(what, total)
    for id in found.interfaces.values():  # as soon as it is too much: the rest may be as much for each of them
        total += trees.interface(id) + trees.used(id)
        _check_tree(what, total)


def check_written_out(resolve: Resolve) -> None:
    """Raises LimitError if there are too many types without names when each is written out at every use, as in WIT
    text. A binary may share them; wasmparser also counts types with names."""
    sizes: dict[TypeId, int] = {}
    total = 0
    for index, definition in enumerate(resolve.types):  # types come after the types that they mention
        parts = children(definition.kind)
        size = 1 + sum([sizes.get(TypeId(part), 1) if isinstance(part, int) else 1 for part in parts])
        if definition.name is None:
            sizes[TypeId(index)] = size
        else:
            total += size
    for function in _functions(resolve):
        total += sum([sizes.get(TypeId(part), 1) for part in function_types(function) if isinstance(part, int)])
    if total > LARGEST_TREE or max(sizes.values(), default=0) > LARGEST_TREE:
        raise LimitError("there are too many types without names, written out at their uses: no engine accepts that")


def _check_tree(what: str, size: int) -> None:
    if size > LARGEST_TREE:
        raise LimitError(too_many_types(what))


class _Trees:
    """The number of types in an item, each counted at every mention."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._types: dict[TypeId, int] = {}
        for index in range(len(resolve.types)):  # as below: recursion stays shallow
            self._type(TypeId(index))

    def _type(self, type: Type) -> int:
        if isinstance(type, Primitive):
            return 1
        found = self._types.get(type)
        if found is None:
            kind = self._resolve.types[type].kind
            parts = () if isinstance(kind, Own | Borrow) else children(kind)
            found = sum(self._type(part) for part in parts if part is not None) + (not isinstance(kind, Alias))
            self._types[type] = found
        return found

    def _function(self, function: Function) -> int:
        return 1 + sum(map(self._type, function_types(function)))

    def interface(self, id: InterfaceId) -> int:
        interface = self._resolve.interfaces[id]
        functions = sum(map(self._function, interface.functions.values()))
        return 1 + functions + sum(map(self._type, interface.types.values()))

    def functions_alone(self, id: InterfaceId) -> int:
        """The functions of an interface, and the named types that they mention."""
        functions = list(self._resolve.interfaces[id].functions.values())
        named = self._named_in(type for function in functions for type in function_types(function))
        return sum(map(self._function, functions)) + sum(map(self._type, named))

    def used(self, id: InterfaceId) -> int:
        """The types of other interfaces that the types of this one mention, and those interfaces, each an instance."""
        named = self._named_in(self._resolve.interfaces[id].types.values())
        owners = {type: self._resolve.types[type].owner for type in named}
        others = {type: owner for type, owner in owners.items() if owner != InterfaceOwner(id)}
        return sum(map(self._type, others)) + len(set(others.values()))

    def _named_in(self, types: Iterable[Type]) -> list[TypeId]:
        """The named types that some types mention, directly or through others."""
        waiting = list(types)
        mentioned: set[TypeId] = set()
        while waiting:
            type = waiting.pop()
            if isinstance(type, int) and type not in mentioned:
                mentioned.add(type)
                waiting += [part for part in children(self._resolve.types[type].kind) if part is not None]
        return [type for type in mentioned if self._resolve.types[type].name is not None]

    def world(self, id: WorldId) -> int:
        world = self._resolve.worlds[id]
        return 1 + sum(map(self._item, (*world.imports.values(), *world.exports.values())))

    def _item(self, item: WorldItem) -> int:
        if isinstance(item, InterfaceItem):
            return self.interface(item.id)
        return self._function(item.function) if isinstance(item, FunctionItem) else self._type(item.id)


def _functions(resolve: Resolve) -> Iterable[Function]:
    for interface in resolve.interfaces:
        yield from interface.functions.values()
    for world in resolve.worlds:
        for item in (*world.imports.values(), *world.exports.values()):
            if isinstance(item, FunctionItem):
                yield item.function


def _name(resolve: Resolve, id: TypeId) -> str:
    name = resolve.types[id].name
    return "an anonymous type" if name is None else f"type `{name}`"


def _check_nesting(resolve: Resolve) -> None:
    depths: dict[TypeId, int] = {}

    def depth(id: TypeId) -> int:
        found = depths.get(id)
        if found is None:
            kind = resolve.types[id].kind
            inside = [depth(child) if isinstance(child, int) else 1 for child in children(kind)]
            found = depths[id] = max(inside, default=0) + (not isinstance(kind, Alias))
            if found > DEEPEST:
                where = _name(resolve, id)
                raise LimitError(f"{where} is nested more than {DEEPEST} levels deep: no engine accepts that")
        return found

    for index in range(len(resolve.types)):  # types mostly come after their parts: recursion stays shallow
        depth(TypeId(index))

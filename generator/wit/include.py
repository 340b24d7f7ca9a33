"""`include`: the items of one world copied into another (WIT.md, "Union of Worlds with `include`")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.errors import WitError
from generator.resolved.model import (
    NO_GATES,
    FunctionItem,
    InterfaceItem,
    Resolve,
    Stability,
    TypeItem,
    World,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.wit.ast import IncludeDeclaration
from generator.wit.clone import TypeCloner
from generator.wit.package_context import PackageContext
from generator.wit.text import SourceText


def include(
    context: PackageContext, source: SourceText, target: WorldId, included: WorldId, declaration: IncludeDeclaration
) -> None:
    """Copy the imports and exports of `included` into `target`.

    Interfaces under their own id are shared. Items with a plain name are copied, with their types, under the name from
    `with`; an existing name is an error.
    """
    resolve = context.resolve
    theirs = resolve.worlds[included]
    ours = resolve.worlds[target]
    renames = _renames(source, declaration, theirs)
    foreign = theirs.package != ours.package
    whole = not renames and all(_unchanged(resolve, items, foreign) for items in (theirs.imports, theirs.exports))
    cloner = TypeCloner(context, WorldOwner(included), WorldOwner(target))
    at = declaration.path.name.at
    for what, their_items, our_items in (
        ("import", theirs.imports, ours.imports),
        ("export", theirs.exports, ours.exports),
    ):
        if whole and our_items.keys().isdisjoint(their_items):
            our_items.update(their_items)
            continue
        for key, item in their_items.items():
            if isinstance(key, str):
                name = renamed(key, renames) if renames else key
                if name in our_items:
                    hint = f"rename it: `include {theirs.name} with {{ {key} as ... }}`"
                    raise source.error(at, f"the {what} `{name}` of the included world already exists", hint)
                our_items[name] = _copy(cloner, name, item)
            else:
                our_items[key] = _shared(source, at, item, our_items.get(key), foreign)


def _unchanged(resolve: Resolve, items: Mapping[WorldKey, WorldItem], foreign: bool) -> bool:
    """Whether an included world's items stay as they are. Functions do if the world has no types of its own.

    This is for long chains of worlds that include each other: their items are quadratically many.
    """
    for item in items.values():
        if isinstance(item, FunctionItem):
            continue
        if isinstance(item, TypeItem) or foreign or resolve.interfaces[item.id].name is None:
            return False
    return True


def _renames(source: SourceText, declaration: IncludeDeclaration, world: World) -> dict[str, str]:
    if not declaration.renames:
        return {}
    plain = {
        key.removeprefix("[get]").removeprefix("[set]")
        for items in (world.imports, world.exports)
        for key in items
        if isinstance(key, str)
    }
    renames: dict[str, str] = {}
    for old, new in declaration.renames:
        if old.text not in plain:
            hint = "only plain names can be renamed, not the ids of interfaces"
            raise source.error(old.at, f"the world `{world.name}` has no import or export `{old.text}`", hint)
        renames.setdefault(old.text, new.text)
    return renames


def renamed(name: str, renames: Mapping[str, str]) -> str:
    """A plain name with `with` applied to its first label: the name of a function, a property, or a resource."""
    annotations, bracket, rest = name.rpartition("]")
    first, dot, member = rest.partition(".")
    return f"{annotations}{bracket}{renames.get(first, first)}{dot}{member}"


def _copy(cloner: TypeCloner, name: str, item: WorldItem) -> WorldItem:
    if isinstance(item, FunctionItem):
        function = cloner.function(item.function)
        if function is item.function and function.name == name:
            return item  # shared: a chain of worlds contains each function once
        return FunctionItem(function if function.name == name else replace(function, name=name))
    if isinstance(item, TypeItem):
        return TypeItem(cloner.named_type(item.id, name))
    resolve = cloner.context.resolve
    if resolve.interfaces[item.id].name is not None:
        return item
    return replace(item, id=cloner.interface(item.id))


def _shared(source: SourceText, at: int, theirs: WorldItem, ours: WorldItem | None, foreign: bool) -> WorldItem:
    """One item for an interface in both worlds, or only in the included one.

    The @since of another package's world is not copied, because it refers to that package's versions. The rule for
    merging gates comes from the reference; WIT.md does not define it.
    """
    assert isinstance(theirs, InterfaceItem)
    if ours is None:
        ours = theirs
    assert isinstance(ours, InterfaceItem)
    if foreign and theirs.stability.since is not None:
        return replace(ours, stability=NO_GATES)
    if theirs.stability in (NO_GATES, ours.stability):
        return ours
    if ours.stability == NO_GATES:
        return replace(ours, stability=theirs.stability)
    raise _gates_differ(source, at, theirs.stability, ours.stability)


def _gates_differ(source: SourceText, at: int, theirs: Stability, ours: Stability) -> WitError:
    gates = [f"`{' '.join(stability.attributes)}`" for stability in (theirs, ours)]
    message = f"an interface of the included world has the feature gates {gates[0]} there, and {gates[1]} here"
    return source.error(at, message)

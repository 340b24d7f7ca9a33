"""The shape of a world: what known faults of tools ask of its WIT, by its meaning and not by its text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from generator.errors import GeneratorError
from generator.resolved.model import (
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    Resolve,
    TypeItem,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import FixedLengthList, Primitive, Resource, Type
from generator.resolved.walk import function_types, parts
from generator.sources.load import load_text, select_world
from generator.wit.elaborate import interface_dependencies
from harness.frontend.front_end import FrontEndError


@dataclass(frozen=True, slots=True)
class InterfaceOfWorld:
    """An interface that a world imports or exports."""

    key: str
    """Its name in a component: its id, or a plain name."""
    id: str
    """`ns:pkg/name@version`; empty: it is written within the world."""
    exported: bool
    resources: int
    """How many it defines. Names for those of others do not count."""
    package: tuple[str, str | None]
    """Its package, and the package's version."""
    uses: frozenset[str]
    """The ids of the interfaces whose types it uses, directly or through others."""
    used_packages: frozenset[tuple[str, str | None]]
    has_docs: bool
    """Its import or export is documented, whether or not the interface is."""
    gates: tuple[str, ...]
    """Those of its import or export."""

    @property
    def label(self) -> bool:
        """Its name is a label: it has an id, and the world has it under a plain name."""
        return bool(self.id) and self.key != self.id


@dataclass(frozen=True, slots=True)
class WorldShape:
    """A world with its implied imports, without the items behind closed gates. `resources`: how many its interfaces and
    itself define."""

    interfaces: tuple[InterfaceOfWorld, ...]
    resources: int
    fixed_length_lists: bool
    error_contexts: bool

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Each label, and the id of its interface."""
        return tuple(dict.fromkeys((held.key, held.id) for held in self.interfaces if held.label))


def shape_of(wit: str, world: str | None, features: Sequence[str] = ()) -> WorldShape:
    """The shape of a world of a text. Raises `FrontEndError`."""
    try:
        resolve, package = load_text(wit, "world.wit", features)
        found = resolve.worlds[select_world(resolve, package, world)]
    except GeneratorError as error:
        raise FrontEndError(error) from error
    items = [
        (key, item, side is found.exports) for side in (found.imports, found.exports) for key, item in side.items()
    ]
    types = _all_types(resolve, [type for _, item, _ in items for type in _roots(resolve, item)])
    kinds = [resolve.types[type].kind for type in types if not isinstance(type, Primitive)]
    return WorldShape(
        tuple(_held(resolve, key, item, exported) for key, item, exported in items if isinstance(item, InterfaceItem)),
        sum(isinstance(kind, Resource) for kind in kinds),
        any(isinstance(kind, FixedLengthList) for kind in kinds),
        Primitive.ERROR_CONTEXT in types,
    )


def _held(resolve: Resolve, key: WorldKey, item: InterfaceItem, exported: bool) -> InterfaceOfWorld:
    interface = resolve.interfaces[item.id]
    uses = _dependencies(resolve, item.id)
    return InterfaceOfWorld(
        resolve.world_key_name(key),
        resolve.interface_id(item.id) or "",
        exported,
        sum(isinstance(resolve.types[type].kind, Resource) for type in interface.types.values()),
        _package(resolve, item.id),
        frozenset(filter(None, map(resolve.interface_id, uses))),
        frozenset(_package(resolve, used) for used in uses),
        item.docs is not None,
        item.stability.attributes,
    )


def _package(resolve: Resolve, id: InterfaceId) -> tuple[str, str | None]:
    package = resolve.interfaces[id].package
    assert package is not None, "all packages of a text are resolved"
    name = resolve.packages[package].name
    return f"{name.namespace}:{name.name}", name.version


def _dependencies(resolve: Resolve, id: InterfaceId) -> Collection[InterfaceId]:
    found: dict[InterfaceId, None] = {}
    pending = interface_dependencies(resolve, id)
    while pending:
        new = [other for other in pending if other not in found]
        found.update(dict.fromkeys(new))
        pending = [other for one in new for other in interface_dependencies(resolve, one)]
    return found


def _roots(resolve: Resolve, item: WorldItem) -> Iterator[Type]:
    match item:
        case InterfaceItem(id):
            interface = resolve.interfaces[id]
            yield from interface.types.values()
            for function in interface.functions.values():
                yield from function_types(function)
        case FunctionItem(function):
            yield from function_types(function)
        case TypeItem(type):
            yield type


def _all_types(resolve: Resolve, roots: Sequence[Type]) -> set[Type]:
    """These types and all types within them."""
    found = set(roots)
    pending = list(roots)
    while pending:
        type = pending.pop()
        inner = () if isinstance(type, Primitive) else parts(resolve.types[type].kind)
        new = set(inner) - found
        found |= new
        pending += new
    return found

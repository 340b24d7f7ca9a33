"""A world without the parts that cannot run: types too large for engines and, for an interpreter that is not ours,
streams and futures. The rest is worth a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from generator.names.component_names import getter_of
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    Resolve,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import FixedLengthList, Future, Stream, Type, TypeId, TypeKind
from harness.frontend.type_parts import parts
from harness.plan.left_out import LeftOut

ASYNC = "a stream or future in its type"
MAX_PARTS = 400_000
"""Parts of all types, counted at each mention. Engines refuse a component with 1,000,000 parts (wasmparser's limit on
effective type sizes), and count some of them twice: in an interface's type and in its instance."""
MAX_DEPTH = 90
"""Levels of a type. Engines refuse more than 100 (wasmparser's limit), including the levels around the type."""
LARGEST = 1 << 40
"""Counts end here."""


def narrow(resolve: Resolve, world: WorldId, ends: bool = True) -> tuple[LeftOut, ...]:
    """Remove all items that mention types too large, and (unless `ends`) streams and futures, from interfaces and
    worlds.

    Returns the removed items of `world`, each with the reason; if nothing is removed, `resolve` is unchanged.
    """
    reasons = _reasons(resolve, world, ends)
    lost = _lost_functions(resolve, world, reasons)
    if not lost:
        return ()
    for interface in resolve.interfaces:
        for name in _reasons_of(interface.functions.values(), reasons):
            del interface.functions[name]
        for name, type in list(interface.types.items()):
            if reasons[type]:
                del interface.types[name]
    for other in resolve.worlds:
        for items in (other.imports, other.exports):
            functions = _reasons_of(_functions(items), reasons)
            for key, item in list(items.items()):
                if (isinstance(item, FunctionItem) and item.function.name in functions) or (
                    isinstance(item, TypeItem) and reasons[item.id]
                ):
                    del items[key]
    return tuple(lost)


def _reasons(resolve: Resolve, world: WorldId, ends: bool) -> list[str]:
    """For each type the reason why functions with it cannot run; empty if they can."""
    limits = _Limits(resolve, world)
    reasons: list[str] = []
    for definition, size, depth in zip(resolve.types, limits.sizes, limits.depths, strict=True):
        kind = definition.kind
        reason = ASYNC if isinstance(kind, Future | Stream) and not ends else ""
        if size > limits.size:
            count = f"{size}" if size < LARGEST else f"{LARGEST} or more"
            reason = f"type too large ({count} parts, the limit for this world to be valid is {limits.size})"
        elif depth > MAX_DEPTH:
            reason = f"type nested too deep ({depth} levels, the limit is {MAX_DEPTH})"
        reasons.append(reason or next((reasons[part] for part in _inner(kind) if reasons[part]), ""))
    return reasons


class _Limits:
    """Parts and depth of every type, and the maximum number of parts with which the components stay valid."""

    def __init__(self, resolve: Resolve, world: WorldId) -> None:
        self.sizes: list[int] = []
        self.depths: list[int] = []
        for definition in resolve.types:  # definitions come before their uses in the arena
            inner = _inner(definition.kind)
            total = 1 + sum(self.sizes[part] if isinstance(part, int) else 1 for part in parts(definition.kind))
            if isinstance(definition.kind, FixedLengthList):
                total *= definition.kind.size
            self.sizes.append(min(LARGEST, total))
            self.depths.append(1 + max((self.depths[part] for part in inner), default=0))
        uses = [self.sizes[type] for type in _mentioned(resolve, world)]
        self.size = MAX_PARTS
        while self.size > 1 and sum(size for size in uses if size <= self.size) > MAX_PARTS:
            self.size //= 2


def _inner(kind: TypeKind) -> list[TypeId]:
    return [part for part in parts(kind) if isinstance(part, int)]


def _mentioned(resolve: Resolve, world: WorldId) -> Iterator[TypeId]:
    """The types that a component's type spells out, each as often as it is spelt out."""
    subject = resolve.worlds[world]
    for item in (*subject.imports.values(), *subject.exports.values()):
        functions: Iterable[Function] = ()
        if isinstance(item, InterfaceItem):
            interface = resolve.interfaces[item.id]
            yield from interface.types.values()
            functions = interface.functions.values()
        elif isinstance(item, FunctionItem):
            functions = [item.function]
        else:
            yield item.id
        for function in functions:
            for type in (*(param.type for param in function.params), function.result):
                if isinstance(type, int):
                    yield type


def _lost_functions(resolve: Resolve, world: WorldId, reasons: list[str]) -> list[LeftOut]:
    lost: dict[LeftOut, None] = {}
    subject = resolve.worlds[world]
    for items in (subject.imports, subject.exports):
        for name, why in _reasons_of(_functions(items), reasons).items():
            lost[LeftOut(f"-#{name}", why)] = None
        for key, item in items.items():
            if isinstance(item, InterfaceItem):
                functions = resolve.interfaces[item.id].functions.values()
                for name, why in _reasons_of(functions, reasons).items():
                    lost[LeftOut(f"{resolve.world_key_name(key)}#{name}", why)] = None
    return list(lost)


def _functions(items: Mapping[WorldKey, WorldItem]) -> list[Function]:
    return [item.function for item in items.values() if isinstance(item, FunctionItem)]


def _reasons_of(functions: Collection[Function], reasons: list[str]) -> dict[str, str]:
    """The removed functions, each with the reason. A setter goes with its getter (WIT.md, "Getters and setters")."""
    lost = {function.name: why for function in functions if (why := _why(function, reasons))}
    setters = [function.name for function in functions if getter_of(function.name) in lost]
    return {name: lost[getter_of(name)] for name in setters} | lost


def _why(function: Function, reasons: list[str]) -> str:
    types: list[Type | None] = [*(param.type for param in function.params), function.result]
    return next((reasons[type] for type in types if isinstance(type, int) and reasons[type]), "")

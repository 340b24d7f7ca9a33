"""Level 1: the built-ins that a `wit_t` has for a resource, stream or future must be those of this very type.

A library chooses the names of its core imports: a stream's built-ins have the name of any function that uses the type
(`[stream-new-0]f`). So a name is read back: the side, the type, the built-in. Types are compared as the specification
compares them, by structure and by the identity of their resources, which are the world's imported or exported ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.world import types as t
from harness.world.despecialize import Product, despecialize
from harness.world.walk import reachable
from harness.world.world import Function, World

_EXPORT = "[export]"
_ROOT = "$root"
_COPY = re.compile(r"(?:\[async-lower\])?\[(stream|future)-([a-z-]+)-(\d{1,10}|unit)\](.+)", re.DOTALL)
_RESOURCE = re.compile(r"\[resource-(drop|new|rep)\](.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in by its name in the `wit_t` (`cancel_read`), and its type."""

    name: str
    of: t.Stream | t.Future | t.Resource


class CoreNames:
    """The meaning of core imports in a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._counts: dict[int, int] = {}

    def built_in(self, module: str, name: str) -> BuiltIn | None:
        """None if it is no built-in of a type of the world."""
        exported, key = module.startswith(_EXPORT), module.removeprefix(_EXPORT)
        interface = None if key == _ROOT else key
        if (found := _RESOURCE.fullmatch(name)) is not None:
            return BuiltIn(found[1], t.Resource(interface, found[2], exported))
        if (found := _COPY.fullmatch(name)) is None:
            return None
        kind, built_in, number, function_name = found.groups()
        side = self._world.export_function if exported else self._world.import_function
        function = side(interface, function_name)
        if function is None:
            return None
        type = self._nth(function, int(number)) if number != "unit" else _unit(kind)
        return BuiltIn(built_in.replace("-", "_"), type) if type is not None and _word(type) == kind else None

    def _nth(self, function: Function, number: int) -> t.Stream | t.Future | None:
        """Streams and futures are counted in the parameters, then in the result, a payload before what carries it; each
        use counts (the rule of `wasm-tools component link`)."""
        todo = [*(param.type for param in function.params), function.result]
        while todo:
            type = todo.pop(0)
            if type is None:
                continue
            count = self._count(type)
            if number >= count:
                number -= count
            elif isinstance(type, t.Stream | t.Future) and number == count - 1:
                return type
            else:
                todo = list(type.parts)
        return None

    def _count(self, type: t.Type) -> int:
        """Counted once for each type: repeated parts would take time without bound. The world keeps its types."""
        for each in reachable(type) if id(type) not in self._counts else ():
            own = isinstance(each, t.Stream | t.Future)
            self._counts[id(each)] = own + sum(self._counts[id(part)] for part in each.parts)
        return self._counts[id(type)]


def _unit(kind: str) -> t.Stream | t.Future:
    return t.Stream(None) if kind == "stream" else t.Future(None)


def _word(type: t.Stream | t.Future) -> str:
    return "stream" if isinstance(type, t.Stream) else "future"


def first_mismatch(expected: t.Type | t.Resource | None, actual: t.Type | t.Resource | None) -> tuple[str, str] | None:
    """The first parts of two types that make them different types, in words; None if they are one type.

    Nothing here recurses: a `wit_t` may describe types of any depth.
    """
    todo = [(expected, actual)]
    seen: set[tuple[int, int]] = set()
    while todo:
        one, other = todo.pop()
        if one is other or (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        if one is None or other is None or one.__class__ is not other.__class__ or _head(one) != _head(other):
            return _text(one), _text(other)
        todo += reversed(list(zip(_parts(one), _parts(other), strict=True)))
    return None


def _head(type: t.Type | t.Resource) -> object:
    match type:
        case t.Resource() | t.Own() | t.Borrow():
            return type.canonical
        case t.Prim():
            return type
        case t.EnumType():
            return type.cases
        case t.Flags():
            return type.labels
        case t.Cases():
            return type.case_names, [payload is None for payload in type.payloads]
        case t.Record():
            return [field.name for field in type.fields]
        case t.Members():
            shape = despecialize(type)
            assert isinstance(shape, Product)
            return len(shape.types), shape.times  # without their paths, of which a `wit_t` may describe any number
        case t.Stream() | t.Future():
            return type.type is None
        case t.List() | t.Map():
            return None


def _parts(type: t.Type | t.Resource) -> tuple[t.Type, ...]:
    return () if isinstance(type, t.Resource) else type.parts


def _text(type: t.Type | t.Resource | None) -> str:
    return "no type" if type is None else type.canonical

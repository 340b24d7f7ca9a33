"""Where a component's world has types of streams and futures. A plan asks this for each pair of ends, so a world keeps
the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from harness.script.operations import TypePlace
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function, World


class EndPlaces:
    """The places of one world. `exported`: on which side of the world; None: on any, imports before exports."""

    def __init__(self, world: World) -> None:
        self._sides = (False, world.import_functions()), (True, world.export_functions())
        self._found: dict[tuple[str, bool | None], tuple[TypePlace, t.End] | None] = {}

    def side(self, type: t.End) -> bool | None:
        """On which side the world has this very type: imports before exports; None if nowhere."""
        return next((exported for exported, types in self._types if id(type) in types), None)

    @cached_property
    def _types(self) -> list[tuple[bool, frozenset[int]]]:
        """The identities of the types of each side."""
        return [
            (exported, frozenset([id(type) for function in functions for type in reachable(*_types(function))]))
            for exported, functions in self._sides
        ]

    def first(self, canonical: str, exported: bool | None) -> tuple[TypePlace, t.End] | None:
        """The first place of a type of this name, and the type; None if there is none."""
        key = canonical, exported
        if key not in self._found:
            self._found[key] = next((found for found in self._all(exported) if found[1].canonical == canonical), None)
        return self._found[key]

    def names(self, exported: bool | None) -> list[str]:
        """The names of all streams and futures, each once."""
        return list(dict.fromkeys(type.canonical for _, type in self._all(exported)))

    def _all(self, exported: bool | None) -> Iterator[tuple[TypePlace, t.End]]:
        for side, functions in self._sides:
            if exported in (None, side):
                for function in functions:
                    yield from _of_function(function, side)


def _types(function: Function) -> Sequence[t.Type | None]:
    return [*(param.type for param in function.params), function.result]


def _of_function(function: Function, exported: bool) -> Iterator[tuple[TypePlace, t.End]]:
    for number, type in enumerate(_types(function)):
        for path, found in _inside(type, ()):
            yield TypePlace(exported, function.interface, function.name, number, path), found


def _inside(type: t.Type | None, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], t.End]]:
    if type is None:
        return
    if isinstance(type, t.End):
        yield path, type
    inner: Sequence[t.Type | None] = type.parts
    if isinstance(type, t.Variant | t.Result):
        inner = type.payloads
    for step, part in enumerate(inner):
        yield from _inside(part, (*path, step))

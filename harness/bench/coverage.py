"""The features of WIT and the functions of the interpreter's interface that the runs of a plan used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import interpreters
from harness.engine.results import RunResult
from harness.judge.exhibits import Covered
from harness.judge.observation import CellRun
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.trace.events import ExportCall, ExportStart, ImportCall
from harness.trace.kinds import KINDS
from harness.world import types as t
from harness.world.walk import reachable
from harness.world.world import Function, World

IMPORT, EXPORT = "import", "export"
FUNCTION = "function"
PARAMETER, RESULT = "parameter", "result"
INSIDE = {PARAMETER: "in a parameter", RESULT: "in a result"}
POSITIONS = (FUNCTION, PARAMETER, INSIDE[PARAMETER], RESULT, INSIDE[RESULT])

_AT_START = {"wit": "initialize"}
"""The interpreter was initialized with the world of the dump."""


def feature_of(type: t.Type) -> str:
    """The word of the WIT grammar for a type."""
    if isinstance(type, t.Prim):
        return str(type.value)
    if isinstance(type, t.Future | t.Stream):
        return "future" if isinstance(type, t.Future) else "stream"
    return KINDS[type.__class__].replace("_", "-")


def feature_of_function(function: Function) -> str:
    """`method` for `[method]r.f`, `function` for a function without such a word."""
    word = function.name[1:].partition("]")[0] if function.name.startswith("[") else "function"
    return f"async {word}" if function.is_async else word


def covered(plan: Plan, cells: Sequence[CellRun]) -> tuple[Covered, ...]:
    """The features of the functions that the subject called, or that were called on it."""
    world = plan.worlds.get(Role.SUBJECT)
    return () if world is None else covered_by(_called(world, cells))


def covered_by(called: Iterable[tuple[str, Function]]) -> tuple[Covered, ...]:
    """Of functions that were called, each with its direction."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for direction, function in called:
        for position, feature in _features(function):
            found.setdefault((direction, position), {})[feature] = None
    return tuple(
        Covered(direction, position, tuple(sorted(found[direction, position])))
        for direction in (IMPORT, EXPORT)
        for position in POSITIONS
        if (direction, position) in found
    )


def _called(world: World, cells: Sequence[CellRun]) -> Iterator[tuple[str, Function]]:
    functions = {
        IMPORT: {function.canonical: function for function in world.import_functions()},
        EXPORT: {function.canonical: function for function in world.export_functions()},
    }
    seen: dict[tuple[str, str], None] = {}
    for cell in cells:
        for observation in cell.observations:
            trace = observation.traces.get(Role.SUBJECT)
            for event in trace.events if trace is not None else ():
                if isinstance(event, ImportCall):
                    seen[IMPORT, event.function] = None
                elif isinstance(event, ExportStart | ExportCall):
                    seen[EXPORT, event.function] = None
    for direction, name in seen:
        function = functions[direction].get(name)
        if function is not None:
            yield direction, function


def _features(function: Function) -> Iterator[tuple[str, str]]:
    yield FUNCTION, feature_of_function(function)
    for param in function.params:
        yield from _of_type(PARAMETER, param.type)
    if function.result is not None:
        yield from _of_type(RESULT, function.result)


def _of_type(position: str, type: t.Type) -> Iterator[tuple[str, str]]:
    yield position, feature_of(type)
    for part in reachable(*type.parts):
        yield INSIDE[position], feature_of(part)


def interface_functions(cells: Iterable[CellRun]) -> tuple[str, ...]:
    """The functions of the interface that the components reported. The events begin with their names."""
    words: set[str] = set()
    for cell in cells:
        for observation in cell.observations:
            if isinstance(observation.result, RunResult):
                for text in observation.result.traces.values():
                    words.update(line.partition(" ")[0] for line in text.split("\n"))
    return tuple(sorted({_AT_START.get(word, word) for word in words} & declared()))


@cache
def declared() -> frozenset[str]:
    """All functions of `wit_dylib.h`, without `wit_dylib_`."""
    return frozenset(interpreters.functions())

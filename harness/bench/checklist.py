"""The functions of the interface that were called on an interpreter of others, with their types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import interpreters
from harness.bench.workbench import Workbench
from harness.composition.counting import TYPES, functions
from harness.engine.results import RunResult
from harness.judge.exhibits import Used
from harness.judge.observation import CellRun
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.toolchains.cells import Cell
from harness.trace.names import DumpError, Names

_PREFIX = "wit_dylib_"
_KIND = re.compile(r"(?:push|pop)_(\w+?)(?:_iter(?:_next)?)?|(\w+)_append")
_OTHERS = {"resource_dtor": "resource", "pop_iter": "list", "pop_iter_next": "list"}
"""Functions whose names do not say to which array the index of a type belongs."""


def checklist(bench: Workbench, plan: Plan, tested: Plan, cell: Cell) -> tuple[Used, ...]:
    """The counted calls of all runs in a cell. Types have the names that `boxed` in the place of the interpreter gets
    for them: the library is the same. Empty if the runs do not end."""
    parts = tuple(replace(part, counted=part.foreign) for part in tested.components)
    counted = bench.observer.observe(replace(tested, components=parts), [cell], bench.settings.run_limits)
    sums: list[int] = []
    for observation in counted.cells[0].observations:
        counts = observation.result.counts if isinstance(observation.result, RunResult) else ()
        sums = [a + b for a, b in zip(sums, counts, strict=True)] if sums else list(counts)
    if not sums:
        return ()
    names = _names(bench.observer.observe(plan, [cell], bench.settings.run_limits).cells)
    called = functions([library.data for library in bench.foreign if not library.adapter])
    return tuple(_used(name, sums[at * TYPES : (at + 1) * TYPES], names) for at, name in enumerate(called))


def _names(cells: Sequence[CellRun]) -> Names | None:
    for observation in cells[0].observations:
        trace = observation.traces.get(Role.SUBJECT)
        if trace is not None and trace.names is not None:
            return trace.names
    return None


def _used(function: str, counts: Sequence[int], names: Names | None) -> Used:
    short = function.removeprefix(_PREFIX)
    kind = kind_of(short)
    types: tuple[str, ...] = ()
    if kind is not None and names is not None:
        types = tuple(_type(names, kind, index) for index, count in enumerate(counts) if count)
    return Used(short, sum(counts), tuple(dict.fromkeys(types)))


def kind_of(function: str) -> str | None:
    """The array of the `wit_t` that the function's index of a type belongs to; None if it has no such parameter."""
    if function not in interpreters.typed_functions():
        return None
    if function in _OTHERS:
        return _OTHERS[function]
    found = _KIND.fullmatch(function)
    assert found is not None, function
    return found[1] or found[2]


def _type(names: Names, kind: str, index: int) -> str:
    try:
        return names.of(kind, index)
    except DumpError:
        return f"{kind} {index}"

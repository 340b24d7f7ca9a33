"""The functions of the interface that were called on an interpreter of others, with their types; and its memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import interpreters
from harness.bench.workbench import Workbench
from harness.composition.counting import MEMORY, TYPES, functions
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


_PAGE_KIB = 64
_DOUBLINGS = 2
"""In how many last doublings of the number of calls the memory must have grown to be told about."""
_ENOUGH_CALLS = 64
"""With fewer calls, memory grows because nothing was there to be used again."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`used`: each function of the interpreter. `growth`: a sentence for each run whose memory went on growing."""

    used: tuple[Used, ...] = ()
    growth: tuple[str, ...] = ()


def checklist(bench: Workbench, plan: Plan, tested: Plan, cell: Cell) -> Counted:
    """The counted calls of all runs in a cell. Types have the names that `boxed` in the place of the interpreter gets
    for them: the library is the same. Empty if the runs do not end."""
    parts = tuple(replace(part, counted=part.foreign) for part in tested.components)
    counted = bench.observer.observe(replace(tested, components=parts), [cell], bench.settings.run_limits)
    sums: list[int] = []
    growth = []
    for run, observation in enumerate(counted.cells[0].observations, 1):
        counts = observation.result.counts if isinstance(observation.result, RunResult) else ()
        if not counts:
            continue
        calls, memory = counts[:-MEMORY], counts[-MEMORY:]
        sums = [a + b for a, b in zip(sums, calls, strict=True)] if sums else list(calls)
        if said := growth_of(memory[0], memory[1:]):
            growth.append(f"run {run}: the memory of the component with {bench.foreign[0].name} {said}")
    if not sums:
        return Counted()
    names = _names(bench.observer.observe(plan, [cell], bench.settings.run_limits).cells)
    called = functions([library.data for library in bench.foreign if not library.adapter])
    used = tuple(_used(name, sums[at * TYPES : (at + 1) * TYPES], names) for at, name in enumerate(called))
    return Counted(used, tuple(growth))


def growth_of(calls: int, pages: Sequence[int]) -> str:
    """How a memory grew, if it still did in the last doublings of the number of calls. `pages`: its size at the end of
    the last call whose number has one bit, two bits, and so on."""
    doublings = calls.bit_length()
    if calls < _ENOUGH_CALLS:
        return ""
    last = list(pages[doublings - _DOUBLINGS - 1 : doublings])
    if any(one >= other for one, other in itertools.pairwise(last)):
        return ""
    ends = [*((1 << bits) - 1 for bits in range(doublings - _DOUBLINGS, doublings)), calls]
    sizes = [f"{size * _PAGE_KIB} KiB after {end} calls" for size, end in zip(last, ends, strict=True)]
    return f"grows with the calls ({', '.join(sizes)}), as if something is never freed"


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

"""The kept traces of a failure: the expected and the observed events, in one form that `diff` compares.

In this form canonical names replace indices, handles are renamed in the order of their arrival, NaNs are canonical, and
events that are not compared one by one are left out (`harness/trace/reader.py`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.engine.results import RunResult
from harness.judge.observation import CellRun
from harness.judge.schedules import in_order
from harness.model.concurrency import Seen
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.text.visible import visible
from harness.trace.reader import Trace

README = "README.txt"
MOST_COMMANDS = 12

_FILES = """What the harness kept of a failure.

commands.txt              the tools, their versions, and how they were run
ROLE.wit                  the world of each component: subject (under test), driver (calls it), provider (is called)
run-N.calls               what run N calls, numbered as findings number them
run-N.ROLE.script         the script of a component's interpreter (interpreters/PROTOCOL.md)
run-N.ROLE.expected       the events that must be seen, one a line
run-N.ROLE.places         of each of these lines, the call and the place in its values
CELL/ROLE.dylib.wasm      the generated library, CELL/ROLE.component.wasm the linked component (.txt: why there is none)
CELL/composition.wasm     all components of the cell in one
CELL/run-N.ROLE.trace     the trace of the interpreter, unchanged
CELL/run-N.ROLE.seen      the same in the form of run-N.ROLE.expected
CELL/run-N.seen           of an asynchronous run: the events of all components in their order, each after its task
CELL/run-N.txt            the trap in which the run ended
"""


def keep_traces(folder: Path, plan: Plan, cells: Mapping[str, CellRun]) -> None:
    """`cells` by the names of their folders. Raises `OSError`."""
    for number, run in enumerate(plan.runs, 1):
        for role, events in run.expected.items():
            stem = f"run-{number}.{role.value}"
            _write(folder / f"{stem}.expected", events.lines)
            _write(folder / f"{stem}.places", events.paths)
        calls = [f"{at}  {call}" for at, call in enumerate(run.calls, 1)]
        _write(folder / f"run-{number}.calls", calls)
    for name, cell in cells.items():
        for number, observation in enumerate(cell.observations, 1):
            for role in plan.runs[number - 1].expected:
                trace = observation.traces.get(role)
                _write(folder / name / f"run-{number}.{role.value}.seen", trace.lines if trace is not None else ())
            if plan.asynchronous and isinstance(observation.result, RunResult):
                _write(folder / name / f"run-{number}.seen", _of_all(observation.traces, observation.result))
    commands = list(_commands(plan, cells))
    shown = "".join(f"  {command}\n" for command in commands[:MOST_COMMANDS])
    text = f"\nTo see where they differ, in this folder:\n{shown}" if shown else ""
    (folder / README).write_text(_FILES + text, encoding="utf-8")


def add_command(folder: Path, command: str) -> None:
    """Write the command that repeats the failure into the folder's README. Raises `OSError`."""
    with (folder / README).open("a", encoding="utf-8") as file:
        file.write(f"\nTo see it again, in the folder where the harness was run:\n  {visible(command)}\n")


def _of_all(traces: Mapping[Role, Trace], result: RunResult) -> list[str]:
    seen = in_order(traces, result.order)
    return [line for at, each in enumerate(seen, 1) for line in _with_late(at, each)]


def _with_late(at: int, seen: Seen) -> Iterator[str]:
    """An event of task 0 belongs to no task."""
    yield from (f"{at}  {seen.role.value}, task 0: {event}" for event in seen.late)
    yield f"{at}  {seen.role.value}, task {seen.task}: {seen.event}"


def _commands(plan: Plan, cells: Mapping[str, CellRun]) -> Iterator[str]:
    """A command for each wrong trace; none for asynchronous runs, for which several traces are right."""
    if plan.asynchronous:
        return
    for name, cell in cells.items():
        for number, observation in enumerate(cell.observations, 1):
            for role, events in plan.runs[number - 1].expected.items():
                trace = observation.traces.get(role)
                if trace is None or trace.events != events.events:
                    stem = f"run-{number}.{role.value}"
                    yield shlex.join(["diff", f"{stem}.expected", f"{name}/{stem}.seen"])


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="backslashreplace")

"""Lua with the program that the harness expects of every interpreter (docs/interpreters.md), by all combinations of
generator and linker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.judge.party import OfInterpreter
from harness.plan.plan import Plan
from harness.planner.guest_cases import guest_case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.abilities import Abilities, Streams
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from interpreters.lua import COPIES, ECHO
from interpreters.lua.build import LibraryKind
from reports.outcomes import Outcome
from tests.harness.guests import CASES, plan
from tests.harness.test_guest_async import async_plan
from tests.harness.test_guest_cancels import cancels_plan
from tests.harness.test_guest_copies import copies_plan
from tests.harness.test_guest_ends import ends_plan
from tests.interpreters.lua.libraries import ASYNC, ASYNC_FOR_WINCH, FOR_WINCH, OLD, PLAIN, Library
from tests.interpreters.lua.running import program

RULES = ECHO.read_text(encoding="utf-8")


def workbench(
    folder: Path,
    library: Path,
    kind: LibraryKind,
    reference: bool = True,
    source: str = RULES,
    abilities: Abilities | None = None,
) -> Workbench:
    abilities = abilities or Abilities(kind.asynchronous)
    modules = [("copies", COPIES.read_text(encoding="utf-8"))] if abilities.streams is Streams.COPY else []
    (folder / "echo.so").write_bytes(program(*modules, ("echo", source)))
    files = (NamedFile("echo.so", folder / "echo.so"),)
    interpreter = Interpreter(library, kind.abi_version, files, abilities=abilities)
    selection = Selection((Ours(), Reference(find())) if reference else (Ours(),))
    return Workbench(Settings(folder, selection, interpreter=interpreter), Steps())


def options(kind: LibraryKind) -> Options:
    engine = EngineKind.CRANELIFT if kind.exceptions else EngineKind.WINCH
    return Options(engine=engine, artifacts=None)


@pytest.mark.parametrize("kind", [PLAIN, FOR_WINCH, OLD])
def test_a_world_with_everything(lua: Library, tmp_path: Path, kind: LibraryKind) -> None:
    found = examine_guest(workbench(tmp_path, lua(kind), kind), "w", plan(), options(kind))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


def test_asynchronous_functions(lua: Library, tmp_path: Path) -> None:
    planned = async_plan(calls=20)
    assert not planned.unsupported
    found = examine_guest(workbench(tmp_path, lua(ASYNC), ASYNC), "w", planned, options(ASYNC))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


CALL = "local done, found = pcall(call, table.unpack(arguments, 1, count))"
WRONG_CALL = f"""
    local mine = {{}}
    latest = mine
    {CALL}
    assert(mine == latest)
"""
"""Right for one task at a time."""


def test_tasks_that_are_not_kept_apart(lua: Library, tmp_path: Path) -> None:
    tools = workbench(tmp_path, lua(ASYNC), ASYNC, reference=False, source=RULES.replace(CALL, WRONG_CALL))
    planned = async_plan(calls=10)
    found = examine_guest(tools, "w", planned, options(ASYNC))
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter(lua(ASYNC).name),))
    assert {finding.run for _, finding in found.verdict.findings} == {len(planned.runs)}


# ---- Streams, futures and cancellation -------------------------------------------------------------------------------

PASS, COPY = (Abilities(asynchronous=True, streams=streams, cancels=True) for streams in (Streams.PASS, Streams.COPY))


@dataclass(frozen=True)
class Planned:
    """`calls`: at least so many."""

    plan: Callable[[], Plan]
    abilities: Abilities
    calls: int


ENDS = Planned(lambda: ends_plan(calls=20), PASS, 40)
CANCELS = Planned(lambda: cancels_plan(PASS), PASS, 40)
COPIED = Planned(copies_plan, COPY, 6)
ONLY_CANCELS = Planned(lambda: replace(cancels_plan(PASS), runs=cancels_plan(PASS).runs[-1:]), PASS, 6)


def checked(
    folder: Path,
    library: Path,
    planned: Planned,
    source: str = RULES,
    reference: bool = False,
    kind: LibraryKind = ASYNC,
) -> Examination:
    tools = workbench(folder, library, kind, reference, source, planned.abilities)
    return examine_guest(tools, "w", planned.plan(), options(kind))


@pytest.mark.parametrize("planned", [ENDS, CANCELS, COPIED], ids=["ends", "cancels", "copied"])
def test_ends_and_cancellation(lua: Library, tmp_path: Path, planned: Planned) -> None:
    found = checked(tmp_path, lua(ASYNC), planned, reference=True)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert len(found.ran.cells) == 4
    assert found.ran.calls >= planned.calls


IN_TURN = replace(COPY, cancels=False, one_at_a_time=True)
"""Without exceptions no coroutine can be suspended: a task that waits holds the component."""
WITHOUT_EXCEPTIONS = {
    "functions": Planned(lambda: async_plan(calls=20, abilities=IN_TURN), IN_TURN, 20),
    "copied": Planned(lambda: copies_plan(abilities=IN_TURN), IN_TURN, 6),
}


@pytest.mark.parametrize("name", WITHOUT_EXCEPTIONS)
def test_one_task_at_a_time_without_exceptions(lua: Library, tmp_path: Path, name: str) -> None:
    planned = WITHOUT_EXCEPTIONS[name]
    found = checked(tmp_path, lua(ASYNC_FOR_WINCH), planned, reference=True, kind=ASYNC_FOR_WINCH)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert len(found.ran.cells) == 4
    assert found.ran.calls >= planned.calls


def test_several_tasks_without_exceptions_are_seen(lua: Library, tmp_path: Path) -> None:
    planned = Planned(lambda: async_plan(calls=10), Abilities(asynchronous=True), 0)
    library = lua(ASYNC_FOR_WINCH)
    found = checked(tmp_path, library, planned, kind=ASYNC_FOR_WINCH)
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter(library.name),))
    assert {finding.run for _, finding in found.verdict.findings} == {len(planned.plan().runs)}


AN_END = "has to give each end on as it got it, once and at its place, and to drop the others"
A_COPY = f"{AN_END}, or to copy its elements, each once and in order"
WRONG = {
    "exchanged": (
        ENDS,
        "if done then return",
        """if described.member == "two" and done then found[1], found[2] = found[2], found[1] end
           if done then return""",
        AN_END,
    ),
    "skipped": (COPIED, "local found, state =", "from:read(1) local found, state =", A_COPY),
    "twice": (COPIED, "local _, written =", "to:write(found) local _, written =", A_COPY),
    "not passed on": (
        ONLY_CANCELS,
        "pcall(call,",
        "pcall(coroutine.wrap(call),",  # the task waits in place, where nobody can cancel it
        "has to pass a cancellation on to the call that its task waits for",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_program_is_blamed(lua: Library, tmp_path: Path, fault: str) -> None:
    planned, right, wrong, rule = WRONG[fault]
    assert right in RULES
    library = lua(ASYNC)
    found = checked(tmp_path, library, planned, RULES.replace(right, wrong))
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter(library.name),))
    message = found.verdict.findings[0][1].message
    assert message.endswith(f"({library.name} {rule})"), message


NAMES = (
    "accessors/fallible",
    "maps/duplicate-keys",
    "fixed-length-lists/nested",
    "lists/of-options",
)
"""What goes wrong easily in Lua: names that differ in an annotation only, the order of keys, holes."""


@pytest.mark.parametrize("name", NAMES)
def test_a_case(lua: Library, tmp_path: Path, name: str) -> None:
    reference = not name.startswith("fixed-length-lists/")  # it panics
    tools = workbench(tmp_path, lua(FOR_WINCH), FOR_WINCH, reference)
    planned = guest_case_plan(load_case(CASES / f"{name}.toml"))
    found = examine_guest(tools, name, planned, options(FOR_WINCH))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize("name", ["three-in-reverse", "borrows-that-go-through"])
def test_an_asynchronous_case(lua: Library, tmp_path: Path, name: str) -> None:
    planned = guest_case_plan(load_case(CASES / "async" / "calls" / f"{name}.toml"), Abilities(asynchronous=True))
    found = examine_guest(workbench(tmp_path, lua(ASYNC), ASYNC, reference=False), name, planned, options(ASYNC))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings

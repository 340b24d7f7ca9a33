"""Lua with the program that the harness expects of every interpreter (docs/interpreters.md), by all combinations of
generator and linker."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.planner.guest_cases import guest_case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.abilities import Abilities
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from interpreters.lua import ECHO
from interpreters.lua.build import LibraryKind
from reports.outcomes import Outcome
from tests.harness.test_guest import CASES, plan
from tests.harness.test_guest_async import async_plan
from tests.interpreters.lua.libraries import ASYNC, FOR_WINCH, OLD, PLAIN, Library
from tests.interpreters.lua.running import program


def workbench(
    folder: Path, library: Path, kind: LibraryKind, reference: bool = True, source: str | None = None
) -> Workbench:
    (folder / "echo.so").write_bytes(program(("echo", source or ECHO.read_text(encoding="utf-8"))))
    files = (NamedFile("echo.so", folder / "echo.so"),)
    interpreter = Interpreter(library, kind.abi_version, files, abilities=Abilities(kind.asynchronous))
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
    source = ECHO.read_text(encoding="utf-8")
    tools = workbench(tmp_path, lua(ASYNC), ASYNC, reference=False, source=source.replace(CALL, WRONG_CALL))
    planned = async_plan(calls=10)
    found = examine_guest(tools, "w", planned, options(ASYNC))
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, lua(ASYNC).name)
    assert {finding.run for _, finding in found.verdict.findings} == {len(planned.runs)}


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

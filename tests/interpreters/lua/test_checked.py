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
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from interpreters.lua import ECHO
from interpreters.lua.build import LibraryKind
from reports.outcomes import Outcome
from tests.harness.test_guest import CASES, plan
from tests.interpreters.lua.libraries import FOR_WINCH, OLD, PLAIN, Library
from tests.interpreters.lua.running import program


def workbench(folder: Path, library: Path, kind: LibraryKind, reference: bool = True) -> Workbench:
    (folder / "echo.so").write_bytes(program(("echo", ECHO.read_text(encoding="utf-8"))))
    interpreter = Interpreter(library, kind.abi_version, (NamedFile("echo.so", folder / "echo.so"),))
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

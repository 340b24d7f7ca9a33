"""The library of faults: each has a mutant, and without a choice it does what the committed library does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import interpreters
from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.mutants.boxed_faults import BOXED_FAULTS, BoxedFault
from harness.mutants.cases import CASES
from harness.mutants.fault_cases import FAULT_CASES
from harness.mutants.toolchain import MUTANTS, PREFIX
from harness.mutation.detect import Detector
from harness.planner import case_plan
from harness.process.steps import Steps
from harness.suite.case import parse_case
from harness.toolchains.selection import Named, Ours, Selection

ROOT = Path(__file__).resolve().parents[3]
BOXED = interpreters.boxed(*interpreters.WITH_FAULTS)


def test_each_fault_has_a_mutant() -> None:
    faults = [mutant.fault.name for mutant in BOXED_FAULTS if isinstance(mutant.fault, BoxedFault)]
    assert Counter(faults) == Counter(interpreters.faults())
    assert len(faults) >= 25


def test_the_documented_mutants_exist() -> None:
    section = (ROOT / "docs" / "async.md").read_text(encoding="utf-8").split("\n## Mutants\n")[1]
    rows = re.findall(r"^\|.*\| (`.*`) \|$", section, flags=re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert set(named) <= set(MUTANTS)
    assert {mutant.name for mutant in BOXED_FAULTS} <= set(named)


def test_each_fault_makes_a_library_of_its_own() -> None:
    right = BOXED.read_bytes()
    made = [BoxedFault(name)(right) for name in interpreters.faults()]
    assert len({right, interpreters.faulty().read_bytes(), *made}) == len(made) + 2


def test_an_unknown_fault() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        BoxedFault("no_such")(BOXED.read_bytes())


@pytest.mark.parametrize("library", [item for item in interpreters.ALL if item != interpreters.WITH_FAULTS])
def test_other_libraries_stay_as_they_are(library: tuple[int, str, str]) -> None:
    binary = interpreters.boxed(*library).read_bytes()
    assert BoxedFault(interpreters.faults()[0])(binary) is binary


@pytest.mark.parametrize("case", [*FAULT_CASES, "async-calls", "async-streams", "async-cancelled-calls"])
def test_nothing_is_wrong_without_a_choice(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So what a mutant shows is its own fault."""

    def without_choice(binary: bytes) -> bytes:
        assert binary == BOXED.read_bytes()
        return interpreters.faulty().read_bytes()

    name = "without-choice"
    monkeypatch.setitem(MUTANTS, name, replace(BOXED_FAULTS[0], name=name, fault=without_choice))
    bench = Workbench(Settings(tmp_path, Selection((Ours(), Named(PREFIX + name)))), Steps())
    detector = Detector(bench, case_plan(parse_case(CASES[case])), Options(artifacts=None))
    assert not detector.builds_the_same(name)
    assert detector.by_model(name) is None

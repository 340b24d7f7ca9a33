"""`--init --adapt`: subjects whose initialisation uses WASI through Wasmtime's adapter behave as before it. What the
adapter allocates then is no leak; what a call leaves behind is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.composition import initial_wasi
from harness.frontend.front_end import WitText
from harness.judge.party import ByItself, OfInitializer
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.toolchains.cells import OURS
from harness.toolchains.interpreter import NamedFile
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Named, Ours, Reference, Selection
from reports.outcomes import Outcome

WIT = """package a:b;
interface x {
  record pair { small: s8, text: string }
  swap: func(pairs: list<pair>, c: char) -> result<option<pair>, string>;
}
world w { import x; export x; export f: func(a: string) -> string; }
"""
IMPORTS_WASI = """package wasi:cli@0.2.0;
interface environment { get-environment: func() -> list<tuple<string, string>>; }
world w { import environment; export run: func() -> u32; }
"""
BOTH = Selection((Ours(), Reference(find())))


@pytest.fixture(autouse=True)
def library() -> Iterator[None]:
    """A test may change the library, so none is kept."""
    initial_wasi.library.cache_clear()
    yield
    initial_wasi.library.cache_clear()


def found(folder: Path, adapter: Path, tools: Selection = BOTH, wit: str = WIT) -> Examination:
    settings = Settings(folder, tools, adapters=(NamedFile(initial_wasi.PREVIEW1, adapter),))
    plan = check_plan(WitText(wit, "w.wit"), None, seed=2, calls=12)
    return examine(Workbench(settings, Steps()), "w", plan, Options(artifacts=None, initializer=OURS))


def told(examination: Examination) -> str:
    return "; ".join([finding.message for _, finding in examination.verdict.findings])


def test_the_same_verdict(tmp_path: Path, adapter: Path) -> None:
    """With the components of both linkers."""
    examination = found(tmp_path, adapter)
    assert examination.verdict.outcome is Outcome.PASS, examination.verdict.findings
    assert examination.ran.calls >= 12
    assert {cell.partition("=")[2].partition("-")[0] for cell in examination.ran.cells} == {"ours", "reference"}


def _without(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The initialisation without a step at its end."""
    whole = initial_wasi._wat
    monkeypatch.setattr(initial_wasi, "_wat", lambda end: whole(tuple([each for each in end if each != step])))


def test_without_the_end_of_the_initialisation_its_memory_is_a_leak(
    tmp_path: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without(monkeypatch, initial_wasi.NOTE)
    examination = found(tmp_path, adapter)
    assert examination.verdict.outcome is Outcome.FAIL
    assert "balance" in told(examination)


def test_an_adapter_that_is_not_reset_is_seen(tmp_path: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, initial_wasi.RESET)
    examination = found(tmp_path, adapter)
    assert (examination.verdict.outcome, examination.verdict.minority) == (Outcome.FAIL, (OfInitializer(),))
    assert "the adapter kept the environment or handles of the initialisation" in told(examination)


@pytest.mark.parametrize(
    ("mutant", "minority", "message"),
    [
        ("list-leaked", ByItself(OURS), "balance"),
        ("init-without-its-function", OfInitializer(), "a global does not have the value that initialisation gave it"),
    ],
)
def test_what_is_wrong_is_seen(
    tmp_path: Path, adapter: Path, mutant: str, minority: ByItself | OfInitializer, message: str
) -> None:
    examination = found(tmp_path, adapter, Selection((Named(f"mutant:{mutant}", stands_in=True),)))
    assert examination.verdict.outcome is Outcome.FAIL
    assert message in told(examination)
    assert examination.verdict.minority in ((minority,), ())


def test_a_world_that_imports_wasi_is_left_out(tmp_path: Path, adapter: Path) -> None:
    verdict = found(tmp_path, adapter, wit=IMPORTS_WASI).verdict
    assert verdict.outcome is Outcome.SKIP
    assert "wasi:cli/environment@0.2.0, which the initialisation may call through its adapter" in verdict.reason

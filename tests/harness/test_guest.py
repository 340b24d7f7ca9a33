"""`echo`, and wrong interpreters that are blamed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.engine.results import RunLimits
from harness.judge.party import Minority, OfInterpreter
from harness.planner.guest_cases import guest_case_plan
from harness.suite.case import load_case
from harness.toolchains.selection import Named, Selection
from interpreters.build import build_echo
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.guests import ASYNC, CASES, WORLD, bench, examined, needs_zig, plan, wrong_echo
from tests.harness.minorities import alone


@needs_zig
@pytest.mark.parametrize("version", [2, 3])
def test_the_committed_library(version: int) -> None:
    assert echo(version).read_bytes() == build_echo(version)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_echo_passes(tmp_path: Path, version: int, seed: int) -> None:
    found = examined(bench(tmp_path, echo(version), version), plan(seed))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


@pytest.mark.parametrize("version", [2, 3])
def test_echo_passes_in_a_world_with_asynchronous_functions(tmp_path: Path, version: int) -> None:
    """They have no rule; the others have theirs, and the model of such runs does not wait for events of `echo`."""
    planned = plan(wit=ASYNC)
    assert [text for text in planned.not_run if "async function" in text] == [
        "export a:b/both#[method]thing.wait: async function, which is called with --with-async",
        "export slow#go: async function, which is called with --with-async",
    ]
    found = examined(bench(tmp_path, echo(version), version), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


MUTANTS = ("MUTANT_FIRST_ELEMENT_DROPPED", "MUTANT_EXCHANGED_FIELDS", "MUTANT_NO_SIGN", "MUTANT_OWN_LEAKED")


@needs_zig
@pytest.mark.parametrize("wit", [WORLD, ASYNC], ids=["synchronous", "asynchronous"])
@pytest.mark.parametrize("flag", MUTANTS)
def test_a_wrong_interpreter_is_blamed(tmp_path: Path, flag: str, wit: str) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(wrong_echo(flag))
    found = examined(bench(tmp_path, library), plan(wit=wit))
    assert found.verdict.outcome is Outcome.FAIL
    assert found.verdict.minority == (OfInterpreter("mine.so"),)
    assert {str(judged.party) for judged in found.verdict.judgements} == {"mine.so"}


@needs_zig
@pytest.mark.parametrize(
    ("flags", "blamed"), [([], ()), (["-DMUTANT_BORROW_KEPT"], (OfInterpreter("mine.so"),))], ids=["right", "kept"]
)
def test_borrows_of_an_imported_resource_are_dropped(tmp_path: Path, flags: list[str], blamed: Minority) -> None:
    """In most worlds the harness also exports the resource, and its borrows are no handles."""
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, flags))
    case = load_case(CASES / "resources" / "borrow-of-one-imported-and-forwarded.toml")
    found = examined(bench(tmp_path, library), guest_case_plan(case))
    assert found.verdict.minority == blamed, found.verdict.findings
    assert ("borrow-left" in "".join(finding.message for _, finding in found.verdict.findings)) is bool(flags)


@needs_zig
def test_an_interpreter_that_loops_is_blamed(tmp_path: Path) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, ["-DMUTANT_ENDLESS"]))
    tools = bench(tmp_path, library)
    tools.settings = replace(tools.settings, run_limits=RunLimits(fuel=20_000_000))
    found = examined(tools, plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.TIMED_OUT, (OfInterpreter("mine.so"),)), (
        found.verdict
    )
    (judged,) = found.verdict.judgements
    assert str(judged.party) == "mine.so"
    assert "with boxed in its place the run ends" in judged.findings[0].message
    first, *others = judged.findings
    assert others and [finding.ended for finding in others] == [None] * len(others)
    assert first.ended is not None and "small: " in first.ended.text
    assert f"(call {first.ended.call} {first.ended.text.partition('(')[0]}" in first.ended.around


@pytest.mark.parametrize("wit", [WORLD, ASYNC], ids=["synchronous", "asynchronous"])
@pytest.mark.parametrize("mutant", ["fields-packed", "string-one-too-long"])
def test_a_wrong_generator_is_not_the_interpreters_fault(tmp_path: Path, mutant: str, wit: str) -> None:
    selection = Selection((Named(f"mutant:{mutant}", stands_in=True),))
    found = examined(bench(tmp_path, echo(), selection=selection), plan(wit=wit))
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, alone("ours"))

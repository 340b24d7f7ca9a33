"""Limits of the harness and faults of the engine, which say nothing about a tool."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine.results import Rejected, RunResult
from harness.fuzz.bucket import hits
from harness.judge.findings import refused_by_engine
from harness.judge.judging import judge
from harness.judge.party import Minority
from harness.judge.structure import Structure
from harness.process.steps import Loss
from harness.suite.expectations import Expectations
from harness.toolchains.cells import OURS, REFERENCE
from reports.outcomes import Outcome
from tests.harness.minorities import alone
from tests.harness.verdicts import BUG, FAULT, GOOD, SIGN, STOPPED, TOOLS, cell_run, observation, plan, pure


@pytest.mark.parametrize("stopped", [(OURS,), (REFERENCE,), (OURS, REFERENCE)])
def test_a_bound_of_the_harness_is_nobodys_failure(stopped: tuple[str, ...]) -> None:
    cells = []
    for name in (OURS, REFERENCE):
        run = cell_run(pure(name), GOOD)
        cells.append(replace(run, observations=(observation("", STOPPED),)) if name in stopped else run)
    found = judge("x/y", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.LIMIT_REACHED, ())
    assert {name for name, _ in found.findings} == set(stopped)
    assert all("by a limit of the harness: all fuel consumed" in finding.message for _, finding in found.findings)


@pytest.mark.parametrize(
    ("spent", "outcome", "minority"),
    [(0.01, Outcome.TIMED_OUT, alone(OURS)), (0.2, Outcome.LIMIT_REACHED, ()), (1.0, Outcome.LIMIT_REACHED, ())],
)
def test_a_run_that_ends_early_elsewhere_is_endless_here(spent: float, outcome: Outcome, minority: Minority) -> None:
    """A run that comes near a limit may be a little too long with other code: that is nobody's failure."""
    endless = replace(cell_run(pure(OURS), GOOD), observations=(observation("", STOPPED),))
    ends = cell_run(pure(REFERENCE), GOOD)
    (seen,) = ends.observations
    assert isinstance(seen.result, RunResult)
    ends = replace(ends, observations=(replace(seen, result=replace(seen.result, spent=spent)),))
    found = judge("x/y", plan(), [endless, ends], Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (outcome, minority)


@pytest.mark.parametrize("met", [(OURS,), (REFERENCE,), (OURS, REFERENCE)])
@pytest.mark.parametrize("while_running", [True, False])
def test_a_fault_of_the_engine_is_nobodys_failure(met: tuple[str, ...], while_running: bool) -> None:
    """While a run goes on, or before it begins."""
    cells = []
    for name in (OURS, REFERENCE):
        run = cell_run(pure(name), GOOD)
        if name in met and while_running:
            run = replace(run, observations=(observation("", FAULT),))
        elif name in met:
            run = replace(run, rejected=Rejected("instantiate", FAULT.message), observations=())
        cells.append(run)
    found = judge("x/y", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, ())
    assert {name for name, _ in found.findings} == set(met)
    assert all(finding.message.endswith(BUG) for _, finding in found.findings)
    assert not {hit.bucket.minority for hit in hits(found, lambda _, findings: [""] * len(findings))} - {""}


def test_a_failure_beside_a_fault_of_the_engine_is_a_failure() -> None:
    run = replace(cell_run(pure(REFERENCE), GOOD), observations=(observation("", FAULT),))
    found = judge("x/y", plan(), [cell_run(pure(OURS), SIGN), run], Structure(), TOOLS, Expectations())
    assert found.outcome is Outcome.FAIL


def test_a_failure_beside_a_bound_is_a_failure() -> None:
    run = replace(cell_run(pure(REFERENCE), GOOD), observations=(observation("", STOPPED),))
    found = judge("x/y", plan(), [cell_run(pure(OURS), SIGN), run], Structure(), TOOLS, Expectations())
    assert found.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("rejected", "outcome", "message"),
    [
        (Rejected("compile", "bad type"), Outcome.INVALID_OUTPUT, "x@winch: not compiled: bad type"),
        (Rejected("compile", "no end", True), Outcome.TIMED_OUT, "x@winch: not compiled: no end"),
        (Rejected("run", "no end", True), Outcome.TIMED_OUT, "x@winch: not run: no end"),
        (Rejected("describe", "garbage"), Outcome.INVALID_OUTPUT, "x@winch: not described: garbage"),
        (
            Rejected.lost("run", Loss(0.0, -11, "the worker ended with code -11")),
            Outcome.ENGINE_FAULT,
            "x@winch: a signal ended the engine twice, in run: the worker ended with code -11",
        ),
        (
            Rejected.lost("compile", Loss(0.0, -9, "the worker ended with code -9")),
            Outcome.HARNESS_ERROR,
            "x@winch: the system killed the worker twice, at last while it ran alone, as it does when memory is short; "
            "give it more memory, or make the input smaller",
        ),
        (
            Rejected.lost("compose", Loss(0.0, -11, "code -11")),
            Outcome.HARNESS_ERROR,
            "x@winch: a signal ended the harness twice, in compose: code -11",
        ),
        (Rejected.lost("run", Loss(9.0, None, "no end")), Outcome.TIMED_OUT, "x@winch: not run: no end"),
        (Rejected.lost("run", Loss(0.0, 3, "code 3")), Outcome.INVALID_OUTPUT, "x@winch: not run: code 3"),
    ],
)
def test_what_the_engine_does_not_take(rejected: Rejected, outcome: Outcome, message: str) -> None:
    finding = refused_by_engine("x@winch", rejected)
    assert (finding.outcome, finding.message) == (outcome, message)

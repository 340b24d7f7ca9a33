"""WIT that our front end refuses: bad input, unless somebody else takes it."""

from __future__ import annotations

import pytest

from harness.judge.party import Minority
from harness.runs.second_opinion import second_opinion
from harness.toolchains.cells import OURS
from harness.toolchains.protocol import BuildResult, Built, Panicked, Refused
from reports.outcomes import Outcome
from tests.harness.minorities import alone
from tests.harness.test_build import DYLIB, Fake, builder

REFUSAL = "w.wit:1:1: error: no"


@pytest.mark.parametrize(
    ("said", "outcome", "minority", "told"),
    [
        (Refused("no", "generate"), Outcome.BAD_INPUT, (), REFUSAL),
        (Panicked(101, "boom", "generate"), Outcome.BAD_INPUT, (), "boom"),
        (Built(DYLIB), Outcome.FAIL, alone(OURS), "other accepts this WIT, but our front end refuses it: " + REFUSAL),
    ],
)
def test_whose_fault_it_is(said: BuildResult, outcome: Outcome, minority: Minority, told: str) -> None:
    """Ours is not asked: it stands on the same front end."""
    ours = Fake("ours", []).toolchain(in_process=True)
    other = Fake("other", [], dylib=said).toolchain()
    both = {"ours": ours, "other": other}
    verdict = second_opinion(both, builder(ours, other), "package a:b", None, ()).verdict(REFUSAL)
    assert verdict.outcome is outcome
    assert verdict.minority == minority
    assert told in "\n".join([verdict.reason, *(finding.message for _, finding in verdict.findings)])

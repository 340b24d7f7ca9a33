"""Exit codes of outcomes that must not be."""

from __future__ import annotations

import pytest

from harness.cli import exits
from reports.outcomes import Outcome

OTHERS = {
    Outcome.BAD_INPUT: exits.USED_WRONGLY,
    Outcome.HARNESS_ERROR: exits.BROKEN,
    Outcome.LIMIT_REACHED: exits.BROKEN,
    Outcome.ENGINE_FAULT: exits.BROKEN,
    Outcome.UNPREDICTABLE: exits.BROKEN,
}


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.good])
def test_the_exit_code_of_an_outcome(outcome: Outcome) -> None:
    assert exits.of_bad(outcome) == OTHERS.get(outcome, exits.DISAGREE)


def test_what_says_nothing_about_tools_is_no_disagreement() -> None:
    undecided = {Outcome.LIMIT_REACHED, Outcome.ENGINE_FAULT, Outcome.UNPREDICTABLE, Outcome.HARNESS_ERROR}
    assert {outcome for outcome in Outcome if outcome.undecided} == undecided
    assert all(exits.of_bad(outcome) == exits.BROKEN for outcome in Outcome if outcome.undecided)

"""The known faults of tools in a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine.results import EngineKind, Trap
from harness.judge.difference import Difference
from harness.judge.judging import judge
from harness.judge.structure import Structure
from harness.plan.roles import Role
from harness.suite.expectations import Expectation, Expectations
from harness.toolchains.cells import OURS, REFERENCE, default_cells
from harness.toolchains.protocol import Panicked
from reports.outcomes import Outcome
from tests.harness.verdicts import (
    FAULT,
    GOOD,
    OTHER,
    ROLES,
    SIGN,
    STOPPED,
    TOOLS,
    cell_run,
    failed,
    observation,
    plan,
    pure,
    verdict,
)


def known(**change: object) -> Expectations:
    fields: dict[str, object] = {
        "id": "sign", "tool": "wasm-tools", "outcome": "fail", "reason": "r", "source": "s", "cases": ("x/y",),
    }  # fmt: skip
    return Expectations((Expectation(**{**fields, **change}),))  # type: ignore[arg-type]  # a table of fields


class TestExpectations:
    def test_a_known_fault_is_an_expected_failure(self) -> None:
        found = verdict(GOOD, SIGN, known())
        assert found.outcome is Outcome.EXPECTED_FAILURE
        assert [j.expectation.id for j in found.judgements if j.expectation] == ["sign"]

    def test_the_message_must_fit(self) -> None:
        assert verdict(GOOD, SIGN, known(message="got push_u8 255")).outcome is Outcome.EXPECTED_FAILURE
        assert verdict(GOOD, SIGN, known(message="got push_u8 3")).outcome is Outcome.FAIL

    def test_another_case_or_tool_is_not_excused(self) -> None:
        assert verdict(GOOD, SIGN, known(cases=("x/z",))).outcome is Outcome.FAIL
        assert verdict(SIGN, GOOD, known()).outcome is Outcome.FAIL

    def test_a_pass_that_was_not_expected_is_red(self) -> None:
        assert verdict(GOOD, GOOD, known()).outcome is Outcome.UNEXPECTED_PASS
        assert not Outcome.UNEXPECTED_PASS.good

    @pytest.mark.parametrize("stop", [FAULT, STOPPED])
    def test_a_known_fault_that_could_not_be_seen_is_not_gone(self, stop: Trap) -> None:
        """Nor does the expectation explain what the engine did."""
        reference = replace(cell_run(pure(REFERENCE), GOOD), observations=(observation("", stop),))
        cells = [cell_run(pure(OURS), GOOD), reference]
        found = judge("x/y", plan(), cells, Structure(), TOOLS, known(message=""))
        assert found.outcome is (Outcome.ENGINE_FAULT if stop is FAULT else Outcome.LIMIT_REACHED)
        assert len(found.findings) == 1

    def test_a_difference_of_structure_is_the_failure_that_was_expected(self) -> None:
        cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD)]
        structure = Structure(
            from_first={REFERENCE: [Difference(1, "export", Role.SUBJECT, "f", "func()", "(nothing)")]}
        )
        found = judge("x/y", plan(), cells, structure, TOOLS, known())
        assert found.outcome is Outcome.EXPECTED_FAILURE

    def test_an_entry_that_names_the_case_comes_first(self) -> None:
        both = Expectations((*known(id="anywhere", cases=("*",)).items, *known().items))
        found = verdict(GOOD, SIGN, both)
        assert found.outcome is Outcome.EXPECTED_FAILURE
        assert [j.expectation.id for j in found.judgements if j.expectation] == ["sign"]

    def test_wildcards_demand_nothing(self) -> None:
        assert verdict(GOOD, GOOD, known(cases=("x/*",))).outcome is Outcome.PASS

    def test_a_mixed_cell_is_excused_with_its_maker(self) -> None:
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        for index in (1, 2, 3):
            cells[index] = cell_run(cells[index].cell, SIGN)
        assert judge("x/y", plan(), cells, Structure(), TOOLS, known()).outcome is Outcome.EXPECTED_FAILURE

    @pytest.mark.parametrize(
        ("mixed", "message", "outcome"),
        [
            (SIGN, "255", Outcome.EXPECTED_FAILURE),  # the same as by itself
            (SIGN, "^event", Outcome.EXPECTED_FAILURE),
            (OTHER, "^event", Outcome.EXPECTED_FAILURE),  # in another way that the entry explains
            (OTHER, "255", Outcome.FAIL),
            (GOOD.replace("balance 0", "balance 4"), "255", Outcome.FAIL),
            (SIGN.replace("balance 0", "balance 4"), "255", Outcome.FAIL),  # a second failure beside the known one
        ],
    )
    def test_a_mixed_cell_is_excused_only_for_what_its_maker_shows(
        self, mixed: str, message: str, outcome: Outcome
    ) -> None:
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1] = cell_run(cells[1].cell, SIGN)
        cells[2] = cell_run(cells[2].cell, mixed)
        found = judge("x/y", plan(), cells, Structure(), TOOLS, known(message=message))
        assert found.outcome is outcome, found

    def test_a_mixed_cell_whose_parts_its_maker_does_not_build_is_excused(self) -> None:
        panicked = Panicked(101, "todo!", "generate")
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1:] = [failed(each.cell, panicked) for each in cells[1:]]
        entry = known(outcome="tool panicked", message="todo")
        assert judge("x/y", plan(), cells, Structure(), TOOLS, entry).outcome is Outcome.EXPECTED_FAILURE
        cells[2] = failed(cells[2].cell, Panicked(101, "unwrap", "generate"))
        assert judge("x/y", plan(), cells, Structure(), TOOLS, entry).outcome is Outcome.TOOL_PANICKED

    @pytest.mark.parametrize(
        ("mixed", "outcome"), [("todo!", Outcome.EXPECTED_FAILURE), ("unwrap", Outcome.TOOL_PANICKED)]
    )
    def test_the_same_text_is_the_same_fault_in_whatever_cell(self, mixed: str, outcome: Outcome) -> None:
        """The entry explains what is said of the maker's own cell alone."""
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1] = failed(cells[1].cell, Panicked(101, "todo!", "generate"))
        cells[2] = failed(cells[2].cell, Panicked(101, mixed, "generate"))
        entry = known(outcome="tool panicked", message="^the (subject|driver) of reference@winch: ")
        assert judge("x/y", plan(), cells, Structure(), TOOLS, entry).outcome is outcome

    @pytest.mark.parametrize(
        ("stop", "outcome"), [(STOPPED, Outcome.LIMIT_REACHED), (FAULT, Outcome.ENGINE_FAULT)], ids=["limit", "fault"]
    )
    def test_no_known_fault_excuses_a_mixed_cell_that_was_not_judged(self, stop: Trap, outcome: Outcome) -> None:
        """Not even if its maker shows the same by itself, and that is known."""
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1:3] = [replace(run, observations=(observation("", stop),)) for run in cells[1:3]]
        found = judge("x/y", plan(), cells, Structure(), TOOLS, known(outcome=outcome.value))
        judged = {str(judgement.party): judgement.outcome for judgement in found.judgements}
        assert judged[REFERENCE] is Outcome.EXPECTED_FAILURE
        assert judged[str(cells[2].cell)] is found.outcome is outcome

    def test_no_known_fault_excuses_a_mixed_cell_that_reached_a_limit(self) -> None:
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1] = cell_run(cells[1].cell, SIGN)
        cells[2] = replace(cells[2], observations=(observation("", STOPPED),))
        assert judge("x/y", plan(), cells, Structure(), TOOLS, known()).outcome is Outcome.LIMIT_REACHED

    def test_no_excuse_for_a_failure_of_ours_in_the_same_case(self) -> None:
        assert verdict(SIGN, SIGN, known()).outcome is Outcome.FAIL

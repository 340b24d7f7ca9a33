"""Three opinions become a verdict: the differences, the minority, the known faults."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.engine.results import EngineKind, Rejected, RunResult, Trap
from harness.fuzz.bucket import hits
from harness.judge.diff import against_model, between
from harness.judge.difference import Difference
from harness.judge.judging import judge, refused_by_engine
from harness.judge.observation import CellRun, Observation
from harness.judge.structure import Structure, from_the_first
from harness.judge.verdict import SEVERITY, Verdict
from harness.plan.events import Events
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.process.steps import Loss
from harness.suite.expectations import Expectation, Expectations
from harness.toolchains.cells import (
    BOTH_WAYS_EVERY,
    OURS,
    REFERENCE,
    Build,
    Cell,
    First,
    default_cells,
    first_cells,
    full_cells,
    pure_cell,
)
from harness.toolchains.component_build import ComponentBuild
from harness.toolchains.protocol import BuildResult, Built, InvalidOutput, Panicked, Refused, TimedOut
from harness.trace.events import PopNumber, PushNumber
from harness.trace.reader import TraceReader
from reports.outcomes import Outcome

GOOD = "push_u8 1\npop_u8 = 2\nbalance 0 0 0 0 0\n"
FAILED = "push_u8 1\npop_u8 = 2\nfail d\n"
SIGN = "push_u8 255\npop_u8 = 2\nbalance 0 0 0 0 0\n"
OTHER = "push_u8 7\npop_u8 = 2\nbalance 0 0 0 0 0\n"
EVENTS = Events((PushNumber("u8", 1), PopNumber("u8", 2)), ("call 1, x", "call 2, result"))
ROLES = (Role.SUBJECT, Role.DRIVER)
TOOLS = {OURS: "generator", REFERENCE: "wasm-tools"}


def plan(outcome: ExpectedOutcome | None = None) -> Plan:
    script = ScriptPlan({}, {Role.SUBJECT: EVENTS}, outcome or ExpectedOutcome())
    return Plan("t", (), (), (Role.DRIVER,), (script,))


def observation(text: str, trap: Trap | None = None) -> Observation:
    result = RunResult({Role.SUBJECT: text}, trap)
    return Observation(result, {Role.SUBJECT: TraceReader().read(text)})


def cell_run(cell: Cell, text: str) -> CellRun:
    built = ComponentBuild(Built(b"d"), Built(b"c"))
    return CellRun(cell, {role: built for role, _ in cell.builds}, None, b"", (observation(text),))


def failed(cell: Cell, result: BuildResult) -> CellRun:
    return CellRun(cell, {role: ComponentBuild(result, None) for role, _ in cell.builds})


def pure(name: str) -> Cell:
    return pure_cell(ROLES, name, EngineKind.WINCH)


def verdict(ours: str, reference: str, expectations: Expectations | None = None) -> Verdict:
    cells = [cell_run(pure(OURS), ours), cell_run(pure(REFERENCE), reference)]
    return judge("x/y", plan(), cells, Structure(), TOOLS, expectations or Expectations())


@pytest.mark.parametrize(
    ("ours", "reference", "outcome", "minority"),
    [
        (GOOD, GOOD, Outcome.PASS, None),
        (SIGN, GOOD, Outcome.FAIL, OURS),
        (GOOD, SIGN, Outcome.FAIL, REFERENCE),
        (SIGN, SIGN, Outcome.FAIL, "model"),
        (SIGN, OTHER, Outcome.FAIL, None),
    ],
)
def test_the_minority(ours: str, reference: str, outcome: Outcome, minority: str | None) -> None:
    found = verdict(ours, reference)
    assert (found.outcome, found.minority) == (outcome, minority)


STOPPED = Trap(TrapClass.OUT_OF_FUEL, "all fuel consumed", "driver-run", "wasm trap: all fuel consumed")


@pytest.mark.parametrize("stopped", [(OURS,), (REFERENCE,), (OURS, REFERENCE)])
def test_a_bound_of_the_harness_is_nobodys_failure(stopped: tuple[str, ...]) -> None:
    cells = []
    for name in (OURS, REFERENCE):
        run = cell_run(pure(name), GOOD)
        cells.append(replace(run, observations=(observation("", STOPPED),)) if name in stopped else run)
    found = judge("x/y", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.LIMIT_REACHED, None)
    assert {name for name, _ in found.findings} == set(stopped)
    assert all("by a limit of the harness: all fuel consumed" in finding.message for _, finding in found.findings)


@pytest.mark.parametrize(
    ("spent", "outcome", "minority"),
    [(0.01, Outcome.TIMED_OUT, OURS), (0.2, Outcome.LIMIT_REACHED, None), (1.0, Outcome.LIMIT_REACHED, None)],
)
def test_a_run_that_ends_early_elsewhere_is_endless_here(spent: float, outcome: Outcome, minority: str | None) -> None:
    """A run that comes near a limit may be a little too long with other code: that is nobody's failure."""
    endless = replace(cell_run(pure(OURS), GOOD), observations=(observation("", STOPPED),))
    ends = cell_run(pure(REFERENCE), GOOD)
    (seen,) = ends.observations
    assert isinstance(seen.result, RunResult)
    ends = replace(ends, observations=(replace(seen, result=replace(seen.result, spent=spent)),))
    found = judge("x/y", plan(), [endless, ends], Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (outcome, minority)


def test_every_outcome_has_a_severity() -> None:
    assert sorted(SEVERITY) == sorted(Outcome)


BUG = "BUG: thread with WakeOnCancel::Yielding not promotable"
FAULT = Trap(TrapClass.ENGINE_FAULT, BUG, "driver-run", f"Caused by:\n    {BUG}\nlocation: x.rs:1\n")


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
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, None)
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


def test_the_first_difference_is_told_with_its_path() -> None:
    (finding,) = [finding for _, finding in verdict(GOOD, SIGN).findings]
    events = (PushNumber("u8", 1), PushNumber("u8", 255))
    assert finding.difference == Difference.of_events("event", Role.SUBJECT, "event 1, call 1, x", *events)
    assert finding.message == "event (subject, event 1, call 1, x): expected push_u8 1, got push_u8 255"
    assert finding.run == 1


def test_without_a_reference_the_model_judges() -> None:
    found = judge("c", plan(), [cell_run(pure(OURS), SIGN)], Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, OURS)


def test_a_fault_that_only_a_mixed_cell_shows() -> None:
    mixed = default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)[2]
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD), cell_run(mixed, SIGN)]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, "subject=reference,driver=ours@winch")


def of_four(**shown: str) -> Verdict:
    cells = [cell_run(pure(name), text) for name, text in shown.items()]
    return judge("x/y", plan(), cells, Structure(), TOOLS, Expectations())


@pytest.mark.parametrize(
    ("shown", "minority"),
    [
        ({"ours": GOOD, "reference": GOOD, "a": SIGN, "b": OTHER}, "a, b"),
        ({"ours": GOOD, "reference": GOOD, "a": SIGN, "b": SIGN}, "a, b"),
        ({"ours": SIGN, "reference": SIGN, "a": SIGN, "b": GOOD}, "b, model"),
        ({"ours": GOOD, "reference": SIGN, "a": SIGN}, None),
    ],
)
def test_all_opinions_vote(shown: dict[str, str], minority: str | None) -> None:
    assert of_four(**shown).minority == minority


def test_tools_that_refuse_the_same_agree() -> None:
    refused, panicked = Refused("no", "link"), Panicked(101, "todo!", "link")
    cells = [failed(pure(OURS), refused), failed(pure(REFERENCE), replace(refused, message="never"))]
    assert judge("c", plan(), cells, Structure(), TOOLS, Expectations()).minority == "model"
    cells = [failed(pure(OURS), panicked), failed(pure(REFERENCE), panicked)]
    assert judge("c", plan(), cells, Structure(), TOOLS, Expectations()).minority is None


def test_a_fault_that_both_ends_of_a_toolchain_share() -> None:
    names = [OURS, REFERENCE, "mine"]
    cells = [
        cell_run(cell, SIGN if "mine" in str(cell) and cell.toolchain is None else GOOD)
        for cell in default_cells(ROLES, names, EngineKind.WINCH)
    ]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, "mine")


def test_differences_of_structure_have_two_opinions_only() -> None:
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD)]
    structure = Structure(from_first={REFERENCE: [Difference(1, "export", Role.SUBJECT, "f", "func()", "(nothing)")]})
    found = judge("c", plan(), cells, structure, TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, None)
    assert found.findings[0][0] == "reference, beside the first"


@pytest.mark.parametrize(
    ("output", "outvoted"),
    [
        ({OURS: "f", REFERENCE: "f", "mine": "g"}, ["mine"]),
        ({OURS: "g", REFERENCE: "f", "mine": "f"}, [OURS]),
        ({OURS: "g", REFERENCE: "f", "mine": "h"}, []),
        ({OURS: "g", REFERENCE: "f"}, []),
        ({OURS: "f", REFERENCE: "f"}, []),
    ],
)
def test_structure_without_an_opinion_of_the_model_is_decided_by_most_toolchains(
    output: dict[str, str], outvoted: list[str]
) -> None:
    def beside(one: str, other: str) -> list[Difference]:
        same = output[one] == output[other]
        return [] if same else [Difference(1, "export", Role.SUBJECT, "f", output[one], output[other])]

    structure = Structure(from_first=from_the_first(list(output), beside))
    assert structure.outvoted == outvoted
    found = judge("c", plan(), [cell_run(pure(name), GOOD) for name in output], structure, TOOLS, Expectations())
    assert (found.outcome is Outcome.PASS) is (len(set(output.values())) == 1)
    assert found.minority == (", ".join(outvoted) or None)


@pytest.mark.parametrize(
    ("ours", "reference", "minority"),
    [("u8", None, OURS), (None, "u8", REFERENCE), ("u8", "u8", "model"), ("u8", "u16", None)],
)
def test_the_model_judges_structure(ours: str | None, reference: str | None, minority: str | None) -> None:
    cells = [cell_run(pure(OURS), GOOD), cell_run(pure(REFERENCE), GOOD)]
    told = {
        name: [Difference(1, "wit_t", Role.SUBJECT, "import f, parameter x", "s8", type)] if type is not None else []
        for name, type in ((OURS, ours), (REFERENCE, reference))
    }
    found = judge("c", plan(), cells, Structure(told), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (Outcome.FAIL, minority)


@pytest.mark.parametrize(
    ("result", "outcome", "words"),
    [
        (Panicked(101, "todo!", "generate"), Outcome.TOOL_PANICKED, "panicked (exit code 101): todo!"),
        (Refused("no such world", "generate"), Outcome.FAIL, "refused to generate: no such world"),
        (InvalidOutput("bad magic", "link", b""), Outcome.INVALID_OUTPUT, "invalid output: bad magic"),
        (TimedOut(3, "link"), Outcome.TIMED_OUT, "did not end within 3 s"),
    ],
)
def test_what_tools_do_is_an_outcome(result: BuildResult, outcome: Outcome, words: str) -> None:
    cells = [cell_run(pure(OURS), GOOD), failed(pure(REFERENCE), result)]
    found = judge("c", plan(), cells, Structure(), TOOLS, Expectations())
    assert (found.outcome, found.minority) == (outcome, REFERENCE)
    assert words in found.findings[0][1].message


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
        ("stop", "outcome"), [(STOPPED, Outcome.LIMIT_REACHED), (FAULT, Outcome.ENGINE_FAULT)], ids=["limit", "fault"]
    )
    def test_no_known_fault_excuses_a_mixed_cell_that_was_not_judged(self, stop: Trap, outcome: Outcome) -> None:
        """Not even if its maker shows the same by itself, and that is known."""
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1:3] = [replace(run, observations=(observation("", stop),)) for run in cells[1:3]]
        found = judge("x/y", plan(), cells, Structure(), TOOLS, known(outcome=outcome.value))
        judged = {judgement.toolchain: judgement.outcome for judgement in found.judgements}
        assert judged[REFERENCE] is Outcome.EXPECTED_FAILURE
        assert judged[str(cells[2].cell)] is found.outcome is outcome

    def test_no_known_fault_excuses_a_mixed_cell_that_reached_a_limit(self) -> None:
        cells = [cell_run(cell, GOOD) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        cells[1] = cell_run(cells[1].cell, SIGN)
        cells[2] = replace(cells[2], observations=(observation("", STOPPED),))
        assert judge("x/y", plan(), cells, Structure(), TOOLS, known()).outcome is Outcome.LIMIT_REACHED

    def test_no_excuse_for_a_failure_of_ours_in_the_same_case(self) -> None:
        assert verdict(SIGN, SIGN, known()).outcome is Outcome.FAIL


TRAP = ExpectedOutcome(TrapClass.INVALID_CHAR)


def trapped(kind: TrapClass, text: str = "push_u8 1\npop_u8 = 2\n", detail: str = "d") -> Observation:
    return observation(text, Trap(kind, detail, "driver-run", "m"))


class TestModel:
    @pytest.mark.parametrize(
        ("seen", "expected", "aspects"),
        [
            (observation(GOOD), ExpectedOutcome(), []),
            (observation("push_u8 1\npop_u8 = 2\n"), ExpectedOutcome(), ["balance"]),
            (observation("push_u8 1\npop_u8 = 2\nbalance 4 1 0 0 0\n"), ExpectedOutcome(), ["balance"]),
            (observation("push_u8 1\nbalance 0 0 0 0 0\n"), ExpectedOutcome(), ["event"]),
            (observation(GOOD + "push_u8 9\n"), ExpectedOutcome(), ["event", "balance"]),
            # a guest that forges its end
            (observation("push_u8 1\nbalance 0 0 0 0 0\npop_u8 = 2\n"), ExpectedOutcome(), ["balance"]),
            (observation("balance 0 0 0 0 0\n" + GOOD), ExpectedOutcome(), ["balance"]),
            (observation(GOOD + "balance 0 0 0 0 0\n"), ExpectedOutcome(), ["balance"]),
            (observation(GOOD.replace(" 0 0 0 0 0", " 0")), ExpectedOutcome(), ["balance"]),
            (observation(GOOD.replace(" 0 0 0 0 0", "")), ExpectedOutcome(), ["event", "balance"]),
            (observation(GOOD.replace("balance", "fail guard\nbalance")), ExpectedOutcome(), ["event"]),
            (trapped(TrapClass.INTERPRETER), ExpectedOutcome(TrapClass.INTERPRETER, "d"), ["outcome"]),
            (trapped(TrapClass.INTERPRETER, FAILED), ExpectedOutcome(TrapClass.INTERPRETER, "d"), []),
            (observation(GOOD), TRAP, ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR), TRAP, []),
            (trapped(TrapClass.INVALID_UTF8), TRAP, ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR), ExpectedOutcome(), ["outcome"]),
            (trapped(TrapClass.INVALID_CHAR, "push_u8 1\n"), TRAP, []),
            (trapped(TrapClass.INVALID_CHAR, ""), TRAP, ["event"]),
            (trapped(TrapClass.INTERPRETER, FAILED), ExpectedOutcome(TrapClass.INTERPRETER, "e"), ["outcome"]),
            (Observation(Rejected("instantiate", "m"), {}), ExpectedOutcome(), ["outcome"]),
        ],
    )
    def test_differences(self, seen: Observation, expected: ExpectedOutcome, aspects: list[str]) -> None:
        found = against_model(seen, plan(expected).runs[0])
        assert [difference.aspect for difference in found] == aspects

    def test_a_leak_in_one_call_is_told_once(self) -> None:
        text = "wit version 3\nwit import 0 - f 1 0 0 0 255:0 0 0\npush_u8 1\npop_u8 = 2\n"
        text += "import_balance 0 8 0\nimport_balance 0 8 0\nbalance 16 2 0 0 0\n"
        (found,) = against_model(observation(text), plan().runs[0])
        assert (found.expected, found.actual) == ("import_balance -#f 0 0", "import_balance -#f 8 0")

    def test_a_role_that_told_nothing_differs(self) -> None:
        nothing = Observation(RunResult({}, None), {})
        assert [d.aspect for d in against_model(nothing, plan().runs[0])] == ["event"]


def test_between_cells() -> None:
    assert not between(observation(GOOD), observation(GOOD.replace("balance 0", "balance 4")))
    assert [d.aspect for d in between(observation(GOOD), observation(SIGN))] == ["event"]
    assert [d.aspect for d in between(observation(GOOD), trapped(TrapClass.UNALIGNED))] == ["outcome"]


class TestCells:
    def test_default(self) -> None:
        names = [str(cell) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        assert names == [
            "ours@winch",
            "reference@winch",
            "subject=reference,driver=ours@winch",
            "subject=ours,driver=reference@winch",
        ]

    def test_default_of_one_component_or_toolchain(self) -> None:
        assert len(default_cells([Role.SUBJECT], [OURS, REFERENCE], EngineKind.WINCH)) == 2
        assert len(default_cells(ROLES, [OURS], EngineKind.CRANELIFT)) == 1

    @pytest.mark.parametrize("turn", range(2 * BOTH_WAYS_EVERY))
    @pytest.mark.parametrize("first", First)
    @pytest.mark.parametrize("roles", [[Role.SUBJECT], ROLES, list(Role)])
    @pytest.mark.parametrize("toolchains", [[OURS], [OURS, REFERENCE], [OURS, "other", REFERENCE]])
    def test_first(self, roles: list[Role], toolchains: list[str], first: First, turn: int) -> None:
        """No cell that is not run again where something is wrong; every toolchain takes part."""
        cells = first_cells(roles, toolchains, EngineKind.WINCH, first, turn)
        assert set(cells) <= set(default_cells(roles, toolchains, EngineKind.WINCH))
        assert {build.toolchain for cell in cells for _, build in cell.builds} == set(toolchains)

    @pytest.mark.parametrize(
        ("first", "turn", "names"),
        [
            (First.BOTH_WAYS, 1, ["subject=reference,driver=ours@winch", "subject=ours,driver=reference@winch"]),
            (First.SUBJECT_BOTH_WAYS, 0, ["ours@winch", "subject=reference,driver=ours@winch"]),
            (First.SUBJECT_BOTH_WAYS, 1, ["subject=ours,driver=reference@winch", "reference@winch"]),
            (First.IN_TURNS, 0, ["subject=reference,driver=ours@winch", "subject=ours,driver=reference@winch"]),
            (First.IN_TURNS, 1, ["subject=ours,driver=reference@winch"]),
            (First.IN_TURNS, 2, ["subject=reference,driver=ours@winch"]),
            (First.IN_TURNS, BOTH_WAYS_EVERY + 1, ["subject=ours,driver=reference@winch"]),
        ],
    )
    def test_which_come_first(self, first: First, turn: int, names: list[str]) -> None:
        cells = first_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH, first, turn)
        assert [str(cell) for cell in cells] == names

    def test_full(self) -> None:
        cells = full_cells(ROLES, [OURS, REFERENCE])
        assert len(cells) == len(set(cells)) == 4 * 4 * 2 + 1
        assert Cell(tuple((role, Build(OURS, OURS, 2)) for role in ROLES), EngineKind.WINCH) in cells
        assert sum(cell.toolchain == OURS for cell in cells) == 2, "one for each engine; the old interface is its own"

    @pytest.mark.parametrize(
        ("mine", "builds"),
        [
            (("mine", "mine"), ["ours", "ours+mine", "mine+ours", "mine"]),
            (("mine", OURS), ["ours", "mine"]),
            ((OURS, "mine"), ["ours", "mine"]),
        ],
    )
    def test_what_is_lent_is_not_built_twice(self, mine: tuple[str, str], builds: list[str]) -> None:
        """A toolchain without a linker of its own uses ours: with ours as the generator, that is ours."""
        makers = {OURS: (OURS, OURS), "mine": mine}
        cells = full_cells([Role.SUBJECT], [OURS, "mine"], frozenset({"map"}), makers)
        assert [str(cell) for cell in cells] == [f"{build}@{kind.value}" for kind in EngineKind for build in builds]
        assert len(full_cells(ROLES, [OURS, "mine"], frozenset({"map"}), makers)) == 2 * len(builds) ** 2

    def test_full_with_maps_leaves_the_old_interface_out(self) -> None:
        cells = full_cells(ROLES, [OURS, REFERENCE], frozenset({"map"}))
        assert cells == full_cells(ROLES, [OURS, REFERENCE])[:-1]


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


STUMBLED = Trap(TrapClass.INTERPRETER, "pop_kind", "subject-run", "")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        (
            "push_u8 1\nfail pop_kind\n",
            "subject: the last event is 1, `push_u8 1` (call 1, x); 2 should be `pop_u8 = 2` (call 2, result)",
        ),
        ("fail pop_kind\n", "subject: no event came; 1 should be `push_u8 1` (call 1, x)"),
        ("push_u8 3\nfail pop_kind\n", ""),
    ],
    ids=["after one", "at once", "an event is wrong"],
)
def test_an_unexpected_trap_tells_what_came_before_it(text: str, before: str) -> None:
    """The cause of the interpreter's trap has no event of its own."""
    (outcome, *others) = against_model(observation(text, STUMBLED), plan().runs[0])
    assert (outcome.aspect, outcome.before) == ("outcome", before)
    assert all(other.aspect == "event" for other in others)
    assert before or others

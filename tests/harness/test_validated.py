"""Known faults that show only by the reference's own validation, in runs that turn it off (`--quick-reference`)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.bench.settings import Settings
from harness.bench.validated import by_own_validation
from harness.bench.workbench import Workbench
from harness.cli.group import commands
from harness.judge.party import ByItself
from harness.judge.verdict import Finding, Judgement, Verdict, worst
from harness.process.steps import Steps
from harness.suite.expectations import Expectation
from harness.toolchains.reference_binary import Executable
from harness.toolchains.selection import Ours, Reference, Selection
from harness.toolchains.wasm_tools import QUICK_LINK, UNVALIDATED
from reports.outcomes import Outcome

CASES = Path(__file__).parents[2] / "cases"
TOOL = Executable("/nowhere/wasm-tools", "1.262.0", "a test")
QUICK = Selection((Ours(), Reference(TOOL, QUICK_LINK)))
PLAIN = Selection((Ours(), Reference(TOOL)))
BESIDE = Selection((Ours(), Reference(TOOL), Reference(TOOL, (UNVALIDATED,), "reference-1.263.0")))
A, B = (Expectation(id, "wasm-tools", "fail", "r", "s", ("c",)) for id in "ab")


def passes(demanded: Expectation, toolchain: str = "reference") -> Judgement:
    message = f"passes, but {demanded.id}"
    findings = (Finding(Outcome.UNEXPECTED_PASS, message),)
    return Judgement(ByItself(toolchain), Outcome.UNEXPECTED_PASS, findings, demanded=demanded)


OURS = Judgement(ByItself("ours"), Outcome.PASS)
GOOD = Judgement(ByItself("reference"), Outcome.PASS)
BAD = Judgement(ByItself("reference"), Outcome.FAIL, (Finding(Outcome.FAIL, "another"),))
KNOWN = Judgement(ByItself("reference"), Outcome.EXPECTED_FAILURE, (Finding(Outcome.FAIL, "known"),), A)
LOST = Judgement(ByItself("reference"), Outcome.TIMED_OUT, (Finding(Outcome.TIMED_OUT, "lost"),))
LIMIT = Judgement(ByItself("reference"), Outcome.LIMIT_REACHED, (Finding(Outcome.LIMIT_REACHED, "far"),))


def decided(
    selection: Selection, quick: Sequence[Judgement], validated: Sequence[Judgement]
) -> tuple[Verdict, tuple[str, ...], list[Selection]]:
    asked: list[Selection] = []

    def examine(bench: Workbench) -> Verdict:
        asked.append(bench.settings.selection)
        return Verdict(worst(validated), tuple(validated))

    bench = Workbench(Settings(Path("nowhere"), selection), Steps())
    verdict, told = by_own_validation(Verdict(worst(quick), tuple(quick)), bench, examine)
    return verdict, told, asked


@pytest.mark.parametrize(
    ("quick", "validated", "left", "outcome"),
    [
        ([OURS, GOOD, passes(A)], [OURS, KNOWN], [OURS, GOOD], Outcome.PASS),
        ([OURS, KNOWN, passes(A)], [OURS, KNOWN], [OURS, KNOWN], Outcome.EXPECTED_FAILURE),
        # what it does not explain stays
        ([OURS, GOOD, passes(A)], [OURS, GOOD, passes(A)], [OURS, GOOD, passes(A)], Outcome.UNEXPECTED_PASS),
        ([GOOD, passes(A), passes(B)], [KNOWN, passes(B)], [GOOD, passes(B)], Outcome.UNEXPECTED_PASS),
        ([BAD, passes(A)], [KNOWN], [BAD], Outcome.FAIL),
        # a second examination that decides nothing
        ([GOOD, passes(A)], [BAD], [GOOD, passes(A)], Outcome.UNEXPECTED_PASS),
        ([GOOD, passes(A)], [LOST], [GOOD, passes(A)], Outcome.UNEXPECTED_PASS),
        ([GOOD, passes(A)], [LIMIT], [GOOD, passes(A)], Outcome.UNEXPECTED_PASS),
        ([GOOD, passes(A)], [], [GOOD, passes(A)], Outcome.UNEXPECTED_PASS),
        # another tool
        ([passes(A, "ours"), GOOD], [KNOWN], [passes(A, "ours"), GOOD], Outcome.UNEXPECTED_PASS),
        ([passes(A, "ours"), passes(A)], [KNOWN], [passes(A, "ours")], Outcome.UNEXPECTED_PASS),
    ],
)
def test_only_what_the_validation_shows_is_not_demanded(
    quick: list[Judgement], validated: list[Judgement], left: list[Judgement], outcome: Outcome
) -> None:
    verdict, told, _ = decided(QUICK, quick, validated)
    assert (list(verdict.judgements), verdict.outcome) == (left, outcome)
    dropped = [judgement for judgement in quick if judgement not in left]
    assert ["fault a of reference is not demanded" in line for line in told] == [True] * len(dropped)


@pytest.mark.parametrize(
    ("selection", "judgements", "asked"),
    [
        (QUICK, [OURS, GOOD, passes(A)], [PLAIN]),
        (QUICK, [OURS, GOOD], []),
        (QUICK, [passes(A, "ours"), BAD], []),
        (PLAIN, [OURS, GOOD, passes(A)], []),
        (BESIDE, [OURS, GOOD, passes(A)], []),
        (BESIDE, [OURS, GOOD, passes(A, "reference-1.263.0")], [BESIDE.validating()]),
    ],
)
def test_only_unexpected_passes_without_validation_are_examined_again(
    selection: Selection, judgements: list[Judgement], asked: list[Selection]
) -> None:
    verdict, told, found = decided(selection, judgements, judgements)
    assert (found, list(verdict.judgements), told) == (asked, judgements, ())


def test_references_that_validate_link_as_users_do() -> None:
    assert QUICK.validating() == PLAIN
    assert [selection.unvalidated for selection in (QUICK, PLAIN, BESIDE)] == [
        ("reference",),
        (),
        ("reference-1.263.0",),
    ]
    assert BESIDE.validating().unvalidated == ()


MERGED = "versions/elements-are-a-resource-in-higher"
ADAPTER = "linking/adapter-calls-a-library"
HEAD = 'tool = "wasm-tools"\nversions = ">=1"\n'
ENTRY = """[[expect]]
id = "{id}"
{cases}
outcome = "{outcome}"
message = '{message}'
reason = "r"
link = "l"
"""


def entry(id: str, case: str, outcome: str, message: str) -> str:
    return ENTRY.format(id=id, cases=f'cases = ["{case}"]' if case else "", outcome=outcome, message=message)


IN_LINK = entry("own-validator", MERGED, "fail", "got InvalidOutput at link: .*is not a defined type")
IN_ANY = entry("merged", "", "fail", r"got a component \(reference\)")
NEVER = entry("never", MERGED, "fail", "nothing says this")
IN_PROGRAM = entry("own-validator", ADAPTER, "invalid output", "failed to validate component output")
BY_THE_ENGINE = entry("engine", "", "invalid output", "not compiled: .*has no export named")
QUICKLY = ("--quick-reference",)
NOT_DEMANDED = "the known fault own-validator of reference is not demanded"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder: Path, case: str, known: str, words: Sequence[str]) -> Result:
    (folder / "cases" / case).parent.mkdir(parents=True)
    shutil.copy(CASES / f"{case}.toml", folder / "cases" / f"{case}.toml")
    (folder / "known.toml").write_text(HEAD + known)
    return CliRunner().invoke(commands, ["run", "cases", "-j", "1", "--expectations", "known.toml", *words])


@pytest.mark.parametrize(
    ("case", "known", "words", "code", "told", "summary"),
    [
        (MERGED, IN_LINK + IN_ANY, QUICKLY, 0, True, "1 expected failure"),
        (MERGED, IN_LINK + IN_ANY, (), 0, False, "1 expected failure"),
        (MERGED, IN_LINK + IN_ANY, (*QUICKLY, "--strict"), 1, True, "1 expected failure"),
        (MERGED, IN_LINK + IN_ANY + NEVER, QUICKLY, 1, True, "1 unexpected pass"),
        (MERGED, NEVER + IN_ANY, QUICKLY, 1, False, "1 unexpected pass"),
        (MERGED, IN_LINK, QUICKLY, 1, True, "1 fail"),
        (ADAPTER, IN_PROGRAM + BY_THE_ENGINE, QUICKLY, 0, True, "1 expected failure"),
        (ADAPTER, IN_PROGRAM + BY_THE_ENGINE, (), 0, False, "1 expected failure"),
        (ADAPTER, IN_PROGRAM, QUICKLY, 1, True, "1 invalid output"),
        (ADAPTER, IN_PROGRAM.replace("validate", "value") + BY_THE_ENGINE, QUICKLY, 1, False, "1 unexpected pass"),
    ],
)
def test_a_run_without_validation(
    folder: Path, case: str, known: str, words: Sequence[str], code: int, told: bool, summary: str
) -> None:
    result = run(folder, case, known, words)
    assert (result.exit_code, NOT_DEMANDED in result.output) == (code, told), result.output
    assert summary in result.output
    assert ("unexpected pass" in result.output) is ("unexpected pass" in summary)

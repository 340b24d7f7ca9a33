"""`harness fuzz --init`: random worlds whose subjects are pre-initialised."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import interpreters
from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.cli.group import commands
from harness.fuzz import trial
from harness.fuzz.bucket import hits
from harness.fuzz.case_text import CaseParts
from harness.fuzz.drawn import LINK, DrawnWorld
from harness.fuzz.in_words import title
from harness.fuzz.linking.text import LinkCaseText
from harness.fuzz.oracle import EVENTS, Oracle
from harness.fuzz.planned import HOOKS_EVERY, hooks_of
from harness.fuzz.reduce import Reduce
from harness.fuzz.trial import NotRun, Recipe, Trial, TrialResult, run_world
from harness.judge.difference import RETURNS, Difference
from harness.judge.party import INITIALIZER, ByItself, OfInitializer
from harness.judge.verdict import Finding, Judgement, NotInitialized, Verdict, none_initialized, skipped
from harness.process.steps import Steps
from harness.toolchains import wizer
from harness.toolchains.cells import OURS, WIZER
from harness.toolchains.selection import Named, Selection
from reports import fuzz as reports
from reports.outcomes import Outcome
from tests.harness.test_preinit import needs_wizer

OPTIONS = Options(artifacts=None, initializer=OURS)
RECIPE = Recipe(1, calls=20)
LINK_RECIPE = Recipe(1, worlds=LINK)
SIGNED = DrawnWorld("package a:b;\nworld w { export f: func(a: list<s8>) -> list<s8>; }\n", "w", (), 7)
FORGETS = "init-forgets-a-global"


def bench_with(folder: Path, mutant: str = "") -> Workbench:
    """The mutant alone, judged by the model."""
    tools = Selection((Named(f"mutant:{mutant}", stands_in=True),)) if mutant else Selection()
    return Workbench(Settings(folder, tools), Steps())


def judged(bench: Workbench, world: DrawnWorld, options: Options = OPTIONS) -> TrialResult:
    return run_world(bench, world, RECIPE, options, 0, time.perf_counter())


def test_what_is_right_passes(tmp_path: Path) -> None:
    result = Trial(RECIPE, 0, OPTIONS).perform(bench_with(tmp_path))
    assert (result.outcome, result.hits) == (Outcome.PASS, ())
    assert result.calls > 20


@pytest.mark.parametrize(
    ("mutant", "lost"),
    [
        (FORGETS, "a global does not have the value that initialisation gave it"),
        ("init-forgets-the-last-data", "memory does not contain what initialisation wrote"),
    ],
)
def test_lost_state_is_a_fault_of_the_initialisation(tmp_path: Path, mutant: str, lost: str) -> None:
    result = Trial(RECIPE, 0, OPTIONS).perform(bench_with(tmp_path, mutant))
    assert {hit.bucket.minority for hit in result.hits} == {INITIALIZER}
    assert any(lost in hit.message for hit in result.hits)
    assert len(result.cases) == len(result.hits)


def test_a_wrong_generator_is_not_blamed_on_initialisation(tmp_path: Path) -> None:
    bench = bench_with(tmp_path, "s8-loaded-unsigned")
    plain, initialized = (judged(bench, SIGNED, options) for options in (Options(artifacts=None), OPTIONS))
    assert plain.hits
    assert [hit.bucket for hit in initialized.hits] == [hit.bucket for hit in plain.hits]


def test_what_cannot_be_initialised_is_counted_and_has_not_passed(tmp_path: Path) -> None:
    wit = "package a:b;\nworld w { import f: func(e: error-context); }\n"
    result = judged(bench_with(tmp_path), DrawnWorld(wit, "w", (), 7))
    assert (result.outcome, result.calls) == (Outcome.SKIP, 0)
    (refused,) = result.refusals
    assert refused.tool == INITIALIZER
    assert "it needs the feature error-context" in refused.reason


@pytest.mark.parametrize(
    ("verdict", "reason", "refused"),
    [
        (none_initialized([NotInitialized("a", "no")]), "a cannot be pre-initialised: no", NotRun(INITIALIZER, "no")),
        (none_initialized([NotInitialized("a", "no"), NotInitialized("a", "no")]), "a cannot be pre-initialised: no",
         NotRun(INITIALIZER, "no")),
        (none_initialized([NotInitialized("a", "no"), NotInitialized("b", "no")]),
         "a cannot be pre-initialised: no; b cannot be pre-initialised: no", NotRun(INITIALIZER, "no")),
        (none_initialized([NotInitialized("a", "no"), NotInitialized("b", "never; ever")]),
         "a cannot be pre-initialised: no; b cannot be pre-initialised: never; ever",
         NotRun(INITIALIZER, "no never ever")),
        (skipped("the subject cannot be pre-initialised: no"), "the subject cannot be pre-initialised: no",
         NotRun("planner", "the subject cannot be pre-initialised: no")),
    ],
)  # fmt: skip
def test_who_is_named_when_nothing_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: Verdict, reason: str, refused: NotRun
) -> None:
    """The last row: a text is never taken apart."""
    monkeypatch.setattr(trial, "judge_link_case", lambda *_: (verdict, []))
    result = Trial(LINK_RECIPE, 0, OPTIONS).perform(bench_with(tmp_path))
    assert (verdict.reason, result.outcome, result.refusals) == (reason, Outcome.SKIP, (refused,))


def test_wizer_has_no_function_in_link_cases(tmp_path: Path) -> None:
    options = Options(artifacts=None, initializer=WIZER)
    result = Trial(LINK_RECIPE, 0, options).perform(bench_with(tmp_path))
    assert (result.outcome, result.calls) == (Outcome.SKIP, 0)
    assert result.refusals == (NotRun("wasmtime wizer", "X needs a function to run"),)


def test_lost_state_of_a_link_case_is_found_and_reduced(tmp_path: Path) -> None:
    bench = bench_with(tmp_path, "init-forgets-memory")
    results = (Trial(LINK_RECIPE, index, OPTIONS).perform(bench) for index in range(10))
    result = next(result for result in results if result.hits)
    bucket = result.hits[0].bucket
    assert bucket.minority == INITIALIZER
    reduced = Reduce(LINK_RECIPE, result.index, bucket, False, OPTIONS).perform(bench)
    assert isinstance(reduced.parts, LinkCaseText)
    assert reduced.message


def test_subjects_have_no_hooks() -> None:
    index = HOOKS_EVERY - 1
    assert hooks_of(index) and hooks_of(index, True) == ""


@pytest.mark.parametrize(
    ("initializer", "minority"), [(OfInitializer(), "component init"), (OfInitializer(wizer=True), "wasmtime wizer")]
)
def test_the_minority_of_every_finding(initializer: OfInitializer, minority: str) -> None:
    trap = Finding(Outcome.FAIL, "x", Difference(3, "outcome", None, "", RETURNS, "a trap"), 1)
    judgements = tuple(Judgement(ByItself(name), Outcome.FAIL, (trap,)) for name in ("ours", "reference"))
    verdict = Verdict(Outcome.FAIL, judgements, (initializer,))
    (hit,) = hits(verdict, lambda _, findings: [""] * len(findings))
    assert (hit.bucket.toolchain, hit.bucket.minority) == ("ours", minority)
    assert title(hit.bucket).startswith(f"{minority}, in the subject of ours: ")


@pytest.mark.parametrize(("minority", "shows"), [(OURS, True), (INITIALIZER, False)])
def test_the_oracle_asks_what_is_wrong_without_initialisation(tmp_path: Path, minority: str, shows: bool) -> None:
    bench = bench_with(tmp_path, "s8-loaded-unsigned")
    bucket, parts = judged(bench, SIGNED).cases[0]
    assert bucket.minority == OURS and isinstance(parts, CaseParts)
    oracle = Oracle(bench, replace(bucket, minority=minority), OPTIONS)
    oracle.allow(EVENTS)
    assert oracle.case_fails(parts) is shows


def test_a_finding_is_reduced_with_its_initialisation(tmp_path: Path) -> None:
    bench = bench_with(tmp_path, FORGETS)
    (hit,) = Trial(RECIPE, 0, OPTIONS).perform(bench).hits
    reduced = Reduce(RECIPE, 0, hit.bucket, False, OPTIONS).perform(bench)
    assert isinstance(reduced.parts, CaseParts)
    assert len(reduced.parts.wit.strip().splitlines()) <= 2
    assert "a global does not have the value" in reduced.message


WRONG = ["--toolchain", f"mutant:{FORGETS}", "--no-reference"]


def harness(words: Sequence[str], expected: int) -> str:
    result = CliRunner().invoke(commands, words)
    assert result.exit_code == expected, result.output
    return result.output


def summary(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    jsonschema.validate(loaded, reports.schema())
    return loaded


def test_the_commands_of_a_finding_show_it_again(tmp_path: Path) -> None:
    words = ["fuzz", *WRONG, "--init", "--worlds", "1", "--calls", "10", "--no-reduce", "--jobs", "1"]
    output = harness([*words, "--findings", str(tmp_path), "--json", str(tmp_path / "s.json")], 1)
    assert "subjects are pre-initialised by component init" in output
    told = summary(tmp_path / "s.json")
    assert told["initializer"] == INITIALIZER
    (finding,) = told["findings"]
    assert " --init " in finding["repeat"] and " --init " in finding["run"]
    again = [*finding["repeat"].split()[1:], "--no-reduce", "--findings", str(tmp_path / "again")]
    assert f"NEW  {finding['title']}, 1 times" in harness(again, 1)
    artifacts = ["--artifacts", str(tmp_path / "artifacts")]
    assert f"in the minority: {INITIALIZER}" in harness([*finding["run"].split()[1:], *artifacts], 1)
    # without the option nothing is wrong
    harness([word for word in finding["run"].split()[1:] if word != "--init"], 0)
    small = tmp_path / "small.toml"
    harness(["reduce", finding["file"], "-o", str(small), "--init", *WRONG], 0)
    assert "world" in small.read_text()
    # the state keeps the option
    state = ["--findings", str(tmp_path), "--no-reduce"]
    assert "had another --toolchain, --interpreter, --init" in harness(["fuzz", *WRONG, "--resume", *state], 2)
    assert "nothing left: 1 of 1 are done" in harness(["fuzz", *WRONG, "--init", "--resume", *state], 1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ["fuzz", "--init", WIZER, "--worlds", "link"],
            "no function that `wasmtime wizer` could run",
            marks=needs_wizer,
        ),
        (["fuzz", "--init", "--interpreter", str(interpreters.boxed(3))], "--init needs the harness's own interpreter"),
        (["fuzz", "--init", "other"], "'other' is not one of"),
    ],
)
def test_used_wrongly(words: list[str], message: str) -> None:
    assert message in " ".join(harness(words, 2).split()).replace("│ ", "")


@pytest.mark.parametrize("command", ["fuzz", "reduce"])
def test_without_wizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr("harness.cli.initializing.command", lambda: None)
    case = tmp_path / "case.toml"
    case.write_text("")
    words = [command, *([str(case)] if command == "reduce" else []), "--init", WIZER]
    assert wizer.NO_WIZER in " ".join(harness(words, 2).split())


def test_check_writes_a_reduced_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.wit").write_text(SIGNED.wit)
    words = ["check", "w.wit", "--calls", "4", *WRONG, "--init", "--write-case", "case.toml", "--reduce"]
    output = harness(words, 1)
    assert "reduced in " in output and "harness run case.toml" in output
    assert f"{INITIALIZER}, in the subject of ours" in Path("case.toml").read_text()
    harness(["run", "case.toml", *WRONG], 0)
    harness(["run", "case.toml", *WRONG, "--init"], 1)

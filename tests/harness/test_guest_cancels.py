"""`--interpreter --with-cancel`: calls that are cancelled while an interpreter that is not ours waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.cli.guest_options import interpreter_words
from harness.frontend.front_end import WitText
from harness.judge.party import OfInterpreter
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.guest import guest_plan
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.abilities import Abilities, Streams
from harness.toolchains.interpreter import Interpreter
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from interpreters.build import build_echo
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.guests import CASES, needs_zig

CANCELS = Abilities(asynchronous=True, cancels=True)

WORLD = """package a:b;
interface both {
  swap: async func(a: string) -> result<string, u64>;
  none: async func(a: u8, b: list<string>);
  many: async func(a: u64, b: u64, c: u64, d: u64, e: u64) -> tuple<u8, u64>;
  at-once: func(a: u8) -> u8;
}
world w { import both; export both; }
"""


def cancels_plan(abilities: Abilities = CANCELS, seed: int = 1) -> Plan:
    return guest_plan(WitText(WORLD, "w.wit"), None, (), seed, 12, "w", abilities)


def examined(folder: Path, library: Path, plan: Plan, reference: bool = False) -> Examination:
    selection = Selection((Ours(), Reference(find())) if reference else (Ours(),))
    interpreter = Interpreter(library, abilities=CANCELS)
    bench = Workbench(Settings(folder, selection, interpreter=interpreter), Steps())
    return examine_guest(bench, "w", plan, Options(artifacts=None))


def test_calls_are_cancelled_only_if_the_interpreter_passes_that_on() -> None:
    with_it, without = cancels_plan(), cancels_plan(Abilities(asynchronous=True))
    assert len(with_it.runs) == len(without.runs) + 1
    last = {role: [str(event) for event in events.events] for role, events in with_it.runs[-1].expected.items()}
    told = [event for event in last[Role.PROVIDER] if event == "event 6 0 0"]
    asked = [event for event in last[Role.DRIVER] if event.startswith("subtask_cancel ")]
    ended = [event for event in last[Role.PROVIDER] if event == "task_cancel"]
    assert len(asked) == len(told) == 6
    assert 0 < len(ended) < len(told)


def test_boxed_follows_the_plan(tmp_path: Path) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    found = examine(tools, "w", cancels_plan(), Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


def test_echo_passes(tmp_path: Path) -> None:
    found = examined(tmp_path, echo(asynchronous=True), cancels_plan(), reference=True)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert len(found.ran.cells) == 4


@needs_zig
def test_a_cancellation_that_is_not_passed_on(tmp_path: Path) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, ["-DMUTANT_NOT_PASSED_ON"], asynchronous=True))
    found = examined(tmp_path, library, cancels_plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter("mine.so"),))
    said = "(mine.so has to pass a cancellation on to the call that its task waits for)"
    assert found.verdict.findings[0][1].message.endswith(said)


@pytest.mark.parametrize("name", ["waited-for", "acknowledged-later", "answered-by-a-return", "returned-unseen"])
def test_a_case(tmp_path: Path, name: str) -> None:
    planned = guest_case_plan(load_case(CASES / "async" / "cancel" / f"{name}.toml"), CANCELS)
    found = examined(tmp_path, echo(asynchronous=True), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


def test_a_callee_that_waits_in_place(tmp_path: Path) -> None:
    """The driver blocks until the call is cancelled, so nobody sees who has turns meanwhile."""
    steps, cancel, _ = (CASES / "async" / "cancel" / "in-place.toml").read_text().partition("[[step]]\ncancel")
    (tmp_path / "case.toml").write_text(f'{steps}{cancel} = "$c"\nstatus = "cancelled"\n')
    found = examined(tmp_path, echo(asynchronous=True), guest_case_plan(load_case(tmp_path / "case.toml"), CANCELS))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize(
    ("name", "abilities", "why"),
    [
        ("waited-for", Abilities(asynchronous=True), "the case cancels a call, which is done with --with-cancel"),
        ("own-argument-is-back", CANCELS, "a call with handles is cancelled"),
        ("in-place", CANCELS, "a callee that waits in place is cancelled with async .the engine's fault F9"),
    ],
)
def test_a_case_without_a_role(name: str, abilities: Abilities, why: str) -> None:
    with pytest.raises(NoRole, match=why):
        guest_case_plan(load_case(CASES / "async" / "cancel" / f"{name}.toml"), abilities)


def test_the_option_needs_async_functions(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "--with-cancel", cwd=tmp_path)
    said = "--with-cancel is for an interpreter with async functions: say --with-async, too"
    assert (done.code, said in done.said) == (2, True), done.said


@pytest.mark.parametrize(
    ("abilities", "words"),
    [
        (Abilities(), []),
        (Abilities(asynchronous=True), ["--with-async", "--streams", "none"]),
        (Abilities(asynchronous=True, streams=Streams.PASS, cancels=True), ["--with-async", "--with-cancel"]),
        (Abilities(streams=Streams.PASS), ["--streams", "pass"]),
        (Abilities(True, Streams.PASS, one_at_a_time=True), ["--with-async", "--one-at-a-time"]),
    ],
)
def test_the_options_of_a_command_that_repeats_a_run(abilities: Abilities, words: list[str]) -> None:
    assert interpreter_words(Interpreter(Path("mine.so"), abilities=abilities)) == ["--interpreter", "mine.so", *words]

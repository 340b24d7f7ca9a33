"""Faults of the engine (docs/async.md, "What the engine does wrong"), each in its smallest form.

A test that fails here says that the engine was mended: then plans need not avoid the fault. F4 needs a core start
function: `test_async_traps.py` has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind, RunResult, Trap
from harness.judge import met_faults
from harness.judge.judging import judge
from harness.judge.observation import CellRun, Observed
from harness.judge.structure import Structure
from harness.judge.verdict import Verdict
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan
from harness.planner.cases import case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.suite.expectations import Expectations
from harness.toolchains.cells import OURS, pure_cell
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome
from tests.harness.async_runs import Parts, joined, split
from tests.harness.verdicts import TOOLS


def case(functions: str, *steps: str, world: str = "import x; export x;", more: str = "") -> str:
    """`steps`: the keys of each."""
    head = f"title = 't'\nwhy = 'w'\norigin = 'own'\nwit = '''\npackage a:b;\ninterface x {{ {functions} }}\n{more}\n"
    return head + "\n[[step]]\n".join([f"world w {{ {world} }}\n'''\n", *steps])


ENDS = 'ends = ["$s", "$t"]\nby = "driver"\ntype = '
READS = 'call = "a:b/x#f"\nargs = ["$s"]\nby = "driver"\nduring = [{ read = "$s", status = "copying" }]'

F1_FUTURE = case(
    "f: async func(a: future<u8>);",
    f'{ENDS} "future<u8>"',
    READS,
    'write = "$t"\nvalues = ["7"]\nstatus = "completed"',
)
F1_STREAM = case(
    "f: async func(a: stream<string>);",
    f'{ENDS} "stream<string>"',
    READS,
    """write = "$t"\nvalues = ['"a"']\nstatus = "completed" """,
)
RIGHT_F1 = F1_STREAM.replace("stream<string>", "stream<u64>").replace("""'"a"'""", "'1'")
"""The exception: numbers are copied."""

F2 = case(
    "f: async func(); g: async func();",
    'call = "a:b/x#f"\nas = "$c"\nstatus = "started"\nby = "driver"\n'
    "during = [{ yield = 1 }, { if-cancelled = [{ cancelled = true }] }]",
    'call = "a:b/x#g"\nas = "$d"\nstatus = "started"\nby = "driver"\nduring = [{ yield = 3, in-place = true }]',
    'yield = 1\nby = "driver"',
    'cancel = "$c"\nasync = true\nstatus = "started"',
    'await = "$c"\nstatus = "cancelled"',
    'await = "$d"\nstatus = "returned"',
)

F3 = case(
    "f: async func();",
    'call = "a:b/x#f"\nas = "$c"\nstatus = "started"\nby = "driver"\n'
    "during = [{ yield = 2, in-place = true }, { yield = 1 }, { if-cancelled = [{ cancelled = true }] }]",
    'cancel = "$c"\nasync = true\nstatus = "started"',
    'cancel = "$c"\nasync = true\ntrap = "other"',
)

F3_WAITING = F3.replace("async = true\ntrap", "trap")

_WRITTEN = (
    '{ write = "$t", values = ["VALUE"], status = "copying" }, { await = "$t", status = "completed" }, MORE]\n'
    'result = "$s"\nstatus = "returned"'
)
_GIVES = (
    'call = "a:b/x#g"\nas = "$g"\nby = "driver"\n'
    'during = [{ ends = ["$s", "$t"], type = "TYPE", exported = true }, { return = true }, ' + _WRITTEN
)
_READ = ['await = "$g"\nstatus = "returned"', 'read = "$s"\nstatus = "completed"\nby = "driver"']

F5 = case(
    "g: async func() -> future<u8>;",
    _GIVES.replace("TYPE", "future<u8>")
    .replace("VALUE", "1")
    .replace("MORE", '{ waitable-set = "$w" }, { join = "$t", set = "$w" }, { yield = 4 }, { poll = "$w" }'),
    *_READ,
    'yield = 2\nby = "driver"',
    'drop = "$s"\nby = "driver"',
    'yield = 4\nby = "driver"',
)

F6 = case(
    "f: async func();",
    'call = "a:b/x#f"\nas = "$c"\nby = "driver"\nstatus = "started"\n'
    "during = [{ yield = 1 }, { return = true }, { yield = 2 }]",
    'waitable-set = "$w"\nby = "driver"',
    'join = "$c"\nset = "$w"\nby = "driver"',
    'await = "$c"\nset = "$w"\nstatus = "returned"',
    'yield = 5\nby = "driver"',
    'drop = "$c"\nby = "driver"',
)

F7 = case(
    "f: async func(); g: func();",
    'call = "a:b/x#f"\nas = "$c"\nby = "driver"\nstatus = "started"\nduring = [{ yield = 1, in-place = true }]',
    'call = "a:b/x#g"\nby = "driver"\nduring = [{ yield = 1, in-place = true }]',
    'await = "$c"\nstatus = "returned"',
)

_F8 = [
    _GIVES.replace("TYPE", "future<error-context>")
    .replace("{ write", '{ error-context = "$e", message = "late" }, { write')
    .replace("VALUE", "$e")
    .replace("MORE", '{ drop = "$t" }, { drop = "$e" }, { yield = 2 }'),
    *_READ,
    'take = "$s"\nvalues = ["$e"]\nby = "driver"',
]
F8_DROPPED = case("g: async func() -> future<error-context>;", *_F8, 'yield = 9\nby = "driver"', 'drop = "$e"')
F8_ASKED = case("g: async func() -> future<error-context>;", *_F8, 'yield = 9\nby = "driver"', 'message-of = "$e"')
RIGHT_F8 = F8_ASKED.replace(', { drop = "$e" }', "")
"""The exception: the writer has its own handle still."""

F9 = case(
    "f: async func();",
    'call = "a:b/y#g"\nas = "$c"\nstatus = "started"\nduring = [\n'
    '{ call = "a:b/x#f", as = "$i", status = "started", during = [{ yield = 2, in-place = true }, { yield = 1 }, '
    "{ if-cancelled = [{ cancelled = true }] }] },\n"
    '{ waitable-set = "$s" }, { wait = "$s" },\n'
    '{ if-cancelled = [{ cancel = "$i", status = "cancelled" }, { drop = "$i" }, { drop = "$s" }, '
    "{ cancelled = true }] },\n]",
    'cancel = "$c"\nasync = true\nstatus = "started"',
    'await = "$c"\nstatus = "cancelled"',
    world="import x; export y;",
    more="interface y { g: async func(); }",
)


_PLACE = re.compile(r" \(\w+, task \d\)$| in \S+$")
"""The end of what a difference says: who, or in which entry."""


def verdict(folder: Path, text: str, engine: EngineKind) -> Verdict:
    (folder / "fault.toml").write_text(text)
    tools = Workbench(Settings(folder, Selection((Ours(),))), Steps())
    plan = case_plan(load_case(folder / "fault.toml"))
    return examine(tools, "fault", plan, Options(engine=engine, artifacts=None)).verdict


@pytest.mark.parametrize("engine", EngineKind)
@pytest.mark.parametrize(
    ("text", "fault", "expected", "actual"),
    [
        (F1_FUTURE, "F1", "`future_write future<u8> 2 1 = 0`", "a trap (other: resource not present)"),
        (F1_STREAM, "F1", "`stream_write stream<string> 2 1 = 16`", "a trap (other: resource not present)"),
        (F3, "F3", "a trap (other)", "subtask_cancel 1 = 4294967295"),
        (F3_WAITING, "F3", "a trap (other)", "yield = 0"),
        (F5, "F5", "`event 0 0 0`", "event 5 2 1"),
        (F6, "F6", "`run_return`", "a trap (other: resource not present)"),
        (F7, "F7", "`yield = 0`", "a trap (interpreter: overlap)"),
    ],
    ids=["F1 future", "F1 stream", "F3", "F3 waiting", "F5", "F6", "F7"],
)
def test_a_known_fault_is_recognised(
    tmp_path: Path, engine: EngineKind, text: str, fault: str, expected: str, actual: str
) -> None:
    """Its words do not tell such a fault from a toolchain's; the steps and the difference do."""
    found = verdict(tmp_path, text, engine)
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, ())
    ((_, finding),) = found.findings
    known, seen = finding.message.split(" Seen: ")
    begin = f'run 1: a known fault of wasmtime 50.0.1, {fault} in docs/async.md ("What the engine does wrong"): '
    assert known.startswith(f"ours@{engine.value}, {begin}")
    told = [_PLACE.sub("", words) for words in seen.split(": expected ")[1].split(", got ")]
    assert told == [expected, actual]


@pytest.mark.parametrize("engine", EngineKind)
@pytest.mark.parametrize(
    ("text", "expected", "actual"),
    [
        (F8_ASKED, "`error_context_debug_message 2 = 4 6c617465`", "a trap (other: resource not present)"),
        (F9, "`subtask_cancel 1 = 4294967295`", "yield = 0"),
    ],
    ids=["F8", "F9"],
)
def test_the_engine_contradicts_the_specification(
    tmp_path: Path, engine: EngineKind, text: str, expected: str, actual: str
) -> None:
    """Nothing tells such a fault from a toolchain's."""
    found = verdict(tmp_path, text, engine)
    assert found.outcome is Outcome.FAIL
    ((_, finding),) = found.findings
    assert finding.difference is not None
    told = [_PLACE.sub("", words) for words in (finding.difference.expected, finding.difference.actual)]
    assert told == [expected, actual]


@pytest.mark.parametrize("engine", EngineKind)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (F2, "BUG: thread with `WakeOnCancel::Yielding` not promotable"),
        (F8_DROPPED, "BUG: retrieve concurrent state for error context during drop"),
    ],
    ids=["F2", "F8"],
)
def test_the_engine_says_so(tmp_path: Path, engine: EngineKind, text: str, words: str) -> None:
    """No verdict on a toolchain."""
    found = verdict(tmp_path, text, engine)
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, ())
    assert [finding.message.rpartition(": B")[2] for _, finding in found.findings] == [words[1:]]


@pytest.mark.parametrize("text", [RIGHT_F1, RIGHT_F8], ids=["F1", "F8"])
def test_beside_the_fault(tmp_path: Path, text: str) -> None:
    """What plans may do: a little less than the fault needs."""
    assert verdict(tmp_path, text, EngineKind.WINCH).outcome is Outcome.PASS


HIDDEN = {
    "F1": F1_STREAM.split("\n[[step]]\nwrite")[0] + '\n[[step]]\ndrop = "$t"\nby = "driver"\n',
    "F5": F5.replace("{ yield = 4 }, { poll", "{ poll"),
    "F6": F6.replace("{ yield = 2 }]", "{ yield = 20 }]"),
    "F7": F7.replace("{ yield = 1, in-place = true }]", "{ yield = 1 }]", 1),
}
"""Steps that may meet a fault, in a run that does not."""


@pytest.mark.parametrize("fault", HIDDEN)
def test_a_fault_that_does_not_show(tmp_path: Path, fault: str) -> None:
    assert verdict(tmp_path, HIDDEN[fault], EngineKind.WINCH).outcome is Outcome.PASS
    (run,) = case_plan(load_case(tmp_path / "fault.toml")).runs
    assert {met.fault.name for met in run.met} == {fault}


SHOWN = {"F1": F1_STREAM, "F3": F3, "F5": F5, "F6": F6, "F7": F7}
Ran = dict[str, tuple[Plan, CellRun]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Each case as the engine ran it."""
    folder = tmp_path_factory.mktemp("faults")
    bench = Workbench(Settings(folder, Selection((Ours(),))), Steps())
    found = {}
    for name, text in SHOWN.items():
        (folder / f"{name}.toml").write_text(text)
        plan = case_plan(load_case(folder / f"{name}.toml"))
        observed = Observed([])
        cell = pure_cell([part.role for part in plan.components], OURS, EngineKind.WINCH)
        bench.observer.observe(plan, [cell], bench.settings.run_limits, observed)
        found[name] = plan, observed.cells[0]
    return found


def judged(plan: Plan, run: CellRun) -> Outcome:
    return judge("x", plan, [run], Structure(), TOOLS, Expectations()).outcome


def edited(run: CellRun, edit: Callable[[Parts], Parts], trap: Trap | None) -> CellRun:
    result = run.observations[0].result
    assert isinstance(result, RunResult)
    return replace(run, observations=(joined(edit(list(split(result))), trap),))


def trapped(run: CellRun) -> Trap | None:
    result = run.observations[0].result
    assert isinstance(result, RunResult)
    return result.trap


def other(kind: TrapClass, detail: str) -> Trap:
    return Trap(kind, detail, "driver-run", detail)


TRAPS = [
    other(TrapClass.INVALID_HANDLE, "unknown handle index 3"),
    other(TrapClass.OTHER, "resource is of another type"),
    other(TrapClass.UNREACHABLE, "wasm trap: wasm `unreachable` instruction executed"),
    other(TrapClass.INTERPRETER, "area"),
]


@pytest.mark.parametrize("name", SHOWN)
def test_without_a_change_it_is_the_fault(ran: Ran, name: str) -> None:
    plan, run = ran[name]
    assert judged(plan, edited(run, lambda parts: parts, trapped(run))) is Outcome.ENGINE_FAULT


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.detail)
@pytest.mark.parametrize("name", ["F1", "F6", "F7"])
def test_another_trap_is_no_known_fault(ran: Ran, name: str, trap: Trap) -> None:
    plan, run = ran[name]
    assert judged(plan, edited(run, lambda parts: parts, trap)) is Outcome.FAIL


@pytest.mark.parametrize("name", ["F1", "F6", "F7"])
def test_the_same_trap_elsewhere_is_no_known_fault(ran: Ran, name: str) -> None:
    """After the first event."""
    plan, run = ran[name]
    assert judged(plan, edited(run, lambda parts: parts[:1], trapped(run))) is Outcome.FAIL


def replaced(old: str, new: str) -> Callable[[Parts], Parts]:
    """The last event that is `old`."""

    def edit(parts: Parts) -> Parts:
        at = [number for number, (_, text) in enumerate(parts) if old in text][-1]
        role, text = parts[at]
        return [*parts[:at], (role, text.replace(old, new)), *parts[at + 1 :]]

    return edit


OTHER_EVENTS = {
    "F1, the read": ("F1", "stream_read 0 1 1 = 4294967295", "stream_read 0 1 1 = 16"),
    "F3, the first answer": ("F3", "import_start 0 = 17", "import_start 0 = 18"),
    "F3, another event": ("F3", "subtask_cancel 1 = 4294967295\n", "set_new = 7\n"),
    "F5, another status": ("F5", "event 5 2 1\n", "event 5 2 0\n"),
    "F5, an event of a stream": ("F5", "event 5 2 1\n", "event 3 2 1\n"),
    "F5, a value": ("F5", "push_u8 1\n", "push_u8 2\n"),
    "F6, the state": ("F6", "event 1 1 2\n", "event 1 1 4\n"),
    "F7, the start": ("F7", "import_start 0 = 17", "import_start 0 = 18"),
}


@pytest.mark.parametrize(("name", "old", "new"), OTHER_EVENTS.values(), ids=OTHER_EVENTS)
def test_another_event_is_no_known_fault(ran: Ran, name: str, old: str, new: str) -> None:
    plan, run = ran[name]
    assert judged(plan, edited(run, replaced(old, new), trapped(run))) is Outcome.FAIL


@pytest.mark.parametrize("name", SHOWN)
def test_other_steps_do_not_meet_it(ran: Ran, name: str) -> None:
    plan, run = ran[name]
    runs = tuple(replace(each, met=frozenset()) for each in plan.runs)
    assert judged(replace(plan, runs=runs), run) is Outcome.FAIL


@pytest.mark.parametrize("name", SHOWN)
def test_another_release_is_judged_as_usual(ran: Ran, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met_faults, "release", lambda: "50.0.2")
    assert judged(*ran[name]) is Outcome.FAIL


def test_each_fault_of_the_page_has_a_test() -> None:
    page = (Path(__file__).parents[2] / "docs/async.md").read_text(encoding="utf-8")
    listed = [line[2:4] for line in page.splitlines() if line.startswith("| F")]
    tested = sorted({name[:2] for name in globals() if name[:1] == "F" and name[1:2].isdigit()} | {"F4"})
    assert listed == tested

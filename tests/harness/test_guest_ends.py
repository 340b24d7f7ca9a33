"""`--interpreter` with streams and futures: they go through the interpreter as values, and the driver and the provider
around it have their ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine import examine
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText, surround
from harness.judge.party import OfInterpreter
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.guest import guest_plan
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.planner.guest_rules import Echo, Forward, rules_of
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

ALL = Abilities(asynchronous=True, streams=Streams.PASS)

ENDS_WORLD = """package a:b;
interface both {
  resource thing { constructor(name: string); get: async func() -> string; }
  record pair { small: s8, ends: option<stream<string>>, wide: s64 }
  swap: async func(pairs: list<pair>, thing: borrow<thing>) -> result<option<pair>, u64>;
  plain: func(a: stream<u8>, b: future<string>) -> tuple<future<string>, stream<u8>>;
  gives: async func() -> stream<u32>;
  takes: async func(a: stream<stream<string>>, b: future<future>);
  two: async func(a: stream<s16>, b: stream<s16>) -> tuple<stream<s16>, stream<s16>>;
}
interface leaf {
  use both.{thing};
  variant choice { none, end(stream<s16>), both(tuple<future<s16>, thing>) }
  listed: async func(a: stream<thing>, b: list<choice>, c: list<stream<u8>>) -> list<choice>;
  nothing: func(a: stream<thing>, b: borrow<thing>, c: stream<s32>);
  one: async func(a: stream<thing>, b: stream<u64>) -> stream<u64>;
}
world w {
  import both;
  export both;
  export leaf;
  import f: async func(a: future<f32>) -> stream<f64>;
  export f: async func(a: future<f32>) -> stream<f64>;
}
"""


def ends_plan(seed: int = 3, calls: int = 40, wit: str = ENDS_WORLD) -> Plan:
    return guest_plan(WitText(wit, "w.wit"), None, (), seed, calls, "w", ALL)


def bench(folder: Path, library: Path, version: int = 3, reference: bool = False) -> Workbench:
    selection = Selection((Ours(), Reference(find())) if reference else (Ours(),))
    return Workbench(Settings(folder, selection, interpreter=Interpreter(library, version, abilities=ALL)), Steps())


def examined(bench: Workbench, plan: Plan) -> Examination:
    return examine_guest(bench, "w", plan, Options(artifacts=None))


# ---- Rules and plans -------------------------------------------------------------------------------------------------

RULES = """package a:b;
interface x {
  resource r;
  one: func(a: stream<u8>) -> stream<u8>;
  other: func(a: stream<u8>) -> stream<s8>;
  kind: func(a: stream<u8>) -> future<u8>;
  bare: func(a: stream, b: stream<u8>) -> stream<u8>;
  inside: func(a: option<list<future<r>>>) -> option<list<future<r>>>;
}
interface y { resource r; carried: func(a: stream<r>); whole: func(a: r, b: stream<u8>); }
world w { export x; import y; export y; }
"""


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("x#one", Echo(0)),
        ("x#other", None),
        ("x#kind", None),
        ("x#bare", Echo(1)),
        ("x#inside", Echo(0)),
        # who gives the end on cannot translate the resources in it
        ("y#carried", Echo(None)),
        ("y#whole", "a:b/y#whole"),
    ],
)
def test_the_rule_of_a_function_with_ends(name: str, rule: Echo | str | None) -> None:
    """A text: the import to which it forwards."""
    world = surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world
    found = rules_of(world, Abilities(streams=Streams.PASS)).of.get(f"a:b/{name}")
    assert (found.imported.canonical if isinstance(found, Forward) else found) == rule


def test_streams_are_left_out_unless_the_interpreter_has_them() -> None:
    world = surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world
    assert rules_of(world).without["a:b/x#one"] == "`stream<u8>` in its type, left out without --streams pass"


def test_boxed_follows_the_plan(tmp_path: Path) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(), Reference(find())))), Steps())
    planned = ends_plan()
    assert not planned.unsupported
    found = examine(tools, "w", planned, Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 60


def test_elements_cross_the_interpreter(tmp_path: Path) -> None:
    """Both ends of a stream are used, and at least one copy moves something between the driver and the provider."""
    copies = [
        (role, str(event))
        for run in ends_plan(calls=80).runs
        for role, events in run.expected.items()
        for event in events.events
        if "_read " in str(event) or "_write " in str(event)
    ]
    moved = {role for role, text in copies if int(text.rpartition(" = ")[2]) >> 4 and not text.endswith("4294967295")}
    assert moved >= {Role.DRIVER, Role.PROVIDER}
    assert Role.SUBJECT not in {role for role, _ in copies}


# ---- Interpreters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [2, 3])
def test_echo_passes(tmp_path: Path, version: int) -> None:
    found = examined(bench(tmp_path, echo(version, asynchronous=True), version, reference=True), ends_plan())
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert len(found.ran.cells) == (4 if version == 3 else 2)
    assert found.ran.calls > 60


SYNCHRONOUS = """package a:b;
interface i { f: func(a: stream<u16>) -> future<u16>; g: func(a: list<stream>, b: future) -> list<stream>; }
world w { import i; export i; }
"""


def test_streams_without_async_functions(tmp_path: Path) -> None:
    planned = guest_plan(WitText(SYNCHRONOUS, "w.wit"), None, (), 1, 20, "w", Abilities(streams=Streams.PASS))
    found = examined(bench(tmp_path, echo()), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls >= 20


OWN_ENDS = "has to give each end on as it got it, once and at its place, and to drop the others"
FAULTY = {
    "NEW_END": OWN_ENDS,
    "EARLIER_END": OWN_ENDS,
    "EXCHANGED_ENDS": OWN_ENDS,
    "END_LEAKED": OWN_ENDS,
    "END_TWICE": "gave a handle that it does not have: perhaps it has given it away before",
}


@needs_zig
@pytest.mark.parametrize("fault", FAULTY)
def test_a_wrong_interpreter_is_blamed(tmp_path: Path, fault: str) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, [f"-DMUTANT_{fault}"], asynchronous=True))
    found = examined(bench(tmp_path, library), ends_plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter("mine.so"),))
    first = found.verdict.findings[0][1]
    assert first.message.endswith(f"(mine.so {FAULTY[fault]})"), first.message
    assert not found.verdict.notes


@needs_zig
def test_an_interpreter_without_streams_is_told_the_option(tmp_path: Path) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, ["-DMUTANT_NO_STREAMS"], asynchronous=True))
    found = examined(bench(tmp_path, library), ends_plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter("mine.so"),))
    assert found.verdict.notes == ("if mine.so has no streams and futures, --streams none leaves them out",)


@pytest.mark.parametrize(
    "name",
    [
        "streams/read-by-the-callee",
        "streams/write-cancelled",
        "futures/given-away-with-a-read",
        "payloads/stream-of-streams",
        "waitables/stopped-member",
        "waitables/given-away-member",
    ],
)
def test_a_case(tmp_path: Path, name: str) -> None:
    planned = guest_case_plan(load_case(CASES / "async" / f"{name}.toml"), ALL)
    found = examined(bench(tmp_path, echo(asynchronous=True)), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("payloads/own-on-both-sides", "a:b/x#g has no rule: it has neither an import of its name and type"),
        ("streams/given-on", "the callee of the case calls something"),
        ("calls/returned-replaces-started", "a call or a copy has another status when the interpreter is between"),
    ],
)
def test_a_case_without_a_role(name: str, why: str) -> None:
    with pytest.raises(NoRole, match=why):
        guest_case_plan(load_case(CASES / "async" / f"{name}.toml"), ALL)


# ---- The command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "calls", "left_out"),
    [
        (["--with-async"], "calls of 2 functions ran", ""),
        (["--with-async", "--streams", "none"], "calls of 1 function ran", "left out without --streams pass"),
        (["--streams", "pass"], "calls of 1 function ran", "async function, which is called with --with-async"),
    ],
)
def test_the_options(tmp_path: Path, words: list[str], calls: str, left_out: str) -> None:
    wit = "package a:b; world w { export f: func(a: stream<u8>) -> stream<u8>; export g: async func(a: u8) -> u8; }"
    (tmp_path / "w.wit").write_text(wit)
    library = str(echo(asynchronous=True))
    done = harness_here(
        "check", "w.wit", "--interpreter", library, *words, "-v", "--calls", "4", "--no-reference", cwd=tmp_path
    )
    assert done.code == 0, done.said
    assert calls in done.said and left_out in done.said, done.said


def test_the_check_list_has_streams(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export f: func(a: stream<u8>) -> stream<u8>; }")
    words = ["--interpreter", str(echo(asynchronous=True)), "--with-async", "-v", "--calls", "4", "--no-reference"]
    done = harness_here("check", "w.wit", *words, cwd=tmp_path)
    said = done.said.partition("never called")
    assert "push_stream" in said[0] and "pop_stream" in said[0] and "stream<u8>" in said[0], done.said
    assert "push_future" in said[2], done.said

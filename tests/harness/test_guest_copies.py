"""`--interpreter --streams copy`: an interpreter that is not ours reads and writes streams and futures itself."""

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
from harness.planner.guest_rules import Copy, Echo, Forward, rules_of
from harness.process.steps import Steps
from harness.toolchains.abilities import Abilities, Streams
from harness.toolchains.interpreter import Interpreter
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import Ours, Reference, Selection
from interpreters.build import build_echo
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.guests import needs_zig

COPIES = Abilities(asynchronous=True, streams=Streams.COPY)

WORLD = """package a:b;
interface both {
  one: async func(n: u8, a: stream<string>) -> stream<string>;
  bytes: async func(a: stream<u8>) -> stream<u8>;
  bare: async func(a: stream) -> stream;
  soon: async func(a: future<list<u64>>) -> future<list<u64>>;
  other: async func(a: future<stream>, b: string) -> future<stream>;
  record pair { small: u8, wide: u64 }
  pairs: async func(a: stream<pair>) -> stream<pair>;
}
world w { export both; }
"""


def copies_plan(seed: int = 1, abilities: Abilities = COPIES) -> Plan:
    return guest_plan(WitText(WORLD, "w.wit"), None, (), seed, 12, "w", abilities)


def examined(folder: Path, library: Path, plan: Plan, version: int = 3, reference: bool = False) -> Examination:
    selection = Selection((Ours(), Reference(find())) if reference else (Ours(),))
    interpreter = Interpreter(library, version, abilities=COPIES)
    bench = Workbench(Settings(folder, selection, interpreter=interpreter), Steps())
    return examine_guest(bench, "w", plan, Options(artifacts=None))


RULES = """package a:b;
interface x {
  resource r;
  type alias = stream<u8>;
  one: async func(a: u8, b: alias) -> stream<u8>;
  empty: async func(a: future) -> future;
  together: func(a: stream<u8>) -> stream<u8>;
  inside: async func(a: option<stream<u8>>) -> option<stream<u8>>;
  moved: async func(a: stream<r>) -> stream<r>;
  ends: async func(a: stream<stream>) -> stream<stream>;
  beside: async func(a: stream<u8>, b: r) -> stream<u8>;
  second: async func(a: stream<u8>, b: stream<u8>) -> stream<u8>;
}
interface y { through: async func(a: stream<u8>) -> stream<u8>; }
world w { export x; import y; export y; }
"""


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("x#one", Copy(1)),
        ("x#empty", Copy(0)),
        ("x#together", Echo(0)),
        ("x#inside", Echo(0)),
        ("x#moved", Echo(0)),
        ("x#ends", Echo(0)),
        ("x#beside", Echo(0)),
        ("x#second", Echo(0)),
        ("y#through", "a:b/y#through"),
    ],
)
def test_the_functions_that_copy(name: str, rule: Copy | Echo | str) -> None:
    """A text: the import to which it forwards."""
    world = surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world
    found = rules_of(world, COPIES).of[f"a:b/{name}"]
    assert (found.imported.canonical if isinstance(found, Forward) else found) == rule
    passed = rules_of(world, Abilities(asynchronous=True, streams=Streams.PASS)).of[f"a:b/{name}"]
    assert not isinstance(passed, Copy)


def test_boxed_follows_the_plan(tmp_path: Path) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    planned = copies_plan()
    assert not planned.unsupported
    found = examine(tools, "w", planned, Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize("version", [2, 3])
def test_echo_passes(tmp_path: Path, version: int) -> None:
    found = examined(tmp_path, echo(version, copies=True), copies_plan(), version, reference=version == 3)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert {name for name, _ in found.ran.functions} == {
        f"a:b/both#{name}" for name in ("one", "bytes", "bare", "soon", "other", "pairs")
    }


@needs_zig
@pytest.mark.parametrize("fault", ["ELEMENT_SKIPPED", "WRITTEN_TWICE", "COPY_NOT_ENDED", ""])
def test_a_wrong_interpreter_is_blamed(tmp_path: Path, fault: str) -> None:
    """Without a fault: one that gives ends on, although it is said to copy."""
    library = tmp_path / "mine.so"
    flags = [f"-DMUTANT_{fault}"] if fault else []
    library.write_bytes(build_echo(3, flags, asynchronous=not fault, copies=bool(fault)))
    found = examined(tmp_path, library, copies_plan())
    assert (found.verdict.outcome, found.verdict.minority) == (Outcome.FAIL, (OfInterpreter("mine.so"),))
    message = found.verdict.findings[0][1].message
    assert message.endswith("or to copy its elements, each once and in order)"), message


def test_the_option_needs_async_functions(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text(WORLD)
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "--streams", "copy", cwd=tmp_path)
    said = "--streams copy is for an interpreter with async functions: say --with-async, too"
    assert (done.code, said in done.said) == (2, True), done.said

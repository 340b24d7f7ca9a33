"""Link cases whose program a limit, a signal or a fault of the engine ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from wasmtime import WasmtimeError, wat2wasm
from wasmtime.component import Func

from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind, Rejected, RunLimits
from harness.judge.findings import refused_by_engine
from harness.judge.party import Minority
from harness.link_cases.execute import MAX_LINES, execute
from harness.link_cases.prepare import prepare
from harness.process.steps import Loss
from harness.suite.link_case import parse_link_case
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.protocol import BuildResult, Built, LinkOptions, Toolchain
from harness.world.world import World
from reports.outcomes import Outcome
from tests.harness.async_component import BLOCKING_START
from tests.harness.link_cases.programs import LIBRARY, file, verdict
from tests.harness.minorities import alone


def test_a_program_that_goes_on_and_on_is_stopped(bench: Workbench) -> None:
    call = "(loop $again (call $note (i32.const 0) (i32.const 0) (i32.const 0)) (br $again))"
    endless = LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {call} ')
    steps = '[[step]]\ncall = "tell"\ntrap = "out-of-fuel"\n'
    program = prepare(parse_link_case(file(steps, wat=endless)))
    library = bench.builder.link(bench.toolchains[OURS], program.libraries, LinkOptions())
    assert isinstance(library, Built)
    seen = execute(bench.engine(EngineKind.WINCH), library.data, program, RunLimits())
    assert not isinstance(seen, Rejected)
    assert str(seen.calls[0][-1]) == "tell() traps: out-of-fuel"
    assert len(seen.calls[0]) == MAX_LINES + 1 and seen.spent == 1


def test_a_fault_of_the_engine_is_no_line_of_a_program(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while a component starts nor in a call."""
    engine = bench.engine(EngineKind.WINCH)
    prepared = replace(prepare(parse_link_case(file())), world=World("w", {}, {}))
    seen = execute(engine, bytes(wat2wasm(BLOCKING_START)), prepared, RunLimits())
    assert isinstance(seen, Rejected)
    assert refused_by_engine("ours", seen).outcome is Outcome.ENGINE_FAULT
    words = (
        "error while executing at wasm backtrace:\n    0: 0x1 - f\n\nCaused by:\n    BUG: not reachable\nversion: 50\n"
    )

    def fail(*_: object) -> None:
        raise WasmtimeError(words)

    monkeypatch.setattr(Func, "__call__", fail)
    found = verdict(bench, file())
    assert (found.outcome, found.minority) == (Outcome.ENGINE_FAULT, ())
    assert [finding.message for _, finding in found.findings] == [
        f"{name}@winch: the engine found a bug in itself, in run: BUG: not reachable" for name in bench.toolchains
    ]


@pytest.mark.parametrize(
    "body",
    ["(loop $again (br $again))", "(loop $again (call $note (i32.const 0) (i32.const 0) (i32.const 0)) (br $again))"],
)
def test_a_limit_is_no_verdict_unless_a_call_before_it_differs(bench: Workbench, body: str) -> None:
    endless = LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {body} ')
    found = verdict(bench, file('[[step]]\ncall = "tell"\n', wat=endless))
    wanted = Outcome.FAIL if "$note" in body else Outcome.LIMIT_REACHED
    assert (found.outcome, found.minority == ()) == (wanted, wanted is Outcome.LIMIT_REACHED)
    assert {finding.outcome for _, finding in found.findings} == {wanted}
    limit = "tell() traps: out-of-fuel: stopped by a limit of the harness"
    assert all((limit in finding.message) == (wanted is Outcome.LIMIT_REACHED) for _, finding in found.findings)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(-11, Outcome.ENGINE_FAULT), (-6, Outcome.ENGINE_FAULT), (-9, Outcome.HARNESS_ERROR), (3, Outcome.INVALID_OUTPUT)],
)
def test_a_signal_that_ends_the_engine_is_no_tools_fault(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, code: int, outcome: Outcome
) -> None:
    """A worker that was lost twice in this step, at last alone."""
    monkeypatch.setattr(bench.steps, "lost", {"run t of ours@winch": Loss(0.0, code, f"ended with code {code}")})
    found = verdict(bench, file())
    assert (found.outcome, found.minority) == (outcome, () if code < 0 else alone(OURS))


ENDLESS = "(loop $again (br $again))"
COUNT = """(local $n i32) (loop $again
  (br_if $again (i32.ne (i32.const 1000000) (local.tee $n (i32.add (local.get $n) (i32.const 1))))))"""


@pytest.mark.parametrize(
    ("other", "outcome", "minority"),
    [("", Outcome.TIMED_OUT, alone(OURS)), (COUNT, Outcome.LIMIT_REACHED, ()), (ENDLESS, Outcome.LIMIT_REACHED, ())],
    ids=["far below the limit", "near it", "endless too"],
)
def test_a_program_that_ends_by_another_tool_is_endless_by_this_one(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, other: str, outcome: Outcome, minority: Minority
) -> None:
    if REFERENCE not in bench.toolchains:
        pytest.skip("needs a second toolchain")
    link = Builder.link
    programs = {
        name: prepare(
            parse_link_case(file(wat=LIBRARY.replace('(func (export "tell") ', f'(func (export "tell") {code}')))
        )
        for name, code in ((OURS, ENDLESS), (REFERENCE, other))
    }

    def linked(self: Builder, toolchain: Toolchain, _: object, options: LinkOptions) -> BuildResult:
        return link(self, toolchain, programs[toolchain.name].libraries, options)

    monkeypatch.setattr(Builder, "link", linked)
    steps = """[[step]]\ncall = "tell"\nlogs = ['a:b/notes#note("he", -3)']\n"""
    found = verdict(bench, file(steps))
    assert (found.outcome, found.minority) == (outcome, minority), found.findings
    told = "; in reference@winch the run ends far below the limit"
    assert next(told in finding.message for _, finding in found.findings) is (outcome is Outcome.TIMED_OUT)

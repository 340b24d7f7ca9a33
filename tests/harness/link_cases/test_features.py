"""Link cases that need features of the engine."""

from __future__ import annotations

import pytest

from harness.bench.workbench import Workbench
from harness.engine.features import Feature, features
from harness.link_cases.prepare import prepare
from harness.suite.link_case import parse_link_case
from reports.outcomes import Outcome
from tests.harness.link_cases.programs import HEAD, file, verdict


def test_a_program_whose_features_the_engine_lacks_is_skipped(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wit, wat = "package a:b; world w { export f: async func(); }", '(module (@dylink.0) (func (export "f")))'
    text = file('[[step]]\ncall = "f"\n', wit, wat, HEAD)
    assert verdict(bench, text).outcome is not Outcome.SKIP
    monkeypatch.setitem(features(), "async", Feature("async", "not here"))
    found = verdict(bench, text)
    assert (found.outcome, found.reason) == (Outcome.SKIP, "async: not here")


THREAD = '(import "$root" "[thread-index]" (func (result i32)))'
CONTEXT = '(import "$root" "[context-get-0]" (func (result i32)))'
CANCEL = '(import "$root" "[subtask-cancel]" (func (param i32) (result i32)))'
ERROR = '(import "$root" "[error-context-drop]" (func (param i32)))'
FORWARD = '(import "$root" "[stream-forward-unit]" (func (param i32 i32)))'
READ = '(import "$root" "[async-lower][stream-read-unit]" (func (param i32 i32 i32) (result i32)))'
STOP = '(import "$root" "[future-cancel-read-unit]" (func (param i32) (result i32)))'


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (THREAD, "threading"),
        (THREAD.replace("index", "yield"), None),
        (CONTEXT, None),
        (CONTEXT.replace("0", "1"), "threading"),
        (CONTEXT.replace("0", "i32-1"), "threading"),
        (CONTEXT.replace("0", "i64-0").replace("i32))", "i64))"), "context-i64"),
        (FORWARD, "forward"),
        (FORWARD.replace("stream", "future"), "forward"),
        (ERROR, "error-context"),
        (CANCEL, None),
        (CANCEL.replace("[sub", "[async-lower][sub"), "more-async-builtins"),
        (STOP, None),
        (STOP.replace("[fut", "[async-lower][fut"), "more-async-builtins"),
        (READ, None),
        (READ.replace("[async-lower]", ""), "more-async-builtins"),
        ("(memory 1 (pagesize 1))", "custom-page-sizes"),
        ("(memory 1 2)", None),
        ("(memory 1 (pagesize 65536))", "custom-page-sizes"),
        ("(memory 1 2) (memory 1 2 (pagesize 1))", "custom-page-sizes"),
    ],
)
def test_features_that_libraries_need(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, part: str, feature: str | None
) -> None:
    wit = "package a:b; world w { export f: func(); }"
    text = file('[[step]]\ncall = "f"\n', wit, f'(module (@dylink.0) {part} (func (export "f")))', HEAD)
    assert prepare(parse_link_case(text)).needs() == frozenset({feature} if feature else ())
    if feature is not None:
        monkeypatch.setitem(features(), feature, Feature(feature, "not here"))
        found = verdict(bench, text)
        assert (found.outcome, found.reason) == (Outcome.SKIP, f"{feature}: not here")


def test_the_only_engine_of_a_case(bench: Workbench) -> None:
    """Winch does not compile what throws and catches."""
    wit = "package a:b; world w { export f: func() -> u32; }"
    wat = """(module (@dylink.0) (tag $e (param i32)) (func (export "f") (result i32)
      (block $caught (result i32) (try_table (catch $e $caught) (throw $e (i32.const 7))) (i32.const 0))))"""
    text = file('[[step]]\ncall = "f"\nresult = "7"\n', wit, wat, HEAD)
    assert verdict(bench, text).outcome is Outcome.INVALID_OUTPUT
    assert verdict(bench, f'engine = "cranelift"\n{text}').outcome is Outcome.PASS

"""The rules of functions for an interpreter that is not ours, and the plans that follow them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText, surround
from harness.plan.roles import Role
from harness.planner.guest import foreign
from harness.planner.guest_rules import Echo, Forward, Rule, rules_of
from harness.process.steps import Steps
from harness.toolchains.selection import Ours, Selection
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.guests import WORLD, bench, examined, plan

RULES = """package a:b;
interface x {
  resource r;
  record one { a: u8 } record other { a: u8 } record third { b: u8 } type alias = one;
  shape: func(a: one) -> other;
  named: func(a: one) -> third;
  second: func(a: u8, b: u16, c: u16) -> u16;
  through: func(a: list<alias>) -> list<one>;
  sink: func(a: string);
  lost: func() -> u8;
  wrong: func(a: option<u8>) -> option<s8>;
  sized: func(a: list<u8, 3>) -> list<u8, 4>;
  borrowed: func(a: borrow<r>, b: r) -> r;
  context: func(a: error-context) -> error-context;
  calls: func(a: r) -> r;
}
interface y { go: func(a: u8) -> u8; }
world w { export x; import y; export go: func(a: u8) -> u8; import go: func(a: s8) -> u8; }
"""


def rules(name: str) -> tuple[Rule | None, list[str]]:
    found = rules_of(surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world)
    return found.of.get(name), [
        str(item) for item in found.left_out if item.what in (f"import {name}", f"export {name}")
    ]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("shape", Echo(0)),
        ("named", None),
        ("second", Echo(1)),
        ("through", Echo(0)),
        ("sink", Echo(None)),
        ("lost", None),
        ("wrong", None),
        ("sized", None),
        ("borrowed", Echo(1)),
        ("context", None),
        ("calls", Echo(0)),
    ],
)
def test_the_rule_of_a_function(name: str, rule: Echo | None) -> None:
    found, left_out = rules(f"a:b/x#{name}")
    assert found == rule
    assert len(left_out) == (rule is None)


def test_another_type_is_no_import_to_call() -> None:
    assert rules("-#go") == (Echo(0), ["import -#go: no export of its name and type calls it"])


def test_resources_that_are_imported_and_exported_are_paired() -> None:
    world = surround(WitText(WORLD, "w.wit")).parts[Role.SUBJECT].world
    found = rules_of(world)
    assert all(isinstance(found.of[f.canonical], Forward) for f in world.exports["a:b/both"].functions.values())
    assert found.of["a:b/leaf#listed"] == Echo(1)


@pytest.mark.parametrize("seed", range(4))
def test_boxed_follows_the_plan(tmp_path: Path, seed: int) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    found = examine(tools, "w", plan(seed), Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 40


def test_the_foreign_plan_has_nothing_of_the_subject() -> None:
    whole = plan()
    left = foreign(whole)
    assert [part.role for part in left.components if part.foreign] == [Role.SUBJECT]
    for one, other in zip(whole.runs, left.runs, strict=True):
        assert set(one.scripts) - set(other.scripts) == set(one.expected) - set(other.expected) == {Role.SUBJECT}


ONE_WAY = """package a:b;
interface base { resource r { constructor(a: u8); get: func() -> u8; } record p { x: r } }
interface top { use base.{r, p}; make: func(a: string) -> p; look: func(b: list<borrow<r>>) -> u32; }
interface out { use base.{r}; run: func(a: list<r>) -> result<r>; }
world w {
  import top;
  export out;
  import ask: func(q: string) -> u64;
  export go: func() -> list<string>;
  import inl: interface { z: func() -> f32; }
  resource mine { constructor(); }
}
"""


def test_what_goes_one_way_goes_both_ways(tmp_path: Path) -> None:
    """The rule to forward applies to everything but a resource of the world itself."""
    planned = plan(wit=ONE_WAY)
    assert planned.not_run == ("import -#[constructor]mine: no export of its name and type calls it",)
    names = {name for run in planned.runs for name in run.functions}
    assert names == {
        *("a:b/base#[constructor]r", "a:b/base#[method]r.get", "a:b/top#make", "a:b/top#look", "a:b/out#run"),
        *("-#ask", "-#go", "inl#z"),
    }
    found = examined(bench(tmp_path, echo()), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


def test_no_second_version_is_added() -> None:
    """A second version would change the imports that a linker merges."""
    wit = """package a:b;
package c:d@0.1.0 { interface i { f: func(); } }
package c:d@0.2.0 { interface i { f: func(a: u8) -> u16; } }
world w { import c:d/i@0.1.0; export c:d/i@0.2.0; }
"""
    assert plan(wit=wit).not_run == (
        "export c:d/i@0.2.0#f: it has neither an import of its name and type, nor a parameter of its result's type",
        "import c:d/i@0.1.0#f: no export of its name and type calls it",
    )

"""`--interpreter` with `--with-async`: the rules of async functions, and plans with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText, surround
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.guest import guest_plan
from harness.planner.guest_cases import guest_case_plan
from harness.planner.guest_role import NoRole
from harness.planner.guest_rules import Echo, Forward, rules_of
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.abilities import Abilities
from harness.toolchains.selection import Ours, Selection
from reports.outcomes import Outcome
from tests.harness.guests import CASES

ASYNC = Abilities(asynchronous=True)

ASYNC_WORLD = """package a:b;
interface both {
  resource thing { constructor(name: string); get: async func() -> string; }
  record pair { small: s8, text: string, wide: s64 }
  swap: async func(pairs: list<pair>, thing: borrow<thing>) -> result<option<pair>, u64>;
  take: async func(a: thing, b: list<thing>) -> option<thing>;
  at-once: func(a: string) -> list<string>;
  many: async func(a: u8, b: u8, c: u8, d: u8, e: string) -> tuple<string, u8>;
}
interface leaf {
  use both.{thing, pair};
  listed: async func(a: u8, b: list<pair>, c: list<pair>) -> list<pair>;
  nothing: async func(a: thing, b: borrow<thing>);
  one: async func(a: thing) -> thing;
}
world w {
  import both;
  export both;
  export leaf;
  import f: async func(a: f32) -> f64;
  export f: async func(a: f32) -> f64;
}
"""


def async_plan(seed: int = 3, calls: int = 40, abilities: Abilities = ASYNC) -> Plan:
    return guest_plan(WitText(ASYNC_WORLD, "w.wit"), None, (), seed, calls, "w", abilities)


RULES = """package a:b;
interface x { echo: async func(a: u8) -> u8; sink: async func(a: string); ends: async func(a: stream<u8>); }
world w {
  export x;
  import both: async func(a: u8) -> u8;
  export both: async func(a: u8) -> u8;
  import other: func(a: u8) -> u8;
  export other: async func(a: u8) -> u8;
}
"""


@pytest.mark.parametrize(
    ("name", "rule"),
    [("a:b/x#echo", Echo(0)), ("a:b/x#sink", Echo(None)), ("-#both", "-#both"), ("-#other", Echo(0))],
)
def test_the_rule_of_an_async_function(name: str, rule: Echo | str) -> None:
    """A text: the import to which it forwards."""
    world = surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world
    found = rules_of(world, ASYNC).of[name]
    assert (found.imported.canonical if isinstance(found, Forward) else found) == rule
    assert name not in rules_of(world).of


def test_streams_have_no_rule() -> None:
    world = surround(WitText(RULES, "w.wit"), "w").parts[Role.SUBJECT].world
    assert rules_of(world, ASYNC).without == {"a:b/x#ends": "`stream<u8>` in its type, left out without --streams pass"}


@pytest.mark.parametrize("seed", range(3))
def test_boxed_follows_the_plan(tmp_path: Path, seed: int) -> None:
    """The script for the subject shows what the model predicts, so the plan itself is right."""
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    planned = async_plan(seed)
    assert len(planned.runs) == 3 and not planned.unsupported
    found = examine(tools, "w", planned, Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    assert found.ran.calls > 60


@pytest.mark.parametrize("name", ["after-turns", "three-in-reverse", "kinds-of-results"])
def test_boxed_follows_the_plan_of_a_case(tmp_path: Path, name: str) -> None:
    case = load_case(CASES / "async" / "calls" / f"{name}.toml")
    tools = Workbench(Settings(tmp_path, Selection((Ours(),))), Steps())
    found = examine(tools, name, guest_case_plan(case, ASYNC), Options(artifacts=None))
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings
    with pytest.raises(NoRole, match="async function, which is called with --with-async"):
        guest_case_plan(case)

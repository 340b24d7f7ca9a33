"""Interpreters that are not ours in tests: worlds, plans, a workbench, cases with steps."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from harness.bench.examination import Examination, Options
from harness.bench.examine_guest import examine_guest
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText
from harness.plan.plan import Plan
from harness.planner.guest import guest_plan
from harness.planner.guest_cases import guest_case_plan
from harness.process.steps import Steps
from harness.suite.case import load_case
from harness.toolchains.interpreter import Interpreter
from harness.toolchains.selection import Ours, Selection
from interpreters.build import build_echo
from tests.interpreters.conftest import NO_ZIG, ZIG

CASES = Path(__file__).parents[2] / "cases"
needs_zig = pytest.mark.skipif(not ZIG, reason=NO_ZIG)

WORLD = """package a:b;
interface both {
  resource thing { constructor(name: string); get: func() -> string; }
  record pair { small: s8, few: s8, text: string, wide: s64 }
  swap: func(pairs: list<pair>, thing: borrow<thing>) -> result<option<pair>, u64>;
  take: func(a: thing, b: list<thing>) -> option<thing>;
}
interface leaf {
  use both.{thing, pair};
  listed: func(a: u8, b: list<pair>, c: list<pair>) -> list<pair>;
  nothing: func(a: thing, b: borrow<thing>);
  bytes: func(a: list<u8>) -> list<u8>;
}
world w { import both; export both; export leaf; import f: func(a: f32) -> f64; export f: func(a: f32) -> f64; }
"""

ASYNC = WORLD.replace("get: func", "wait: async func(); get: func").replace(
    "export leaf;", "export leaf; export slow: interface { go: async func(); }"
)


def plan(seed: int = 3, wit: str = WORLD, calls: int = 40) -> Plan:
    return guest_plan(WitText(wit, "w.wit"), None, (), seed, calls, "w")


def bench(folder: Path, interpreter: Path, version: int = 3, selection: Selection | None = None) -> Workbench:
    chosen = selection or Selection((Ours(),))
    return Workbench(Settings(folder, chosen, interpreter=Interpreter(interpreter, version)), Steps())


@cache
def wrong_echo(flag: str) -> bytes:
    """`echo` with a fault, compiled once for several worlds."""
    return build_echo(3, [f"-D{flag}"])


def examined(bench: Workbench, plan: Plan) -> Examination:
    return examine_guest(bench, "w", plan, Options(artifacts=None))


CASE = """title = "x"
why = "x"
origin = "own"
wit = '''
package a:b;
interface x {{ resource r {{ constructor(); }} f: func(a: u8) -> u8; g: func() -> r; h: func(a: r); }}
interface y {{ f: func(a: u8) -> u8; }}
interface z {{ slow: async func(); bytes: func() -> stream<u8>; }}
world w {{ {world} }}
'''
{steps}
"""
BOTH = "import x; export x;"
CALL = '[[step]]\ncall = "a:b/x#f"\nargs = ["1"]\nresult = "{}"\n'
ROOT = '[[step]]\ncall = "[method]r.a"\nargs = ["$r"]\nresult = "1"\n'
MADE = '[[step]]\ncall = "a:b/x#g"\nresult = "$r"\n[[step]]\n'


def case_plan(folder: Path, world: str, steps: str) -> Plan:
    path = folder / "case.toml"
    path.write_text(CASE.format(world=world, steps=steps))
    return guest_case_plan(load_case(path))

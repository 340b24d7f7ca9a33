"""A link case in words, and the rules behind its features."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.link_cases.coverage import features
from harness.link_cases.prepare import prepare
from harness.link_cases.rules import RULES, of_features
from harness.link_cases.words import link_case_words
from harness.suite.link_case import load_link_case, parse_link_case
from reports.coverage import LINK_FEATURES

ROOT = Path(__file__).resolve().parents[3]
LINK_CASES = [path for path in sorted((ROOT / "cases").rglob("*.toml")) if "[[library]]" in path.read_text()]
HEAD = """title = "T"
why = "W."
origin = "own"
wit = "package a:b; world w { import log: func(x: u32); export run: func() -> u32; export stop: func(); }"
"""
APP = """[[library]]
name = "app.so"
wat = '''
(module (@dylink.0 (needed "one.so"))
  (import "$root" "log" (func (param i32)))
  (import "env" "memory" (memory 0))
  (import "env" "f" (func (result i32)))
  (import "env" "g" (func))
  (import "GOT.func" "f" (global (mut i32)))
  (import "GOT.mem" "d" (global (mut i32)))
  (func (export "run") (result i32) unreachable) (func (export "stop")))
'''
"""
ONE = """[[library]]
name = "one.so"
wat = '(module (@dylink.0) (func (export "f") (result i32) i32.const 1) (global (export "d") i32 (i32.const 0)))'
"""
OPEN = ONE.replace("one.so", "two.so") + "openable = true\n"
STEPS = """[[step]]
call = "stop"
trap = "unreachable"
logs = ["log(1)", "log(2)"]

[[step]]
call = "run"
result = "1"
"""


def told(text: str) -> list[str]:
    case = parse_link_case(text)
    return link_case_words(case, prepare(case)).splitlines()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            f"{HEAD}{APP}{ONE}{STEPS}",
            [
                "`component link` takes, in this order:",
                "  app.so",
                "    needs one.so",
                "    imports from the world ($root): log",
                "    imports from the linker: memory",
                "    imports from one.so: f",
                "    imports from no library: g",
                "    imports from one.so, as the address of a function: f",
                "    imports from one.so, as the address of data: d",
                "    exports run, stop",
                "  one.so",
                "    exports f, d",
                "",
                "Steps:",
                "   1. stop() must trap: unreachable",
                "        before its end it calls log(1), then log(2)",
                "  In a new instance:",
                "   2. run() -> 1",
            ],
        ),
        (
            f"{HEAD}starts = ['log(7)']\nstarts-also = [[]]\nlink = {{ stack-size = 32 }}\n{OPEN}{ONE}{STEPS}",
            [
                "  two.so, which dlopen can find",
                "    exports f, d",
                "with --stack-size 32",
                "",
                "While it is instantiated, it calls log(7).",
                "  or, which is as correct, it calls nothing.",
            ],
        ),
        (
            f"{HEAD}refusal = 'no `g`'\n{APP}",
            ["Every tool must refuse this. Ours says, among other words: no `g`", "", "What the documents say:"],
        ),
        (
            f"{HEAD}{ONE}[[step]]\ncall = 'run'\nresult = '1'\n".replace("(@dylink.0)", "").replace(
                'name = "one.so"', 'name = "one.so"\nmodule = true'
            ),
            ["`component new` makes a component of:", "  one.so, a complete module"],
        ),
    ],
    ids=["libraries", "starts", "refusal", "module"],
)
def test_in_words(text: str, lines: list[str]) -> None:
    found = told(text)
    first = found.index(lines[0])
    assert found[first : first + len(lines)] == lines


def test_a_trap_and_each_feature_have_a_rule() -> None:
    *_, rules = "\n".join(told(f"{HEAD}{APP}{ONE}{STEPS}")).partition("What the documents say:\n")
    case = parse_link_case(f"{HEAD}{APP}{ONE}{STEPS}")
    assert rules.splitlines()[0].startswith("  unreachable: the component's own code")
    assert rules.splitlines()[1:] == [f"  {rule}" for rule in of_features(features(case, prepare(case)))]
    assert len(rules.splitlines()) > 4


def test_the_rules_are_those_of_the_features_that_reports_list() -> None:
    assert set(RULES) == set(LINK_FEATURES)


def test_sections_of_pages_exist() -> None:
    heads = set(re.findall(r"^## (.*)$", (ROOT / "docs" / "linking.md").read_text(), re.MULTILINE))
    named = {name for rule in RULES.values() for name in re.findall(r'docs/linking\.md, "([^"]*)"', rule.where)}
    assert named and named <= heads


@pytest.mark.parametrize("path", LINK_CASES[::5], ids=lambda path: path.stem)
def test_link_cases_of_the_suite_can_be_told(path: Path) -> None:
    case = load_link_case(path)
    assert link_case_words(case, prepare(case)).startswith(f"{case.title}\n  why: {case.why}\n")

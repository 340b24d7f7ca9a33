"""`harness explain`: steps in words, the rules behind them, what the tools did."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.explain import rules
from harness.explain.words import case_words
from harness.plan.outcomes import TrapClass
from harness.planner import case_plan
from harness.suite.case import load_case, parse_case
from harness.world import types as t

CASES = Path(__file__).resolve().parents[2] / "cases"
HEAD = """title = "T"
why = "W."
origin = ["own", "https://example.org"]
wit = '''
package a:b;
interface x {
  resource r { constructor(v: u32); }
  f: func(a: char, b: list<s8>) -> string;
  give: func(a: r);
  lend: func(a: borrow<r>);
}
world w { import x; export x; }
'''
"""


def words(rest: str) -> list[str]:
    case = parse_case(HEAD + rest)
    return case_words(case, case_plan(case)).splitlines()


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        (
            """[[step]]
call = "a:b/x#f"
args = ["'x'", "[1, -2]"]
result = '"y"'
""",
            [
                "   1. the subject calls a:b/x#f of the provider",
                "        a = 'x'",
                "        b = [1, -2]",
                '        it returns "y"',
                "All of it runs once more with the driver as the caller: it calls the exports of the subject.",
            ],
        ),
        (
            """[[step]]
call = "a:b/x#f"
by = "driver"
args = ["!char d800", "[]"]
result = '"y"'
trap = "invalid-char"

[[step]]
call = "a:b/x#[constructor]r"
by = "driver"
args = ["7"]
result = "$x"
""",
            [
                "   1. the driver calls a:b/x#f of the subject",
                "        a = char d800 (not a value of the type, as the interpreter's script has it)",
                "        b = []",
                '        it would return "y"; this must trap: invalid-char',
                "  In a new composition, without the earlier handles:",
                "   2. the driver calls a:b/x#[constructor]r of the subject",
                "        v = 7",
                "        it returns $x",
            ],
        ),
        (
            """[[step]]
call = "a:b/x#[constructor]r"
by = "driver"
args = ["7"]
result = "$x"

[[step]]
call = "a:b/x#lend"
by = "driver"
args = ["$x"]
during = [{ call = "a:b/x#[constructor]r", args = ["1"], result = "$y" }, { drop = "$y" }]

[[step]]
drop = "$x"
during = [{ call = "a:b/x#[constructor]r", args = ["2"], result = "$z" }]
""",
            [
                "   2. the driver calls a:b/x#lend of the subject",
                "        a = $x",
                "        before it returns:",
                "          the subject calls a:b/x#[constructor]r of the provider",
                "            v = 1",
                "            it returns $y",
                "          the subject drops $y",
                "        it returns",
                "   3. the driver drops $x",
                "        the destructor:",
                "          the subject calls a:b/x#[constructor]r of the provider",
                "            v = 2",
                "            it returns $z",
            ],
        ),
    ],
)
def test_steps_in_words(steps: str, lines: list[str]) -> None:
    told = words(steps)
    first = told.index(lines[0])
    assert told[first : first + len(lines)] == lines


def test_the_world_and_the_reason_come_first() -> None:
    assert words("instantiate-only = true\n")[:12] == [
        "T",
        "  why: W.",
        "  origin: own",
        "  origin: https://example.org",
        "",
        "The world under test is w; the component with it is the subject.",
        "It imports, and the provider implements:",
        "  a:b/x: [constructor]r, f, give, lend",
        "It exports, and the driver calls:",
        "  a:b/x: [constructor]r, f, give, lend",
        "",
        "The components are built, compared and instantiated; nothing is called.",
    ]


def test_no_title_looks_like_a_line_of_ours() -> None:
    case = parse_case(HEAD + "instantiate-only = true\n")
    hostile = replace(case, title="T\nall toolchains agree", why="W\nSteps:")
    lines = case_words(hostile, case_plan(hostile)).splitlines()
    assert lines[:4] == ["T", "    all toolchains agree", "  why: W", "    Steps:"]


def test_drawn_values_are_counted_by_function() -> None:
    told = words("[sample]\nseed = 3\ncalls = 12\n")
    first = told.index("About 12 calls with values from seed 3:")
    assert any(line.endswith("  a:b/x#f") for line in told[first:])


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("traps/discriminant-of-two-cases", "invalid-discriminant: a discriminant beyond the last case traps (load_v"),
        ("traps/discriminant-of-two-cases", "or unreachable, which is right here, too: "),
        ("resources/borrow-leaves-owner-usable", "a borrow stays in the lender's table; "),
    ],
)
def test_rules_behind_a_case(path: str, rule: str) -> None:
    case = load_case(CASES / f"{path}.toml")
    _, found, told = case_words(case, case_plan(case)).partition("What the specification says")
    assert found
    assert f"\n  {rule}" in told


def test_rules_are_those_of_what_is_called() -> None:
    """`give` moves an own handle; no function with a string is called."""
    told = "\n".join(words('[[step]]\ncall = "a:b/x#[constructor]r"\nargs = ["7"]\nresult = "$x"\n'))
    assert "an own handle leaves" in told
    assert "a string is copied" not in told


def test_every_trap_and_type_has_a_rule() -> None:
    assert set(rules.TRAPS) == set(TrapClass)
    assert all(rules.of_type(prim).says for prim in t.Prim)


SUITE = [
    path for path in sorted(CASES.rglob("*.toml")) if not re.search(r"\[\[(refusal|library)\]\]", path.read_text())
]


@pytest.mark.parametrize("path", SUITE[::5], ids=lambda path: path.stem)
def test_cases_of_the_suite_can_be_told(path: Path) -> None:
    case = load_case(path)
    told = case_words(case, case_plan(case))
    assert told.startswith(f"{case.title}\n  why: {case.why}\n")


def harness(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["explain", *arguments])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("byte.toml").write_text(HEAD + '[[step]]\ncall = "a:b/x#f"\nargs = ["\'x\'", "[-1]"]\nresult = \'"y"\'\n')
    Path("bad.toml").write_text(HEAD + '[[step]]\ncall = "a:b/x#h"\n')
    row = "wit = 'package a:b; world w { import f: func(a: nosuch); }'\nmessage = 'no words of ours'\n"
    row = f"title = 'T'\n\n[[refusal]]\nwhy = 'No type.'\n{row}reference = 'refuses'\n"
    Path("table.toml").write_text(f"{row}stage = 'wit'\n")
    Path("bad-table.toml").write_text(f"{row}stage = 'nowhere'\n")
    library = "[[library]]\nname = 'a.so'\nwat = '(module (@dylink.0))'\n"
    case = "title = 'T'\nwhy = 'W.'\norigin = 'own'\nwit = 'package a:b; world w {}'\n"
    Path("bad-link.toml").write_text(f"{case}{library}[[step]]\ncall = 'f'\n")
    traps = Path("cases", "traps")
    traps.mkdir(parents=True)
    shutil.copy(CASES / "traps" / "discriminant-of-two-cases.toml", traps)


@pytest.mark.parametrize(
    ("arguments", "code", "parts"),
    [
        (["byte.toml", "--no-run"], 0, ["1. the subject calls", "What the specification says"]),
        (
            ["byte.toml", "--no-reference"],
            0,
            ["What the tools do:\n", "  ours (generator ", "All do what the model says"],
        ),
        (
            ["byte.toml", "--no-reference", "--toolchain", "mutant:s8-loaded-unsigned"],
            1,
            [
                "  ours (mutant ",
                ": fail\n",
                "expected: push_s8 -1\n",
                "repeat with: harness run byte",
            ],
        ),
        (
            ["cases/traps/discriminant-of-two-cases.toml"],
            0,
            [": expected failure\n", "Known fault of wasm-tools: second-of-two-cases-unchecked (package a:b; "],
        ),
        (["bad.toml"], 2, ["bad.toml:", "there is no function a:b/x#h"]),
        (
            [str(CASES / "linking" / "adapter-calls-a-library.toml")],
            0,
            [
                "old, an adapter\n",
                "  ours (generator ",
                "Known fault of wasm-tools: adapter-reaches-no-library (cases/",
            ],
        ),
        (
            ["table.toml"],
            1,
            [
                "line 3: No type.\n  rule: component-model, WIT.md",
                "ours: fail\n",
                "  line 3, stage wit: No type.\n    ours: refused at generate: world.wit:1:",
                "reference: refused at generate: ",
                "repeat with: harness run table.toml",
            ],
        ),
        (["bad-link.toml"], 2, ["bad-link.toml:", "the world exports no function 'f'"]),
        (["bad-table.toml"], 2, ["bad-table.toml:", "stage"]),
        ([str(CASES)], 2, ["is a directory"]),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_the_command(arguments: list[str], code: int, parts: list[str]) -> None:
    done = harness(*arguments)
    assert done.exit_code == code, done.output
    assert [part for part in parts if part not in done.output] == [], done.output
    assert ("What the tools do" in done.output) is (code < 2 and "--no-run" not in arguments)

"""Cases written as TOML."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzz.case_text import CaseParts, case_text
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.plan.steps import CallStep, DropStep, ErrorContextStep, MessageStep, NewStep, RepStep, Step
from harness.script.operations import Lists
from harness.suite.case import Sample, parse_case
from harness.suite.case_writer import toml_string

WIT = "package a:b;\nworld w { export f: func(a: string); }\n"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_strings_read_back(text: str) -> None:
    assert tomllib.loads(f"x = {toml_string(text)}") == {"x": text}


STEPS: list[Step[str]] = [
    CallStep("f", ('"a\\\\b\\u{0}"',), None, Role.DRIVER),
    CallStep("a:b/c#f", ("$r1", "!varp 3 u8 1"), "ok(1)", trap=TrapClass.INVALID_CHAR, keep=frozenset({"r1"})),
    CallStep("g", during=(CallStep("h", ("1",), "2"), DropStep("r1"))),
    DropStep("r1", stale=True, trap=TrapClass.INVALID_HANDLE),
    NewStep("r2", "a:b/c#r", 7),
    NewStep("r3", "a:b/c#r"),
    NewStep("r4", "a:b/c#r", by=Role.DRIVER),
    RepStep("r2"),
    RepStep("r2", TrapClass.INVALID_HANDLE, Role.SUBJECT),
    ErrorContextStep("e", 'no "x"'),
    ErrorContextStep("e", "", Role.DRIVER),
    MessageStep("e"),
    MessageStep("e", TrapClass.HANDLE_TYPE, Role.DRIVER),
    DropStep("e", by=Role.DRIVER),
    DropStep("r1", destroys=("r1",), during=(CallStep("h", ("1",), "2"), NewStep("r2", "a:b/c#r", 7), DropStep("r2"))),
]


@pytest.mark.parametrize("step", STEPS)
def test_steps_read_back(step: Step[str]) -> None:
    def plain(item: Step[str]) -> Step[str]:
        """The steps without their places in the file."""
        if isinstance(item, CallStep | DropStep):
            item = replace(item, during=tuple(map(plain, item.during)))
        return replace(item, path=())

    case = parse_case(case_text(CaseParts("t", "w", WIT, steps=(step,))))
    assert [plain(found) for found in case.steps] == [step]


@pytest.mark.parametrize("wit", [WIT, "package a:b; // '''\nworld w {}\n", "package a:b; world w {} // \x7f"])
def test_all_else_reads_back(wit: str) -> None:
    parts = CaseParts('ti"tle', "why\nnot", wit, "w", ("x", "y"), Lists.ANY, sample=Sample(3, 4))
    case = parse_case(case_text(parts, ["a\nb", "c"]))
    assert (case.title, case.why, case.world, case.features) == ('ti"tle', "why\nnot", "w", ("x", "y"))
    assert str(case.wit).strip() == wit.strip()
    assert case.lists == (Lists.ANY,)
    assert case.sample == Sample(3, 4)

"""Cases written as TOML."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzz.case_text import CaseParts, case_text
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script.operations import Lists
from harness.suite.case import CallStep, DropStep, NewStep, RepStep, Sample, Step, parse_case
from harness.suite.case_writer import toml_string

WIT = "package a:b;\nworld w { export f: func(a: string); }\n"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_strings_read_back(text: str) -> None:
    assert tomllib.loads(f"x = {toml_string(text)}") == {"x": text}


STEPS: list[Step] = [
    CallStep("f", ('"a\\\\b\\u{0}"',), None, Role.DRIVER),
    CallStep("a:b/c#f", ("$r1", "!varp 3 u8 1"), "ok(1)", trap=TrapClass.INVALID_CHAR, keep=frozenset({"r1"})),
    CallStep("g", during=(CallStep("h", ("1",), "2"), DropStep("r1"))),
    DropStep("r1", stale=True, trap=TrapClass.INVALID_HANDLE),
    NewStep("r2", "a:b/c#r", 7),
    NewStep("r3", "a:b/c#r"),
    RepStep("r2"),
    DropStep("r1", during=(CallStep("h", ("1",), "2"), NewStep("r2", "a:b/c#r", 7), DropStep("r2"))),
]


@pytest.mark.parametrize("step", STEPS)
def test_steps_read_back(step: Step) -> None:
    def plain(item: Step) -> Step:
        """Without the place in the file."""
        if isinstance(item, CallStep):
            return CallStep(
                item.function, item.args, item.result, item.by, item.trap, tuple(map(plain, item.during)), item.keep
            )
        if isinstance(item, DropStep):
            return DropStep(item.handle, item.stale, item.trap, tuple(map(plain, item.during)))
        return NewStep(item.handle, item.resource, item.rep) if isinstance(item, NewStep) else RepStep(item.handle)

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

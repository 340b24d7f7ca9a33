"""Worlds whose asynchronous functions are lifted or lowered synchronously: the choice, the filters, their reduction."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.bucket import Bucket
from harness.fuzz.case_reducer import smaller_text
from harness.fuzz.case_text import CaseParts, case_of
from harness.fuzz.cases_of import bare_case
from harness.fuzz.filters import FILTERS_EVERY, Filters, chosen, chosen_for, filters_of, still_fitting
from harness.fuzz.planned import plan_trial
from harness.model.abi import abi_from
from harness.plan.roles import Role
from harness.planner.cases import case_plan
from harness.suite.case import CaseError
from harness.world.world import World

WIT = """package a:b@1.0.0;
interface x { resource r { m: async func(); s: func(); } f: async func(); g: func(); h: async func(); }
world w { import x; export x; import i: async func(); export o: async func(); }
"""
EVERY_SECOND = (
    "-import:a:b/x@1.0.0#f",
    "-import:a:b/x@1.0.0#[method]r.m",
    "-export:a:b/x@1.0.0#f",
    "-export:a:b/x@1.0.0#[method]r.m",
)
BUCKET = Bucket("ours", "fail", 1, "x", "y", "ours")


def subject(wit: str) -> World:
    return surround(WitText(wit, "w.wit")).parts[Role.SUBJECT].world


def test_two_neighbours_in_some_worlds_have_the_same_choice() -> None:
    found = {index: filters_of(index) for index in range(8 * FILTERS_EVERY)}
    some = {index: choice for index, choice in found.items() if choice is not Filters.NONE}
    turns = (Filters.EXPORTS, Filters.SOME, Filters.EXPORTS, Filters.ALL)
    assert list(some.values()) == [choice for choice in turns for _ in range(2)]
    assert [index % 2 for index in some] == [0, 1] * 4, "the toolchains of odd and even worlds differ"


@pytest.mark.parametrize(
    ("choice", "wit", "filters"),
    [
        (Filters.NONE, WIT, ()),
        (Filters.ALL, WIT, ("-all",)),
        (Filters.ALL, "package a:b; world w { import f: func(); }", ()),
        (Filters.SOME, "package a:b; world w { import f: func(); }", ()),
        (Filters.SOME, "package a:b; world w { import f: async func(); }", ("-import:f",)),
        (Filters.SOME, "package a:b; world w { import f: async", ()),
        (Filters.EXPORTS, "package a:b; world w { import f: async func(); export g: async func(); }", ("-export:g",)),
        (Filters.EXPORTS, "package a:b; world w { import f: async func(); }", ()),
    ],
)
def test_the_filters_of_a_choice(choice: Filters, wit: str, filters: tuple[str, ...]) -> None:
    assert chosen_for(choice, wit, None, ()) == filters


def test_some_are_every_second_function() -> None:
    filters = chosen(Filters.SOME, subject(WIT))
    abi = abi_from({Role.SUBJECT: subject(WIT)}, {Role.SUBJECT: filters})
    lowered = {name for _, name in abi.lowered_synchronously}
    lifted = {name for _, name in abi.lifted_synchronously}
    assert len(lowered) + len(lifted) == len(filters) == 4
    assert all("#s" not in name and "#g" not in name for name in lowered | lifted)


@pytest.mark.parametrize("choice", [Filters.ALL, Filters.SOME, Filters.EXPORTS])
def test_a_plan_has_the_filters_of_its_choice(choice: Filters) -> None:
    plan = plan_trial(WIT, None, (), Random(3), 12, 3, (), "", choice).plan
    assert plan.async_filters[Role.SUBJECT] == chosen(choice, subject(WIT))
    assert len(plan.runs) > 2


@pytest.mark.parametrize(
    ("filters", "wit", "left"),
    [
        (("-all",), WIT, ("-all",)),
        (("-import:i", "-export:o"), WIT, ("-import:i", "-export:o")),
        (("-import:i", "-export:o"), WIT.replace("import i: async func();", ""), ("-export:o",)),
        (("-import:a:b/x@1.0.0#h", "-import:i"), WIT.replace("h: async func();", ""), ("-import:i",)),
        (("-import:i",), "package a:b; world w { import i", ("-import:i",)),
    ],
)
def test_a_filter_goes_with_its_function(filters: tuple[str, ...], wit: str, left: tuple[str, ...]) -> None:
    assert still_fitting(filters, wit, None, ()) == left


def test_a_reduced_case_has_the_filters_that_it_needs() -> None:
    """Each text that the reducer offers is a case that makes sense, though functions with filters are left out."""
    case = bare_case(WIT, None, (), BUCKET)
    filters = ("-import:i", "-export:o", *[text for text in EVERY_SECOND if text.endswith("#f")])
    refused: list[str] = []

    def fails(parts: CaseParts) -> bool:
        try:
            plan = case_plan(case_of(parts))
        except CaseError as error:
            refused.extend([str(error)] if "no function of the world" in str(error) else [])
            return False
        return "-export:o" in plan.async_filters.get(Role.SUBJECT, ())

    reduced = smaller_text(replace(case, async_filters=filters), fails)
    assert reduced.async_filters == ("-export:o",)
    assert "export o: func()" in reduced.wit and "import" not in reduced.wit
    assert not refused
    assert smaller_text(replace(case, async_filters=filters), lambda parts: "world" in parts.wit).async_filters == ()

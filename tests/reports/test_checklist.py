"""The functions of an interpreter under test, over all cases."""

from __future__ import annotations

from dataclasses import replace

from reports.checklist import checklist, checklist_text
from reports.model import Used
from tests.reports.samples import PASSED

ONE = replace(PASSED, checklist=(Used("push_list", 2, ("list<u8>",)), Used("pop_u8", 0), Used("push_u8", 1)))
OTHER = replace(PASSED, checklist=(Used("push_list", 1, ("list<s8>", "list<u8>")), Used("pop_u8", 0)))


def test_the_sums() -> None:
    assert checklist([ONE, OTHER]) == [
        Used("push_list", 3, ("list<u8>", "list<s8>")),
        Used("pop_u8", 0),
        Used("push_u8", 1),
    ]


def test_as_text() -> None:
    assert checklist_text([ONE, OTHER], types=True).splitlines() == [
        "functions of the interpreter: 2 of 3 called",
        "        3  push_list: list<u8>, list<s8>",
        "        1  push_u8",
        "never called: pop_u8",
    ]
    assert checklist_text([ONE]).splitlines()[1:] == ["never called: pop_u8"]


def test_many_types_are_cut() -> None:
    many = replace(PASSED, checklist=(Used("push_list", 9, tuple(f"list<t{number}>" for number in range(8))),))
    assert checklist_text([many], types=True).endswith("list<t5> and 2 more")


def test_nothing_counted() -> None:
    assert checklist_text([replace(PASSED, checklist=())]) == ""

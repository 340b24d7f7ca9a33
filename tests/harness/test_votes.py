"""Votes of all opinions: the minority, and the toolchain whose two ends share a fault."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from harness.judge.party import Minority
from harness.judge.votes import minority, shared_fault
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell
from tests.harness.minorities import alone


@pytest.mark.parametrize(
    ("opinions", "expected"),
    [
        # toolchain: what it showed; the model says `m`
        ({"ours": "m", "reference": "m"}, ()),
        ({"ours": "x", "reference": "m"}, alone("ours")),
        ({"ours": "m", "reference": "x"}, alone("reference")),
        ({"ours": "x", "reference": "x"}, alone("model")),
        ({"ours": "x", "reference": "y"}, ()),
        ({"ours": "x"}, alone("ours")),
        ({"ours": "m", "reference": "m", "a": "x", "b": "y"}, alone("a", "b")),
        ({"ours": "m", "reference": "m", "a": "x", "b": "x"}, alone("a", "b")),
        ({"ours": "m", "reference": "x", "a": "x"}, ()),
        ({"ours": "x", "reference": "x", "a": "x"}, alone("model")),
        ({"ours": "x", "reference": "x", "a": "x", "b": "m"}, alone("b", "model")),
        ({"ours": "x", "reference": "x", "a": "y"}, alone("a", "model")),
        ({"ours": "x", "reference": "y", "a": "z"}, ()),
        ({"ours": "m", "reference": "x", "a": "y"}, alone("reference", "a")),
    ],
)
def test_minority(opinions: dict[str, str], expected: Minority) -> None:
    wrong = [name for name, shown in opinions.items() if shown != "m"]
    assert minority(list(opinions), wrong, lambda one, other: opinions[one] == opinions[other]) == expected


def cell(subject: str, others: str) -> Cell:
    builds = {Role.PROVIDER: others, Role.SUBJECT: subject, Role.DRIVER: others}
    return Cell(tuple((role, Build(name, name)) for role, name in builds.items()), EngineKind.WINCH)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("ours-ref+ ref-ours+ ours-a- a-ours-", "a"),
        ("ours-ref- ref-ours- ours-a- a-ours-", "ours"),
        ("ours-ref- ref-ours- ours-a+ a-ours+", "ref"),
        ("ours-ref- ref-ours- ours-a- a-ours- ref-a-", None),
        ("ours-ref- ref-ours-", None),  # each contradicts the other alone
        ("ours-ref- ref-ours+ ours-a- a-ours-", None),  # a fault of one end is not shared
        ("ours-ref+ ref-ours+ ours-a+ a-ours-", None),
        ("ours-ref+ ref-ours+", None),
        ("ours-ours- ref-ref+", None),
    ],
)
def test_whose_ends_share_a_fault(cells: str, expected: str | None) -> None:
    def parsed(text: str) -> tuple[Cell, bool]:
        subject, _, others = text[:-1].partition("-")
        return cell(subject, others), text[-1] == "+"

    assert shared_fault([parsed(text) for text in cells.split()]) == expected

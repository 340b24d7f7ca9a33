"""Cases with an interpreter that is not ours: those that have a role for it, and those that have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.planner.guest_role import NoRole
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.guests import BOTH, CALL, MADE, ROOT, bench, case_plan, examined


@pytest.mark.parametrize(
    ("world", "steps"),
    [
        (BOTH, CALL.format(2)),
        ("export x;", CALL.format(2)),
        ("import x;", CALL.format(2)),
        ("export y;", '[[step]]\ncall = "a:b/y#f"\nargs = ["1"]\nresult = "1"\n'),
        (BOTH, MADE + 'drop = "$r"\ndestroys = ["$r"]\n'),
        (BOTH, MADE + 'call = "a:b/x#h"\nargs = ["$r"]\nduring = [{ drop = "$r" }]\n'),
        (BOTH, MADE + 'drop = "$r"\n[[step]]\ndrop = "$r"\ntrap = "invalid-handle"\n'),
    ],
)
def test_a_case_with_echo(tmp_path: Path, world: str, steps: str) -> None:
    planned = case_plan(tmp_path, world, steps)
    found = examined(bench(tmp_path, echo()), planned)
    assert found.verdict.outcome is Outcome.PASS, found.verdict.findings


@pytest.mark.parametrize(
    ("world", "steps", "why"),
    [
        ("export y;", '[[step]]\ncall = "a:b/y#f"\nargs = ["1"]\nresult = "2"\n', "returns something else"),
        ("import m: func() -> u8; resource r { a: func() -> u8; }", ROOT, "the world does not export it"),
        (BOTH, '[[step]]\nnew = "$r"\nresource = "a:b/x#r"\n', "does nothing by itself"),
        (BOTH, CALL.format(2) + 'by = "subject"\n', "does nothing by itself"),
        ("export z;", '[[step]]\ncall = "a:b/z#slow"\n', "a:b/z#slow has no rule: async function"),
        (
            "export z;",
            '[[step]]\ncall = "a:b/z#bytes"\nresult = "$s"\nduring = [{ ends = ["$t", "$s"], type = "stream<u8>" }]\n',
            "the driver cannot call a:b/z#bytes: a stream or future in its type",
        ),
    ],
)
def test_a_case_without_a_role(tmp_path: Path, world: str, steps: str, why: str) -> None:
    with pytest.raises(NoRole, match=why):
        case_plan(tmp_path, world, steps)

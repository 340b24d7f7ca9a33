"""Worlds that have what belongs to the interpreter."""

from __future__ import annotations

import pytest

from harness.composition.interpreter_world import interpreters_own
from harness.frontend.front_end import WitText
from harness.planner import check_plan

WIT = """package root:w;
world w { %s }
package harness:boxed@%s { interface host { script: func() -> u8; } interface control { run: func(); } }
"""


@pytest.mark.parametrize(
    ("items", "version", "refused"),
    [
        ("import harness:boxed/host@0.1.0;", "0.1.0", True),
        ("export harness:boxed/control@0.1.0;", "0.1.0", True),
        ("import harness:boxed/host@0.2.0;", "0.2.0", False),
        ("export harness:boxed/host@0.2.0;", "0.2.0", False),
        ("import run: func(); export finish: func();", "0.1.0", False),
    ],
)
def test_a_world_with_the_interpreters_own_interfaces_cannot_be_run(items: str, version: str, refused: bool) -> None:
    why = interpreters_own(check_plan(WitText(WIT % (items, version), "w.wit")))
    assert bool(why) is refused
    assert not refused or "belongs to the interpreter" in why

"""Plans of bare worlds: what cannot be called is told, the rest is."""

from __future__ import annotations

import pytest

from harness.planner import check_plan
from harness.toolchains.front_end import WitText

CROWDED = """package a:b;
interface x {
  resource r { constructor(); }
  crowd: func(a: list<own<r>, 150>, b: list<own<r>, 150>);
  alone: func(a: own<r>);
}
world w { import x; export x; }
"""
"""An interpreter has 256 registers."""


@pytest.mark.parametrize("side", ["import", "export"])
def test_a_function_that_holds_too_many_handles(side: str) -> None:
    plan = check_plan(WitText(CROWDED, "x.wit"), calls=8)
    assert any(item.startswith(f"{side} a:b/x#crowd: ") and "256 handles" in item for item in plan.unsupported)
    calls = [call for run in plan.runs for call in run.calls]
    assert any("#alone(" in call for call in calls)
    assert not any("#crowd(" in call for call in calls)

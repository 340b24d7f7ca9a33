"""Plans of bare worlds: functions that cannot be called are reported, the others are called."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import WitText
from harness.planner import check_plan

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
    assert any(item.startswith(f"{side} a:b/x#crowd: ") and "256 handles" in item for item in plan.not_run)
    calls = [call for run in plan.runs for call in run.calls]
    assert any("#alone(" in call for call in calls)
    assert not any("#crowd(" in call for call in calls)


def chain(length: int, form: str) -> str:
    """Each resource is made of the one before; `form` with `{}` for its name."""
    resources = [f"resource r{at} {{ constructor(a: {form.format(f'r{at - 1}')}); }}" for at in range(1, length)]
    text = "\n".join(["resource r0 { constructor(); }", *resources])
    return f"package a:b; interface i {{ {text} }} world w {{ import i; export i; }}"


@pytest.mark.parametrize("form", ["{}", "borrow<{}>", "tuple<{}, u8>"])
@pytest.mark.parametrize("length", [40, 400])
def test_calls_do_not_multiply_along_a_chain(form: str, length: int) -> None:
    """They do not, even with more resources than a component has registers."""
    plan = check_plan(WitText(chain(length, form), "chain.wit"), calls=50)
    assert not plan.not_run
    calls = sum(len(run.calls) for run in plan.runs)
    assert 2 * length <= calls <= 8 * length


def test_what_does_not_fit_is_left_out_whole() -> None:
    """The model takes the plan: no frame is left over."""
    for seed in range(5):
        plan = check_plan(WitText(CROWDED, "x.wit"), calls=40, seed=seed)
        assert [item.partition(":")[0] for item in plan.not_run] == ["import a", "export a"]
        assert sum("#alone(" in call for run in plan.runs for call in run.calls) >= 10

"""Makes a plan of a bare world or a case: the scripts of each component, and the expected events."""

from harness.planner.bare import check_plan
from harness.planner.cases import case_plan

__all__ = ["case_plan", "check_plan"]

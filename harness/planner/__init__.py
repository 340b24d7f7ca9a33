"""A bare world, or a case, into a plan: which scripts run in which component, and what must be seen."""

from harness.planner.bare import check_plan
from harness.planner.cases import case_plan

__all__ = ["case_plan", "check_plan"]

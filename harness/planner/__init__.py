"""A bare world, or a case, into a plan: which scripts run in which component, and what must be seen."""

from harness.planner.bare import check_plan

__all__ = ["check_plan"]

"""What a plan has from its world and the components around it."""

from __future__ import annotations

from harness.frontend.front_end import Surroundings
from harness.plan.plan import Plan
from harness.planner.needs import Needs


def plan_without_runs(surroundings: Surroundings, title: str, needs: Needs) -> Plan:
    """`needs`: those of the worlds."""
    return Plan(
        title=title,
        components=tuple(part.plan for part in surroundings.parts.values()),
        wires=surroundings.wires,
        entries=(),
        runs=(),
        needs=needs.engine,
        worlds=surroundings.worlds,
        unsupported=surroundings.unsupported,
        unmergeable=surroundings.unmergeable,
    )

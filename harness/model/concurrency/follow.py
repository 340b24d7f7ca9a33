"""Whether a schedule that the specification allows explains a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.model.concurrency.observed import Following, RunEnd, Seen, Undecided
from harness.model.crossing import Crossings
from harness.plan.roles import Role
from harness.script import operations as s


def follow(
    crossings: Crossings,
    scripts: Mapping[Role, s.Script],
    entries: Sequence[Role],
    seen: Sequence[Seen],
    end: RunEnd,
) -> Following:
    """`seen`: all events of the run in their global order. `finish` is called in the order of `scripts`."""
    return Undecided(0, "asynchronous runs are not modelled yet")

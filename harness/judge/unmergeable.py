"""Worlds whose imports in compatible versions cannot be merged: every linker must refuse to merge them.

Such a world runs with all versions (`Plan.unmergeable`). This module checks the result for a user who links it without
a flag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.judge.difference import Difference
from harness.judge.observation import CellRun
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.process.clock import Clock
from harness.toolchains.builder import Builder
from harness.toolchains.cells import Build
from harness.toolchains.protocol import BuildFailure, Built, Refused, TimedOut

_SAID = 200
"""Maximum characters of a tool's message in a report."""
_FLAG = "imports in compatible versions"


def merged_all_the_same(plan: Plan, cells: Sequence[CellRun], builder: Builder, clock: Clock) -> dict[str, Difference]:
    """The toolchains that link the subject's world with default flags, or crash on it, each with its finding."""
    if not plan.unmergeable:
        return {}
    makers = {build.toolchain: build for run in cells for role, build in run.cell.builds if role is Role.SUBJECT}
    builds = [build for name, build in makers.items() if name is not None]
    subject = next(part for part in plan.components if part.role is Role.SUBJECT)
    merging = replace(subject, merge_versions=True)
    found: dict[str, Difference] = {}
    for (_, build), made in builder.build([(merging, build) for build in builds], clock).items():
        assert build.toolchain is not None
        seen = _seen(build, made.component) if isinstance(made.dylib, Built) else ""
        if seen:
            found[build.toolchain] = Difference(
                2, "link", Role.SUBJECT, _FLAG, f"a refusal to merge them ({plan.unmergeable})", seen
            )
    return found


def _seen(build: Build, component: Built | BuildFailure | None) -> str:
    match component:
        case None | Refused():
            return ""
        case Built():
            return f"a component ({build})"
    return broken_down(component)


def broken_down(failure: BuildFailure) -> str:
    """The outcome of a tool that should have refused, with the beginning of its message, on one line."""
    said = "" if isinstance(failure, TimedOut) else " ".join(failure.message.split())[:_SAID]
    return f"{type(failure).__name__} at {failure.stage}{f': {said}' if said else ''}"

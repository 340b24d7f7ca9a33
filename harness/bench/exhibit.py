"""Collects the data of a plan for reports, while its builds and traces still exist."""

from __future__ import annotations

from collections.abc import Sequence

from harness.bench.coverage import covered, interface_functions
from harness.bench.excerpts import excerpts
from harness.frontend.component_wit import UnreadableComponent, component_text
from harness.judge.exhibits import Exhibits, Made
from harness.judge.observation import CellRun
from harness.judge.verdict import Verdict
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.toolchains.component_build import ComponentBuild
from harness.toolchains.protocol import Built

MOST_WIT = 16_000
"""Characters of the WIT of a component."""


def exhibit(plan: Plan, cells: Sequence[CellRun], verdict: Verdict) -> Exhibits:
    return Exhibits(excerpts(plan, cells, verdict), _made(cells), covered(plan, cells), interface_functions(cells))


def _made(cells: Sequence[CellRun]) -> tuple[Made, ...]:
    """The subjects by each generator and linker, in the order of the cells."""
    found: dict[str, Made] = {}
    for cell in cells:
        name = next((str(build) for role, build in cell.cell.builds if role is Role.SUBJECT), "")
        if name not in found and Role.SUBJECT in cell.builds:
            found[name] = _subject(name, cell.builds[Role.SUBJECT])
    return tuple(found.values())


def _subject(name: str, build: ComponentBuild) -> Made:
    library = len(build.dylib.data) if isinstance(build.dylib, Built) else 0
    if not isinstance(build.component, Built):
        return Made(name, library, 0)
    return Made(name, library, len(build.component.data), world_text(build.component.data))


def world_text(component: bytes) -> str:
    """The WIT of a component, cut; or why there is none."""
    try:
        wit = component_text(component)
    except UnreadableComponent as error:
        wit = f"// cannot be read: {error}"
    whole = len(wit)
    return wit if whole <= MOST_WIT else f"{wit[:MOST_WIT]}\n// ... ({whole} characters)"

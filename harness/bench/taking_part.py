"""What of a plan runs: the toolchains that take part, and their cells in rounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.bench.examination import Options
from harness.bench.initialized import hooked, wasi_twice
from harness.bench.workbench import Workbench
from harness.composition.interpreter_world import interpreters_own
from harness.engine.features import missing
from harness.judge.verdict import Verdict, skipped, unusable
from harness.plan.plan import Plan
from harness.toolchains.cells import BLOCKING, HOOKS, Cell, default_cells, first_cells, full_cells
from harness.toolchains.lending import left_out, makers
from harness.toolchains.protocol import Toolchain


@dataclass(frozen=True, slots=True)
class TakingPart:
    """`options`: with the toolchains that take part. `left_out`: the others, each with the reason. `unfit`: the verdict
    on a plan that cannot run; None if it can."""

    options: Options
    left_out: dict[str, str]
    unfit: Verdict | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return self.options.toolchains or ()

    def toolchains(self, bench: Workbench) -> list[Toolchain]:
        return [bench.toolchains[name] for name in self.names]


def taking_part(bench: Workbench, plan: Plan, options: Options) -> TakingPart:
    """Of the toolchains that `options` allow."""
    taken = interpreters_own(plan)
    if taken:
        return TakingPart(options, {}, unusable(taken))
    names = allowed(bench, options)
    left = left_out(bench.toolchains, names, asked(plan))
    taking = replace(options, toolchains=tuple(name for name in names if name not in left))
    lacking = (
        missing(plan.needs)
        or hooked(plan, options.initializer)
        or wasi_twice(plan, options.initializer, bench.builder.adapted)
        or _nothing_to_run(plan)
        or ([] if taking.toolchains else list(left.values()))
    )
    return TakingPart(taking, left, skipped("; ".join(lacking)) if lacking else None)


def allowed(bench: Workbench, options: Options) -> list[str]:
    """The toolchains that `options` allow."""
    return list(bench.toolchains) if options.toolchains is None else list(options.toolchains)


def asked(plan: Plan) -> list[str]:
    """The requirements of a plan that some toolchains lack (`Toolchain.lacks`)."""
    features = any(part.features for part in plan.components)
    keeps = not all(part.merge_versions for part in plan.components)
    return (["features"] if features else []) + (["keep-versions"] if keeps else [])


def _nothing_to_run(plan: Plan) -> list[str]:
    """Report items that are left out of a world; a world without remaining items has not passed."""
    if plan.unsupported and not any(run.calls for run in plan.runs):
        return ["nothing of the world can be run"]
    return []


def every_cell(bench: Workbench, plan: Plan, part: TakingPart) -> list[Cell]:
    """All cells that may run."""
    return rounds(bench, plan, part)[-1]


def rounds(bench: Workbench, plan: Plan, part: TakingPart) -> list[list[Cell]]:
    """The cells that run at first, and those that run if the first show anything wrong."""
    found, initializer = _as_linked(bench, plan, part), part.options.initializer
    return [[cell.initialized(initializer) for cell in cells] for cells in found] if initializer else found


def _as_linked(bench: Workbench, plan: Plan, part: TakingPart) -> list[list[Cell]]:
    roles = [component.role for component in plan.components]
    options = part.options
    if options.full_matrix:
        needs = plan.needs | {HOOKS} if any(plan.hooks.values()) else plan.needs
        needs |= {BLOCKING} if plan.blocking_runs else frozenset()
        return [full_cells(roles, part.names, needs, makers(bench.toolchains, part.names))]
    first = first_cells(roles, part.names, options.engine, options.first, options.turn)
    every = default_cells(roles, part.names, options.engine)
    return [first] if len(first) == len(every) else [first, every]

"""A case with conditions on the versions of tools: who is asked, and which faults are known."""

from __future__ import annotations

from dataclasses import replace

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.suite.conditions import UNCONDITIONAL, Conditions


def under_conditions(
    bench: Workbench, options: Options, conditions: Conditions, name: str
) -> tuple[Options, tuple[str, ...]]:
    """The options for this case, and why toolchains are not asked."""
    if conditions == UNCONDITIONAL:
        return options, ()
    names = list(bench.toolchains) if options.toolchains is None else list(options.toolchains)
    reasons = {name: conditions.not_asked(bench.toolchains[name]) for name in names}
    asked = tuple(name for name in names if not reasons[name])
    known = conditions.expectations(name, [bench.toolchains[name] for name in asked])
    expectations = replace(options.expectations, items=(*options.expectations.items, *known))
    return replace(options, toolchains=asked, expectations=expectations), tuple(filter(None, reasons.values()))

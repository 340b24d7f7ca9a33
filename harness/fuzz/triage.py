"""Known findings: those that an expectation explains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.fuzz.bucket import Triage
from harness.judge.explained import about, told
from harness.judge.verdict import Finding
from harness.plan.plan import Plan
from harness.suite.expectations import Expectations

CASE = "fuzz"
"""The name of fuzzed worlds for expectations that list cases."""


def triage_for(tools: Mapping[str, str], expectations: Expectations, plan: Plan) -> Triage:
    """The triage of findings in one world. `tools`: the tool behind each toolchain's name. `expectations`: all of
    them."""
    return triage_by(tools, about(plan, expectations), CASE, plan.calls_of)


def triage_by(
    tools: Mapping[str, str],
    expectations: Expectations,
    case: str,
    calls_of: Callable[[int], Sequence[str]] = lambda _: (),
) -> Triage:
    """The same. `expectations`: about the world of the findings, whose conditions are asked only when there is a
    finding; `case`: its name for them; `calls_of`: the calls of a run."""

    def triage(toolchain: str | None, findings: Sequence[Finding]) -> list[str]:
        tool = tools.get(toolchain) if toolchain is not None else None
        if tool is None:
            return [""] * len(findings)
        known = expectations.explain(tool, case, [told(finding, calls_of) for finding in findings])
        return [item.id if item is not None else "" for item in known]

    return triage

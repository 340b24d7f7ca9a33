"""Known findings: those that an expectation explains."""

from __future__ import annotations

from collections.abc import Mapping

from harness.fuzz.bucket import Triage
from harness.judge.verdict import Finding
from harness.plan.plan import Plan
from harness.suite.expectations import Expectations

CASE = "fuzz"
"""The name of fuzzed worlds for expectations that list cases."""


def triage_for(tools: Mapping[str, str], expectations: Expectations, plan: Plan) -> Triage:
    """The triage of findings in one world. `tools`: the tool behind each toolchain's name."""
    expectations = expectations.about(plan.subject_wit)

    def triage(toolchain: str, finding: Finding) -> str:
        tool = tools.get(toolchain)
        if tool is None:
            return ""
        known = expectations.find(tool, CASE, finding.outcome, finding.message, plan.calls_of(finding.run))
        return known.id if known is not None else ""

    return triage

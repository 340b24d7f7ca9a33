"""Known findings: those that an expectation explains."""

from __future__ import annotations

from collections.abc import Mapping

from harness.expectations import Expectations
from harness.fuzz.signature import Explain
from harness.verdict import Finding

CASE = "fuzz"
"""What worlds of the fuzzer are called where expectations ask for a case."""


def explainer(tools: Mapping[str, str], expectations: Expectations, wit: str) -> Explain:
    """For findings in one world. `tools`: which tool stands behind each toolchain's name."""
    expectations = expectations.about(wit)

    def explain(subject: str, finding: Finding) -> str:
        tool = tools.get(subject)
        known = expectations.find(tool, CASE, finding.outcome.value, finding.message) if tool is not None else None
        return known.id if known is not None else ""

    return explain

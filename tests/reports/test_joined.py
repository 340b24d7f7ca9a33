"""A text about several components is told once, with their names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.joined import joined, texts
from reports.model import CaseResult, Finding, Opinion, Topic
from reports.outcomes import Outcome
from reports.site.views import case_page
from reports.text import case_text

NO = "refused to generate: error: no bytes\n  in a:b/x"
MIXED = "subject=ours,provider=mine,driver=mine@winch"


def refused(role: str, cell: str = "mine@winch", text: str = NO) -> Finding:
    """As `harness.cli.results` writes it."""
    return Finding(Outcome.FAIL, f"the {role} of {cell}: {text}", topic=Topic(cell, text, (role,)))


LOST = Finding(Outcome.TIMED_OUT, "mine@winch: not run: no end", topic=Topic("mine@winch", "not run: no end"))


@pytest.mark.parametrize(
    ("findings", "messages"),
    [
        ([refused("subject"), refused("provider"), refused("driver")],
         [f"the subject, provider and driver of mine@winch: {NO}"]),
        ([refused("subject"), refused("driver")], [f"the subject and driver of mine@winch: {NO}"]),
        ([refused("subject")], [f"the subject of mine@winch: {NO}"]),
        ([refused("subject", text="{}"), refused("driver", text="{}")], ["the subject and driver of mine@winch: {}"]),
        ([refused("subject"), refused("driver", text="panicked"), refused("provider")],
         [f"the subject and provider of mine@winch: {NO}", "the driver of mine@winch: panicked"]),
        ([refused("subject"), refused("driver", MIXED)],
         [f"the subject of mine@winch: {NO}", f"the driver of {MIXED}: {NO}"]),
        ([Finding(Outcome.FAIL, "m"), Finding(Outcome.FAIL, "m")], ["m", "m"]),
        ([replace(refused("subject"), topic=None), replace(refused("driver"), topic=None)],
         [f"the subject of mine@winch: {NO}", f"the driver of mine@winch: {NO}"]),
        ([LOST, LOST], ["mine@winch: not run: no end", "mine@winch: not run: no end"]),
        ([refused("subject"), replace(refused("driver"), outcome=Outcome.TOOL_PANICKED)],
         [f"the subject of mine@winch: {NO}", f"the driver of mine@winch: {NO}"]),
    ],
)  # fmt: skip
def test_table(findings: list[Finding], messages: list[str]) -> None:
    assert [finding.message for finding in joined(findings)] == messages


FINDINGS = st.lists(
    st.builds(refused, st.sampled_from(["subject", "provider", "driver"]), text=st.sampled_from(["a", "b: c", ""]))
)


@given(FINDINGS)
def test_nothing_is_lost_and_nothing_is_told_twice(findings: list[Finding]) -> None:
    told = joined(findings)
    said = [finding.message.partition(": ")[2] for finding in told]
    assert said == list(dict.fromkeys(finding.message.partition(": ")[2] for finding in findings))
    for finding in findings:
        (role, text) = finding.message.split()[1], finding.message.partition(": ")[2]
        assert any(role in new.message.partition(": ")[0] and new.message.partition(": ")[2] == text for new in told)
    assert joined(told) == told


def test_other_findings_have_no_texts() -> None:
    assert texts([refused("subject"), Finding(Outcome.FAIL, "no")]) == {}
    assert texts([refused("subject"), LOST]) == {}
    assert texts([refused("subject"), refused("driver")]) == {NO: ["subject", "driver"]}


CASE = CaseResult(
    "x",
    "",
    Outcome.FAIL,
    (
        Opinion("mine", Outcome.FAIL, (refused("subject"), refused("provider"), refused("driver"))),
        Opinion(MIXED, Outcome.FAIL, (refused("provider", MIXED), refused("driver", MIXED))),
    ),
)


def test_a_refusal_is_in_a_report_once() -> None:
    assert case_text(CASE).splitlines()[1:5] == [
        "  mine: fail",
        "    the subject, provider and driver of mine@winch: refused to generate: error: no bytes",
        "      in a:b/x",
        f"  {MIXED}: fail, by the provider and driver, as told of mine",
    ]
    other = replace(CASE.opinions[1], findings=(refused("driver", MIXED, "refused to link: no"),))
    assert "refused to link: no" in case_text(replace(CASE, opinions=(CASE.opinions[0], other)))


def test_a_page_tells_it_once_for_each_cell() -> None:
    assert [[f.message.partition(": ")[0] for f in findings] for _, findings, _ in case_page(CASE)["told"]] == [
        ["the subject, provider and driver of mine@winch"],
        [f"the provider and driver of {MIXED}"],
    ]

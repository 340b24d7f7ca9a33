"""Two runs compared as text and Markdown."""

from __future__ import annotations

from dataclasses import replace

from reports.compared import MOST, last_two
from reports.markdown import markdown
from reports.outcomes import Outcome
from reports.plain import text
from tests.reports.samples import BETTER, FAILED, FUZZ, PASSED, RUN, inputs

OTHER = replace(RUN, cases=(replace(PASSED, name="elsewhere"),))


def test_what_changed_is_at_the_end_of_the_text() -> None:
    assert text(inputs(RUN, BETTER)).partition("2.json compared")[2] == (
        " with 1.json: 0 worse, 1 better, 1 gone, 3 the same\n"
        "  reference: wasm-tools 1.262.0 -> wasm-tools 1.263.0\n"
        "BETTER  lists/of-bytes: fail -> pass (reference: fail -> pass; subject by reference, rest by ours, winch: "
        "fail -> pass)\n"
        "GONE  alone: pass\n"
    )
    assert "WORSE  lists/of-bytes: pass -> fail" in text(inputs(BETTER, RUN))
    assert text(inputs(RUN, RUN)).endswith("2.json compared with 1.json: 0 worse, 5 the same\n")


def test_what_changed_in_markdown() -> None:
    written = markdown(inputs(BETTER, FUZZ, RUN))
    assert "`3.json` compared with `1.json`: 1 worse, 1 new, 3 the same.\n\n| Change | Case | Outcome |\n" in written
    assert "| worse | `lists/of-bytes` | `pass -> fail (reference: pass -> fail; " in written
    assert "| new | `alone` | `pass` |" in written


def test_runs_without_a_common_case_are_not_compared() -> None:
    assert last_two(inputs(RUN)) is None
    assert last_two(inputs(RUN, FUZZ)) is None
    assert last_two(inputs(RUN, OTHER)) is None
    assert "compared" not in text(inputs(RUN, OTHER)) + markdown(inputs(RUN, OTHER))


def test_long_lists_are_cut() -> None:
    failed = tuple(replace(FAILED, name=f"many/{number}") for number in range(MOST + 7))
    passed = tuple(replace(case, outcome=Outcome.PASS, opinions=()) for case in failed)
    written = text(inputs(replace(RUN, cases=passed), replace(RUN, cases=failed)))
    assert written.count("\nWORSE  many/") == MOST and written.endswith("WORSE  and 7 more\n")

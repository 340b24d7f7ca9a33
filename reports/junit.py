"""Cases as JUnit XML, which most services for continuous integration read: a suite for each area of each file."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as xml

from reports.inputs import Inputs, ResultFile
from reports.model import CaseResult, Run
from reports.outcomes import Outcome
from reports.shown import one_line, shown
from reports.text import case_text

_ERRORS = frozenset({Outcome.BAD_INPUT, Outcome.HARNESS_ERROR, Outcome.LIMIT_REACHED, Outcome.ENGINE_FAULT})
"""Outcomes that say nothing about the tools; JUnit calls them errors, not failures."""


def junit(inputs: Inputs) -> str:
    """The report of files with cases. A file that is not complete is an error among its cases."""
    root = xml.Element("testsuites", name="wit-dylib harness")
    for input, run in inputs.runs:
        areas: dict[str, list[CaseResult]] = {}
        for case in run.cases:
            areas.setdefault(case.area, []).append(case)
        for area, cases in areas.items():
            _suite(root, input, area, run, [_case(case, area, run) for case in cases])
    for input in inputs.broken:
        _suite(root, input, "the whole run", input.results, [_broken(input)])
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: xml.Element, input: ResultFile, area: str, run: object, cases: Iterable[xml.Element]) -> None:
    suite = xml.SubElement(root, "testsuite", name=one_line(area), package=one_line(input.file))
    suite.set("timestamp", input.results.started.removesuffix("Z"))
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for tag, key in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in suite):.3f}")


def _case(case: CaseResult, area: str, run: Run) -> xml.Element:
    element = xml.Element("testcase", classname=one_line(area), name=one_line(case.name), time=f"{case.seconds:.3f}")
    why = case.reason or next((finding.message for o in case.opinions for finding in o.findings), case.outcome)
    if not case.good:
        tag = "error" if case.outcome in _ERRORS else "failure"
        told = xml.SubElement(element, tag, type=case.outcome, message=one_line(why.partition("\n")[0]))
        told.text = shown(case_text(case))
    elif run.strict and not case.whole:
        message = one_line(case.reason or "; ".join(case.unsupported))
        xml.SubElement(element, "failure", type="not run in whole", message=message)
    elif case.outcome is Outcome.SKIP:
        xml.SubElement(element, "skipped", message=one_line(case.reason))
    elif case.outcome is Outcome.EXPECTED_FAILURE:
        known = ", ".join(dict.fromkeys(opinion.expectation for opinion in case.opinions if opinion.expectation))
        xml.SubElement(element, "system-out").text = shown(f"expected failure: {known}")
    return element


def _broken(input: ResultFile) -> xml.Element:
    element = xml.Element("testcase", classname="run", name="the run is complete", time="0.000")
    xml.SubElement(element, "error", type="not complete", message=one_line(input.why))
    return element

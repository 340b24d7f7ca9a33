"""What toolchains print for the subject's WIT package (`component wit` of WIT): text, JSON and a binary.

Each output is read again and must mean what the text means: the same packages, documentation, gates, worlds, interfaces
and types (`toolchains/printed_package.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.judge.difference import Difference
from harness.judge.findings import build_finding, findings_of
from harness.judge.topic import OfPackage
from harness.judge.verdict import Finding
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import Role
from harness.toolchains.builder import Builder
from harness.toolchains.command_schema import PACKAGE_FORMS
from harness.toolchains.printed_package import PackageMeaning, UnreadablePackage, first_wrong, meaning_of, read_printed
from harness.toolchains.protocol import Built, Job, Toolchain
from harness.toolchains.reading import shown
from reports.outcomes import Outcome

_ASPECT = "component wit"


class PackageJudge:
    """Asks for every form and judges."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def judge(self, plan: Plan, toolchains: Iterable[Toolchain]) -> dict[str, list[Finding]]:
        """The findings by toolchain, without toolchains that print no package. Nothing is asked for plans without
        string encodings."""
        able = [toolchain for toolchain in toolchains if toolchain.printer is not None]
        if not able or not plan.encodings:
            return {}
        part = _subject(plan)
        expected = meaning_of(part.wit, part.features)
        found: dict[str, list[Finding]] = {toolchain.name: [] for toolchain in able}
        for form in PACKAGE_FORMS:
            jobs = list(_jobs(form, part, [tool for tool in able if not _ended_badly(found[tool.name])]))
            # jobs of this process first: other processes work meanwhile
            for toolchain, job in sorted(jobs, key=lambda item: not item[0].in_process):
                result = self._builder.collect(f"{form} by {toolchain.name}", toolchain, job)
                if isinstance(result, Built):
                    found[toolchain.name] += _wrong(form, expected, result.data, part.features)
                else:
                    found[toolchain.name].append(build_finding(OfPackage(form), result))
        return found


def unprinted(plan: Plan, toolchains: Iterable[Toolchain]) -> list[str]:
    """The report's lines about forms that a toolchain prints, but cannot for this world."""
    if not plan.encodings or not _subject(plan).features:
        return []
    why = "its file has no {features} there, and the world has gates to open"
    return [
        f"`{form}` of {toolchain.name} is not tried: {why}"
        for toolchain in toolchains
        for form in PACKAGE_FORMS
        if f"{form}-features" in toolchain.lacks
    ]


def _jobs(form: str, part: ComponentPlan, toolchains: Iterable[Toolchain]) -> Iterator[tuple[Toolchain, Job]]:
    for toolchain in toolchains:
        gated = part.features and f"{form}-features" in toolchain.lacks
        if toolchain.printer is not None and form not in toolchain.lacks and not gated:
            yield toolchain, toolchain.printer.print_package(form, part.wit, part.features)


def _wrong(form: str, expected: PackageMeaning, output: bytes, features: tuple[str, ...]) -> list[Finding]:
    try:
        printed = read_printed(form, output, features)
    except UnreadablePackage as error:
        return findings_of([_difference(form, "", "a package that can be read", str(error))])
    wrong = first_wrong(form, expected, printed)
    if wrong is None:
        return []
    path, mine, theirs = wrong
    return findings_of([_difference(form, path, shown(mine), shown(theirs))])


def _difference(form: str, path: str, expected: str, actual: str) -> Difference:
    place = f"{form}: {path}" if path else form
    return Difference(2, _ASPECT, Role.SUBJECT, place, expected, actual, form=form)


def _subject(plan: Plan) -> ComponentPlan:
    return next(part for part in plan.components if part.role is Role.SUBJECT)


def _ended_badly(findings: Iterable[Finding]) -> bool:
    """A toolchain that did not end is not asked for other forms: each would take the whole limit."""
    return any(finding.outcome is Outcome.TIMED_OUT for finding in findings)

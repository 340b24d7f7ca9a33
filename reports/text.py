"""Results as text for people: a paragraph for every failure, a line at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.joined import joined, listed, texts
from reports.model import CaseResult, Finding, Opinion, Run
from reports.outcomes import Outcome
from reports.shown import lines_of, one_line

MAX_FINDINGS = 5
"""Maximum number of findings shown for one toolchain; the JSON form has all."""
MAX_LINES = 40
"""Maximum number of lines of WIT, and of calls, shown for a failure."""
AROUND = 5
"""The number of calls shown before and after the call with a finding."""
MAX_BEFORE = 4
"""Maximum number of lines about the place of a trap: the call, and the last event of each component."""
MAX_WIDTH = 400
"""Maximum characters of one line of a message."""


def case_text(case: CaseResult) -> str:
    """A failed case: the fault, and the command that repeats it."""
    lines = [f"{case.outcome.upper()}  {one_line(case.name)}" + (f": {one_line(case.title)}" if case.title else "")]
    if case.reason:
        lines += _indented(case.reason, 2)
    lines += _opinions(case.opinions)
    if case.minority:
        lines.append(f"  in the minority: {case.minority}")
    elif any(opinion.findings for opinion in case.opinions):
        lines.append("  in the minority: no single opinion")
    if case.calls:
        lines += _calls(case)
    if case.wit:
        lines += ["  WIT:", *_some(case.wit.strip().splitlines(), 4)]
        if case.artifacts and len(case.wit.strip().splitlines()) > MAX_LINES:
            lines.append(f"    the whole: subject.wit in {case.artifacts}")
    if case.artifacts:
        lines.append(f"  artifacts: {case.artifacts}")
    if case.repeat:
        lines.append(f"  repeat with: {case.repeat}")
    return lines_of(lines)


def unsupported_text(case: CaseResult) -> str:
    """The parts of a world that did not run, one item on each line; empty if all ran."""
    return lines_of(f"unsupported in {one_line(case.name)}: {item}" for item in case.unsupported)


def notes_text(case: CaseResult) -> str:
    """What is no fault, but worth knowing, one note on each line; empty if there is none."""
    return lines_of(f"note on {one_line(case.name)}: {one_line(item)}" for item in case.notes)


def known_text(case: CaseResult) -> str:
    """The known faults that a world or case showed, one on each line; empty if it showed none."""
    # a toolchain's own opinion comes before those of its cells
    known = {opinion.expectation: opinion for opinion in reversed(case.opinions) if opinion.expectation}
    head = f"known fault in {one_line(case.name)}"
    return lines_of(f"{head}: {opinion.toolchain}: {id}: {opinion.reason}" for id, opinion in known.items())


def skipped_text(case: CaseResult) -> str:
    """The reason why a case did not run."""
    return lines_of([f"skipped {one_line(case.name)}: {case.reason}"])


def _opinions(opinions: Sequence[Opinion]) -> Iterator[str]:
    """Each opinion with findings; what an earlier one has said is not said again."""
    told: dict[tuple[Finding, ...], str] = {}
    by_text: dict[str, str] = {}
    for opinion in opinions:
        if not opinion.findings:
            continue
        said = texts(opinion.findings)
        earlier = {by_text.get(text, "") for text in said}
        if opinion.findings in told:
            same = f"the same findings as {told[opinion.findings]}"
            yield f"  {opinion.toolchain}: {opinion.outcome}, with {same}"
        elif said and "" not in earlier:
            roles = listed([role for roles in said.values() for role in roles])
            yield f"  {opinion.toolchain}: {opinion.outcome}, by the {roles}, as told of {listed(sorted(earlier))}"
        else:
            told[opinion.findings] = opinion.toolchain
            by_text |= dict.fromkeys(said, opinion.toolchain)
            yield from _opinion(opinion)


def _opinion(opinion: Opinion) -> Iterator[str]:
    known = f" (known: {opinion.expectation}: {opinion.reason})" if opinion.expectation else ""
    yield f"  {opinion.toolchain}: {opinion.outcome}{known}"
    findings = joined(opinion.findings)
    for finding in findings[:MAX_FINDINGS]:
        yield from _finding(finding)
    left = len(findings) - MAX_FINDINGS
    if left > 0:
        yield f"    and {left} more"


def _finding(finding: Finding) -> Iterator[str]:
    if not finding.aspect:
        yield from _indented(finding.message, 4)
        yield from _before(finding)
        return
    place = ", ".join(
        part for part in (f"run {finding.run}" if finding.run else "", finding.role, finding.path) if part
    )
    yield f"    level {finding.level}, {finding.aspect}" + (f" at {place}" if place else "")
    yield f"      expected: {_cut(finding.expected)}"
    yield f"      got:      {_cut(finding.actual)}"
    yield from _before(finding)
    if finding.rule:
        yield f"      rule:     {_cut(finding.rule)}"


def _before(finding: Finding) -> Iterator[str]:
    yield from (f"      before:   {_cut(line)}" for line in finding.before.splitlines()[:MAX_BEFORE])


def _calls(case: CaseResult) -> list[str]:
    """The first call with a finding, and the calls around it; the first calls if no finding names one."""
    found = [f.call for opinion in case.opinions for f in opinion.findings if f.run == case.failed_run and f.call]
    at = min(found, default=0)
    at = at if at <= len(case.calls) else 0
    first = max(1, at - AROUND)
    last = min(len(case.calls), at + AROUND if at else 2 * AROUND)
    width = len(str(last))
    of = "all" if last - first + 1 == len(case.calls) else f"{first} to {last}"
    whole = f", all in {case.artifacts}/run-{case.failed_run}.calls" if case.artifacts and of != "all" else ""
    lines = [f"  calls of run {case.failed_run} ({of} of {len(case.calls)}{whole}):"]
    for number in range(first, last + 1):
        mark = ">" if number == at else " "
        lines.append(f"  {mark} {number:{width}}  {_cut(case.calls[number - 1])}")
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else f"{text[:MAX_WIDTH]}... ({len(text)} characters)"


def _indented(text: str, by: int) -> list[str]:
    return _some(text.strip().splitlines(), by)


def _some(lines: list[str], by: int) -> list[str]:
    shown = [" " * by + _cut(line) for line in lines[:MAX_LINES]]
    if len(lines) > MAX_LINES:
        shown.append(" " * by + f"... ({len(lines) - MAX_LINES} more lines)")
    return shown


def head_text(run: Run) -> str:
    """The first lines: the tools, and important notes."""
    tools = ", ".join(f"{tool.name} ({tool.tool} {tool.version})" for tool in run.tools)
    return lines_of([*run.notes, one_line(f"toolchains: {tools}; engine: {run.engine}")])


def summary_text(run: Run) -> str:
    """The last line: counts by outcome, the time, and the calls that ran."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in run.counts().items()) or "nothing to do"
    left_out = sum(len(case.unsupported) for case in run.cases)
    unsupported = f"; {counted(left_out, 'item')} unsupported and not run" if left_out else ""
    strict = (
        "; --strict counts what did not run as failed" if run.strict and not all(c.whole for c in run.cases) else ""
    )
    return f"{counted(len(run.cases), 'case')}: {counts} in {run.seconds:.1f} s{unsupported}{strict}; {_ran(run.cases)}"


def _ran(cases: Sequence[CaseResult]) -> str:
    """The numbers of calls, functions and cells that ran: functions are counted for each case."""
    refusals = sum(case.ran.refusals for case in cases)
    calls = sum(case.ran.calls for case in cases)
    parts = []
    if calls:
        functions = sum(len(case.ran.functions) for case in cases)
        numbers = sorted({len(case.ran.cells) for case in cases if case.ran.calls})
        low, high = numbers[0], numbers[-1]
        cells = counted(low, "cell") if low == high else f"{low} to {high} cells each"
        parts.append(f"{counted(calls, 'call')} of {counted(functions, 'function')} ran in {cells}")
    elif any(case.ran.cells and not case.ran.refusals for case in cases):
        parts.append("instantiated, no call ran")
    elif not refusals:
        parts.append("no call ran")
    if refusals:
        parts.append(f"{counted(refusals, 'negative case')} tried")
    return ", ".join(parts)


def failed_text(run: Run) -> str:
    """The cases that determine the exit code, one on each line; empty if there is none, or only one case."""
    failed = run.failed
    if not failed or len(run.cases) == 1:
        return ""
    lines = [f"  {case.outcome if not case.good else _not_whole(case)}  {one_line(case.name)}" for case in failed]
    return lines_of([f"failed ({len(failed)} of {counted(len(run.cases), 'case')}):", *lines])


def _not_whole(case: CaseResult) -> str:
    return "not run" if case.outcome is Outcome.SKIP else "not run completely"


def ran_text(case: CaseResult) -> str:
    """The part of a case that ran: cells, functions with the number of their calls, the calls if they are present."""
    ran = case.ran
    if ran.refusals:
        lines = [f"{case.outcome}  {one_line(case.name)}: {counted(ran.refusals, 'negative case')} tried"]
        lines += [f"  toolchains: {'; '.join(ran.cells)}"] if ran.cells else []
        return lines_of([*lines, *(f"    {_cut(row)}" for rows in ran.runs for row in rows)])
    if not ran.cells:
        return f"{case.outcome}  {one_line(case.name)}: nothing ran"
    lines = [f"{case.outcome}  {one_line(case.name)}: {_ran([case])}", f"  cells: {'; '.join(ran.cells)}"]
    lines += [f"  {called.calls:5}  {called.function}" for called in ran.functions]
    for number, calls in enumerate(ran.runs, 1):
        lines += [f"  run {number}:", *(f"    {at:4}  {_cut(call)}" for at, call in enumerate(calls, 1))]
    return lines_of(lines)


def counted(count: int, what: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"

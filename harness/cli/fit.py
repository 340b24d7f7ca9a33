"""Whether a case is fit to be handed in: it runs, it is the same each time, it is small, and it is new."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.bench.examination import Examination, Options
from harness.cli import exits
from harness.cli.chosen import as_argument
from harness.cli.duplicates import Neighbours, same_cases
from harness.cli.exits import UsedWrongly
from harness.cli.reduce import ReducedCase, check_choice, reduced
from harness.cli.terminal import echo
from harness.fuzz.wanted import Findings, Wanted
from harness.process.interrupts import result_of
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner
from harness.runs.suite_files import FileKind, SuiteFile
from harness.submission.wording import ORIGIN, WHY
from harness.suite.case import Case, parse_case
from harness.suite.link_case import LinkCase, parse_link_case
from harness.text import atomic
from harness.text.files import read_text_file
from reports.outcomes import Outcome

if TYPE_CHECKING:
    from harness.judge.verdict import Finding, Verdict
    from harness.submission.failing import Failure

Shape = list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Submission:
    """`file`: the case as it is given or made. `words`: the options of a command that repeats it. `repeat`: the whole
    command. `again`: the command without `--output` and `--finding`. `wanted`: the finding that the case is about.
    `named`: whether the user named the output."""

    run: Runner
    file: SuiteFile
    options: Options
    output: Path
    suite: Path
    words: list[str]
    repeat: str
    again: list[str]
    wanted: Wanted
    named: bool

    @property
    def neighbours(self) -> Neighbours:
        return Neighbours(self.suite, self.output, self.file.path)

    def is_this(self, case: Case | LinkCase) -> bool:
        """Whether the user has this case already, in a file beside the one that would be written."""
        beside = self.file.path.resolve().parent == self.output.resolve().parent
        return not self.named and beside and bool(same_cases(case, [self.file.path])[0])


def hand_in(submission: Submission, claim: Failure | None = None, by_command: Callable[[], str] | None = None) -> int:
    """Check, reduce and write a case; returns the exit code. Raises `UsedWrongly`.

    `claim`: what a tool must show in it. `by_command` makes it smaller if no tool of the run shows that; then all must
    do what the model says.
    """
    try:
        return _hand_in(submission, claim, by_command)
    except TaskFailed as error:
        echo(f"Error: {error}", err=True)
        return exits.BROKEN


def no_case(why: str) -> int:
    """Say why nothing is written; returns the exit code."""
    echo(f"no case is written: {why}", err=True)
    return exits.DISAGREE


def _hand_in(submission: Submission, claim: Failure | None, by_command: Callable[[], str] | None) -> int:
    first = _twice(submission)
    if isinstance(first, int):
        return first
    known = _known(first, claim)
    if submission.wanted.given and first.outcome.good:
        why = known or "all toolchains agree in this case"
        raise UsedWrongly(f"--finding {submission.wanted.given}: there is no finding to choose: {why}")
    if known:
        return no_case(known)
    given = read_text_file(submission.file.path)
    if not submission.suite.is_dir():
        beside = f"compared only with the cases in the folder of {submission.output}"
        echo(f"{beside}: there is no folder {submission.suite} (--suite)", err=True)
    if same := submission.neighbours.same(_parsed(submission.file, given)):
        if submission.wanted.given:
            check_choice(submission.run, submission.file, submission.options, submission.wanted)
        return no_case(same)
    words = _description(first, claim) if claim is not None else ""
    if claim is None or words:
        answer = _as_small_as_it_gets(submission, first, Wanted(words) if words else submission.wanted)
    else:
        answer = _without_this_tool(submission, first, by_command)
    text = answer.text
    if text is None or answer.code != exits.AGREE:
        return answer.code
    case = _parsed(submission.file, text)
    if not isinstance(case.wit, str):
        raise UsedWrongly(
            f"{submission.file.path}: its WIT is in another file; a case that is handed in has it as `wit`"
        )
    same = submission.neighbours.same(case) if text != given else ""
    if same := same or _shows_the_same(submission, case, answer):
        return no_case(same)
    if submission.is_this(case):
        echo(f"nothing is written: {submission.file.path} is this case already. What to do next:")
        _next(replace(submission, output=submission.file.path), case, answer.findings)
        return exits.AGREE
    try:
        atomic.write(submission.output, text)
    except atomic.CannotWrite as error:
        raise UsedWrongly(str(error)) from error
    echo(f"written: {submission.output}. What to do next:")
    _next(submission, case, answer.findings)
    return exits.AGREE


def _parsed(file: SuiteFile, text: str) -> Case | LinkCase:
    if file.kind is FileKind.LINK_CASE:
        return parse_link_case(text, str(file.path))
    return parse_case(text, str(file.path), file.path.parent)


def _twice(submission: Submission) -> Verdict | int:
    first, second = (verdict_of(submission.run, submission.file, submission.options) for _ in range(2))
    if first.outcome in (Outcome.BAD_INPUT, Outcome.SKIP):
        raise UsedWrongly(first.reason)
    if exits.of_bad(first.outcome) == exits.BROKEN:
        echo(f"Error: {first.reason or first.outcome}", err=True)
        return exits.BROKEN
    if _shape(first) != _shape(second):
        return no_case("two runs of it differ")
    echo(f"it runs, twice with the same outcome: {first.outcome}")
    return first


def verdict_of(run: Runner, file: SuiteFile, options: Options) -> Verdict:
    examination: Examination = result_of(run.submit(file.task(options)))
    return examination.verdict


def _shape(verdict: Verdict) -> Shape:
    """Its findings without what differs from process to process."""
    from harness.fuzz.bucket import finding_shape

    return [(name, finding.outcome, finding_shape(finding)) for name, finding in verdict.findings]


def _shows(claim: Failure, finding: Finding) -> bool:
    from harness.fuzz.bucket import finding_shape

    return finding.outcome is claim.outcome and claim.shape[1] in finding_shape(finding)


def _known(verdict: Verdict, claim: Failure | None) -> str:
    """Why a case that shows only known faults is not handed in; empty for all others."""
    known = [judgement for judgement in verdict.judgements if judgement.expectation is not None]
    if claim is not None:
        known = [j for j in known if any(_shows(claim, finding) for finding in j.findings)]
    elif not verdict.outcome.good or verdict.outcome is Outcome.PASS:
        return ""
    expectation = next((judgement.expectation for judgement in known), None)
    if expectation is None:
        return ""
    source = " ".join(expectation.source.split())
    shown = "see" if source.startswith("http") else "the smallest that shows it"
    return (
        f"a known fault of {expectation.tool}, {expectation.id}: {expectation.reason}\n"
        f"  {shown}: {source}\n"
        "  if yours is another fault, name a file of known faults without this one: --expectations FILE"
    )


def _description(verdict: Verdict, claim: Failure) -> str:
    """The kind of the finding that the claim is about, as `harness reduce --finding` takes it; empty if none is."""
    from harness.fuzz.bucket import hits

    for hit in hits(verdict, lambda _, findings: [""] * len(findings)):
        if hit.bucket.outcome == claim.outcome and claim.shape[1] in hit.bucket.kind:
            return hit.bucket.kind
    return ""


def _as_small_as_it_gets(submission: Submission, first: Verdict, wanted: Wanted) -> ReducedCase:
    if first.outcome.good:
        return ReducedCase(exits.AGREE, read_text_file(submission.file.path))
    return reduced(submission.run, submission.file, submission.options, submission.repeat, wanted=wanted)


def _without_this_tool(submission: Submission, first: Verdict, by_command: Callable[[], str] | None) -> ReducedCase:
    """The check for a command of a tool that takes no part or fails by its flags: the others agree on the world."""
    if not first.outcome.good:
        no_case("the command's failure does not show in this case, but another one does:")
        echo(
            "".join(f"  {name}: {finding.message[:300]}\n" for name, finding in first.findings[:3]), err=True, nl=False
        )
        return ReducedCase(exits.DISAGREE)
    if by_command is None:
        return ReducedCase(no_case("the command fails, but all toolchains here do what the model says with its world"))
    return ReducedCase(exits.AGREE, by_command())


def _shows_the_same(submission: Submission, case: Case | LinkCase, answer: ReducedCase) -> str:
    """That a neighbour with the same world, or the same libraries, has the same finding; empty if none has."""
    given = submission.run.settings.directory / "reduced.toml"
    given.write_text(answer.text or "")
    finding = answer.findings.finding

    def shown() -> set[str]:
        """The finding that the case is about, without others that it shows by the way."""
        found = _shown_by(submission, given)
        return {finding} if finding in found else found

    return submission.neighbours.with_same_finding(case, shown, partial(_shown_by, submission))


def _shown_by(submission: Submission, path: Path) -> set[str]:
    """The findings that the case of a file shows, in words."""
    from harness.fuzz.bucket import hits

    verdict = verdict_of(submission.run, SuiteFile(path, path.stem), submission.options)
    return {str(hit.bucket) for hit in hits(verdict, lambda _, findings: [""] * len(findings))}


def _next(submission: Submission, case: Case | LinkCase, findings: Findings) -> None:
    """What to do next with the case, in the file `output`. `findings`: those of the case before its reduction."""
    output, suite, words = submission.output, submission.suite, submission.words
    missing = ["in `why` what it guards"] if case.why == WHY else []
    missing += ["in `origin` where it comes from (a link)"] if case.origin == ORIGIN else []
    reading = ("Run it", "run") if isinstance(case, LinkCase) else ("Read it", "explain")
    todo = [f"{reading[0]}: {shlex.join(['harness', reading[1], as_argument(output), *words])}"]
    todo += [f"Say {', '.join(missing)}."] if missing else []
    todo += [f"Put it under {suite} in the folder of its topic and run it: harness run {suite} -k {output.stem}"]
    shown = _shown_by(submission, output) if findings.choices else set()
    left = [str(number) for number in findings.choices if findings.all[number - 1] not in shown]
    if left:
        then = f" (then {', '.join(left[1:])})" if len(left) > 1 else ""
        todo.append(f"Hand in another finding: {shlex.join([*submission.again, '--finding', left[0]])}{then}")
    for number, line in enumerate(todo, 1):
        echo(f"  {number}. {line}")

"""`--finding`: which finding of a case is meant; the list from which a user takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from harness.cli.exits import UsedWrongly
from harness.fuzz.wanted import Findings, Wanted
from reports.outcomes import Outcome

if TYPE_CHECKING:
    from harness.judge.verdict import Verdict


def finding(help: str) -> Callable[[Any], Any]:
    """The option with this help text; the default follows it."""
    return click.option(
        "--finding",
        "wanted",
        default="",
        metavar="NUMBER|TEXT",
        callback=lambda _context, _option, given: Wanted(given),
        help=f"{help} Default: the first new one.",
    )


FINDING = finding("The finding with this number in the list of all, or the first with this text.")


def listed(findings: Findings) -> Iterator[str]:
    """The lines that tell the chosen finding and how to choose another."""
    if not findings.others:
        yield f"finding: {findings.finding}"
        return
    yield f"finding {findings.chosen} of {len(findings.all)}: {findings.finding}"
    yield from _numbered(findings.others)
    if findings.choices:
        yield "  --finding NUMBER chooses another"


def none_chosen(verdict: Verdict, findings: Findings, wanted: Wanted, known: bool) -> UsedWrongly:
    """The error if no finding is both wanted and one that may be chosen. `known`: whether known faults may be, or
    new ones."""
    if verdict.outcome is Outcome.BAD_INPUT:
        return UsedWrongly(verdict.reason)
    if verdict.outcome is Outcome.SKIP:
        return UsedWrongly(f"nothing to reduce: the case was skipped: {verdict.reason}")
    if not findings.all:
        return UsedWrongly("nothing to reduce: all toolchains agree in this case")
    return UsedWrongly("\n".join([f"{_why_none(findings, wanted, known)}:", *_numbered(findings.others)]))


def none_written(findings: Findings, wanted: Wanted) -> UsedWrongly:
    """The error if no finding of a world is the wanted one; each may be chosen."""
    if not findings.all:
        return UsedWrongly(f"--finding {wanted.given}: there is no finding to choose: all toolchains agree")
    return UsedWrongly("\n".join([f"{_why_none(findings, wanted, known=False)}:", *_numbered(findings.others)]))


def _why_none(findings: Findings, wanted: Wanted, known: bool) -> str:
    if wanted.number is not None:
        if not 1 <= wanted.number <= len(findings.all):
            return f"--finding {wanted.given}: there is no finding of this number"
        kind, command = ("no", "reduce` without --known") if known else ("a", "reduce --known`")
        return f"--finding {wanted.given}: this finding is {kind} known fault (`harness {command} takes it)"
    if wanted.given:
        return f"no {'known ' if known else ''}finding has {wanted.given!r} in its description"
    if known:
        return "nothing to reduce: no fault in this case is known (without --known it is reduced)"
    return "nothing to reduce: only known faults show in this case (--known reduces them)"


def _numbered(findings: dict[int, str]) -> Iterator[str]:
    yield from (f"  {number}: {text}" for number, text in findings.items())

"""A summary in Markdown for a pull request: short, with all that is hostile in code spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reports.columns import column_of
from reports.compared import how, kind_of, last_two
from reports.comparison import KINDS
from reports.inputs import Inputs
from reports.model import CaseResult
from reports.shown import one_line
from reports.text import counted

MOST = 20
"""Rows of a table; forges cut comments that are too long."""
WIDEST = 200


def markdown(inputs: Inputs) -> str:
    return "\n".join(_lines(inputs)) + "\n"


def code(text: str) -> str:
    """A code span: nothing in it is a link, a mention, an image or HTML. A bar would end the cell of a table, also in a
    code span; its escape there depends on the text before it, so it is shown by its number."""
    plain = one_line(text)
    plain = plain if len(plain) <= WIDEST else f"{plain[:WIDEST]}..."
    plain = plain.replace("|", "\\x7c")
    if not plain.strip():
        return "` `" if plain else ""
    fence = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    pad = " " if plain[0] in "` " or plain[-1] in "` " else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _lines(inputs: Inputs) -> Iterator[str]:
    yield f"## wit-dylib harness: {_verdict(inputs)}"
    yield ""
    for input in inputs.broken:
        yield f"> **Not complete:** {code(input.file)}: {code(input.why)}"
        yield ""
    if inputs.runs:
        yield from _table(("Outcome", "Cases"), [(outcome, str(count)) for outcome, count in inputs.counts.items()])
    failed = [(case, _minority(case)) for _, run in inputs.runs for case in run.failed]
    if failed:
        rows = [(code(case.name), str(case.outcome), code(label), code(_first(case))) for case, label in failed]
        yield from _table(("Case", "Outcome", "In the minority", "First finding"), rows)
    yield from _compared(inputs)
    for input, campaign in inputs.campaigns:
        worlds, new = counted(campaign.worlds, "world"), counted(len(campaign.new), "new finding")
        yield f"Fuzzing ({code(input.file)}): {worlds}, {counted(campaign.calls, 'call')}, {new}."
        yield ""
        rows = [(code(f.kind), code(f.minority), str(f.count), code(f.run or f.repeat)) for f in campaign.new]
        yield from _table(("New finding", "In the minority", "Times", "Repeat it"), rows) if rows else ()
    for input, mutants in inputs.mutants:
        missed = [mutant for mutant in mutants.mutants if not mutant.killed]
        noticed = len(mutants.mutants) - len(missed)
        yield f"Mutants ({code(input.file)}): {noticed} of {len(mutants.mutants)} noticed."
        yield ""
        yield from _table(("Not noticed", "What is wrong"), [(code(m.name), code(m.wrong)) for m in missed])
    tools = {f"{t.name} ({t.tool} {t.version})": None for input in inputs.files for t in input.results.tools}
    yield "Tools: " + ", ".join(map(code, tools))


def _compared(inputs: Inputs) -> Iterator[str]:
    found = last_two(inputs)
    if found is None:
        return
    files = f"{code(found.after)} compared with {code(found.before)}"
    yield f"{files}: {found.summary}, {found.comparison.same} the same."
    yield ""
    changes = [change for kind in KINDS for change in found.comparison.of_kind(kind)]
    rows = [(kind_of(change), code(change.name), code(how(change))) for change in changes]
    yield from _table(("Change", "Case", "Outcome"), rows)


def _verdict(inputs: Inputs) -> str:
    if inputs.broken:
        return "the run broke off"
    if inputs.wrong:
        return f"{inputs.wrong} to look at"
    return "all as it must be"


def _minority(case: CaseResult) -> str:
    """As the matrix names it, if it is a cell."""
    labels = {opinion.toolchain: column_of(opinion).label for opinion in case.opinions}
    return labels.get(case.minority, case.minority)


def _first(case: CaseResult) -> str:
    found = next((finding.message for o in case.opinions for finding in o.findings), case.reason)
    return found.partition("\n")[0] or "; ".join(case.unsupported)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows[:MOST])
    yield ""
    if len(rows) > MOST:
        yield f"and {len(rows) - MOST} more"
        yield ""

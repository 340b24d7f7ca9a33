"""Several references side by side: the cases in which they differ."""

from __future__ import annotations

from dataclasses import dataclass

from reports.model import Opinion, Run
from reports.shown import one_line

TOOL = "wasm-tools"
MOST = 20
"""Cases shown."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A case that several versions of the reference do not show in the same way: the opinion of each, in words."""

    case: str
    opinions: tuple[tuple[str, str], ...]


def differing(run: Run) -> list[Differing]:
    """Empty with a single reference."""
    names = [tool.name for tool in run.tools if tool.tool == TOOL]
    found = []
    for case in run.cases if len(names) > 1 else ():
        opinions = [opinion for opinion in case.opinions if opinion.toolchain in names]
        if len({_shown(opinion) for opinion in opinions}) > 1:
            found.append(Differing(case.name, tuple((opinion.toolchain, _word(opinion)) for opinion in opinions)))
    return found


def references_text(run: Run) -> str:
    """The comparison for the terminal; empty with a single reference."""
    names = [tool.name for tool in run.tools if tool.tool == TOOL]
    if len(names) < 2:
        return ""
    found = differing(run)
    if not found:
        compared = any(sum(opinion.toolchain in names for opinion in case.opinions) > 1 for case in run.cases)
        return f"no case {'differs between' if compared else 'compares'} {' and '.join(names)}"
    lines = [f"the references differ in {len(found)} of {len(run.cases)} cases:"]
    for item in found[:MOST]:
        words = "; ".join(f"{name}: {word}" for name, word in item.opinions)
        lines.append(f"  {one_line(item.case)}: {one_line(words)}")
    return "\n".join([*lines, *([f"  and {len(found) - MOST} more"] if len(found) > MOST else [])])


def _shown(opinion: Opinion) -> tuple[object, ...]:
    """The result of an opinion, without the names of files and toolchains in messages."""
    return opinion.outcome, tuple((f.level, f.aspect, f.path, f.expected, f.actual) for f in opinion.findings)


def _word(opinion: Opinion) -> str:
    return f"{opinion.outcome} ({opinion.expectation})" if opinion.expectation else opinion.outcome.value

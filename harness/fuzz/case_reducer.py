"""A case made smaller by leaving out encodings, features, parts of its WIT and steps. No value changes. A predicate
decides whether the rest still shows the finding; to end the reduction, let it answer no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.frontend.gates import opening
from harness.fuzz.case_text import CaseParts
from harness.fuzz.wit_reducer import reduce_wit
from harness.plan.steps import CallStep, DropStep, Step, ending_in, trap_of

Fails = Callable[[CaseParts], bool]


def smaller_text(parts: CaseParts, fails: Fails) -> CaseParts:
    """Less WIT, and only the encodings and features that the finding needs."""
    parts = _fewer_encodings(parts, fails)
    parts = _with_wit(parts, reduce_wit(parts.wit, lambda wit: fails(_with_wit(parts, wit))))
    without = replace(parts, features=())
    return without if parts.features and fails(without) else parts


def fewer_steps(parts: CaseParts, fails: Fails) -> CaseParts:
    """Steps left out, many at once first; then those during a call."""
    chunk = len(parts.steps)
    while chunk:
        start = 0
        while start < len(parts.steps):
            fewer = _without(parts, start, start + chunk)
            if fails(fewer):
                parts = fewer
            else:
                start += chunk
        chunk //= 2
    for smaller in _within(parts):
        if fails(smaller):
            return fewer_steps(smaller, fails)
    return parts


def _fewer_encodings(parts: CaseParts, fails: Fails) -> CaseParts:
    """Most findings show without `component embed`; those that do not, in one encoding."""
    if not parts.encodings:
        return parts
    candidates = [(), *((encoding,) for encoding in parts.encodings)]
    return next((less for c in candidates if fails(less := replace(parts, encodings=c))), parts)


def _with_wit(parts: CaseParts, wit: str) -> CaseParts:
    """The case with another text of its world, and the features of which that has gates."""
    return replace(parts, wit=wit, features=opening(wit, parts.features))


def _without(parts: CaseParts, start: int, end: int) -> CaseParts:
    """A case without some of its steps; the trap that ended it also ends the remaining steps."""
    kept = (*parts.steps[:start], *parts.steps[end:])
    trap = trap_of(parts.steps[-1])
    if trap is not None and end >= len(parts.steps):
        kept = ending_in(kept, trap)
    return replace(parts, steps=kept)


def _within(parts: CaseParts) -> Iterator[CaseParts]:
    """A case without all, or one, of the steps during one of its calls or destructors."""
    for index, step in enumerate(parts.steps):
        for changed in with_less(step):
            yield replace(parts, steps=(*parts.steps[:index], changed, *parts.steps[index + 1 :]))


def with_less(step: Step[str]) -> Iterator[Step[str]]:
    """A step that does less during its call: first without its steps and kept borrows, then only without its steps."""
    if not isinstance(step, CallStep | DropStep) or not step.during:
        return
    if isinstance(step, CallStep):
        yield replace(step, during=(), keep=frozenset())
    yield replace(step, during=())
    for at, inner in enumerate(step.during):
        before, after = step.during[:at], step.during[at + 1 :]
        yield replace(step, during=before + after)
        for changed in with_less(inner):
            yield replace(step, during=(*before, changed, *after))

"""A case made smaller by leaving out encodings, features, parts of its WIT and steps. No value changes. A predicate
decides whether the rest still shows the finding; to end the reduction, let it answer no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from harness.frontend.gates import opening
from harness.fuzz.case_text import CaseParts
from harness.fuzz.filters import still_fitting
from harness.fuzz.wit_reducer import reduce_wit
from harness.plan.async_steps import (
    AwaitStep,
    CancelStep,
    EndsStep,
    IfCancelledStep,
    JoinStep,
    ReadStep,
    SetStep,
    WaitStep,
    WriteStep,
    YieldStep,
)
from harness.plan.engine_faults import engine_faults
from harness.plan.steps import CallStep, DropStep, Step, ending_in, inner_steps, trap_of

Fails = Callable[[CaseParts], bool]


def smaller_text(parts: CaseParts, fails: Fails) -> CaseParts:
    """Less WIT, and only the encodings and features that the finding needs."""
    parts = _fewer_encodings(parts, fails)
    parts = _with_wit(parts, reduce_wit(parts.wit, lambda wit: fails(_with_wit(parts, wit))))
    without = replace(parts, features=())
    parts = without if parts.features and fails(without) else parts
    return _fewer_filters(parts, fails)


def fewer_steps(parts: CaseParts, fails: Fails) -> CaseParts:
    """Steps left out, many at once first; then those during a call. What may meet a fault of the engine that the case
    does not meet is not asked: it would show another thing, with the same words."""
    met = engine_faults(parts.steps)
    return _fewer_steps(parts, lambda fewer: engine_faults(fewer.steps) <= met and fails(fewer))


def _fewer_steps(parts: CaseParts, fails: Fails) -> CaseParts:
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
    for smaller in (*_without_a_thing(parts), *_within(parts)):
        if fails(smaller):
            return _fewer_steps(smaller, fails)
    return parts


def _fewer_encodings(parts: CaseParts, fails: Fails) -> CaseParts:
    """Most findings show without `component embed`; those that do not, in one encoding."""
    if not parts.encodings:
        return parts
    candidates = [(), *((encoding,) for encoding in parts.encodings)]
    return next((less for c in candidates if fails(less := replace(parts, encodings=c))), parts)


def _fewer_filters(parts: CaseParts, fails: Fails) -> CaseParts:
    """Only the filters of `--async` that the finding needs."""
    without = replace(parts, async_filters=())
    if not parts.async_filters or fails(without):
        return without
    for text in parts.async_filters:
        fewer = tuple([other for other in parts.async_filters if other != text])
        parts = replace(parts, async_filters=fewer) if fewer and fails(replace(parts, async_filters=fewer)) else parts
    return parts


def _with_wit(parts: CaseParts, wit: str) -> CaseParts:
    """The case with another text of its world, the features of which that has gates, and the filters that fit."""
    features = opening(wit, parts.features)
    filters = still_fitting(parts.async_filters, wit, parts.world, features)
    return replace(parts, wit=wit, features=features, async_filters=filters)


def _without(parts: CaseParts, start: int, end: int) -> CaseParts:
    """A case without some of its steps; the trap that ended it also ends the remaining steps."""
    kept = (*parts.steps[:start], *parts.steps[end:])
    trap = trap_of(parts.steps[-1])
    if trap is not None and end >= len(parts.steps):
        kept = ending_in(kept, trap)
    return replace(parts, steps=kept)


def _without_a_thing(parts: CaseParts) -> Iterator[CaseParts]:
    """A case without one stream or future, waitable set, or call that goes on by itself: without all steps that mention
    it. Or with such a call that its caller waits for."""
    for step in _all(parts.steps):
        match step:
            case EndsStep(readable, writable):
                yield replace(parts, steps=_unmentioned(parts.steps, frozenset((readable, writable))))
            case SetStep(handle):
                yield replace(parts, steps=_unmentioned(parts.steps, frozenset((handle,))))
                yield replace(parts, steps=_without_set(parts.steps, handle))
            case CallStep(name=str(name)):
                yield replace(parts, steps=_unmentioned(parts.steps, frozenset((name,))))
                yield replace(parts, steps=_unmentioned(_unnamed(parts.steps, name), frozenset((name,))))


def _without_set(steps: Sequence[Step[str]], name: str) -> tuple[Step[str], ...]:
    """The steps without a set: each wait for a member makes a set of its own, which also drops a call."""
    kept: list[Step[str]] = []
    alone: set[str] = set()
    for step in steps:
        if isinstance(step, AwaitStep) and step.set == name:
            alone.add(step.handle)
            kept.append(replace(step, set=None))
        elif isinstance(step, DropStep) and step.handle in alone:
            alone.discard(step.handle)
        elif name not in _mentioned(step) and not (isinstance(step, JoinStep) and step.set is None):
            kept.append(_with_inner(step, _without_set(inner_steps(step), name)))
    return tuple(kept)


def _unnamed(steps: Sequence[Step[str]], name: str) -> tuple[Step[str], ...]:
    """The steps with a call that has no name."""
    changed = [replace(s, name=None) if isinstance(s, CallStep) and s.name == name else s for s in steps]
    return tuple([_with_inner(step, _unnamed(inner_steps(step), name)) for step in changed])


def _all(steps: Sequence[Step[str]]) -> Iterator[Step[str]]:
    for step in steps:
        yield step
        yield from _all(inner_steps(step))


def _unmentioned(steps: Sequence[Step[str]], names: frozenset[str]) -> tuple[Step[str], ...]:
    """The steps that mention none of these handles."""
    kept = [step for step in steps if names.isdisjoint(_mentioned(step))]
    return tuple([_with_inner(step, _unmentioned(inner_steps(step), names)) for step in kept])


def _mentioned(step: Step[str]) -> Iterator[str]:
    """The handles in a step itself."""
    match step:
        case CallStep(args=args, result=result, name=name):
            texts = [*args, result or "", f"${name}" if name is not None else ""]
        case EndsStep(readable, writable):
            yield from (readable, writable)
            texts = []
        case _:
            texts = [*getattr(step, "values", ())]
            names = (getattr(step, "handle", None), getattr(step, "set", None))
            yield from [name for name in names if name is not None]
    for text in texts:
        yield from _HANDLE.findall(text)


_HANDLE = re.compile(r"\$([\w-]+)")


def _with_inner(step: Step[str], inner: tuple[Step[str], ...]) -> Step[str]:
    if isinstance(step, CallStep | DropStep):
        return replace(step, during=inner)
    return replace(step, steps=inner) if isinstance(step, IfCancelledStep) else step


def _within(parts: CaseParts) -> Iterator[CaseParts]:
    """A case without all, or one, of the steps during one of its calls or destructors."""
    for index, step in enumerate(parts.steps):
        for changed in with_less(step):
            yield replace(parts, steps=(*parts.steps[:index], changed, *parts.steps[index + 1 :]))


def with_less(step: Step[str]) -> Iterator[Step[str]]:
    """A step that does less. A call, during it: first without its steps and kept borrows, then only without its
    steps."""
    match step:
        case WriteStep(values=values, offered=offered):
            fewer = dict.fromkeys((0, 1, len(values) // 2))
            yield from (replace(step, values=values[:count], offered=None) for count in fewer if count < len(values))
            if offered is not None:
                yield from (replace(step, offered=less) for less in (None, 1) if less != offered)
        case ReadStep(count=count) if count > 1:
            yield replace(step, count=1)
        case YieldStep(times=times) if times > 1:
            yield replace(step, times=1)
        case EndsStep(exported=exported) if exported is not None:
            yield replace(step, exported=None)
        case CancelStep(asynchronous=True):
            yield replace(step, asynchronous=False)
        case WaitStep(poll=True):
            yield replace(step, poll=False)
        case IfCancelledStep(steps=steps):
            for at, inner in enumerate(steps):
                yield replace(step, steps=(*steps[:at], *steps[at + 1 :]))
                yield from [replace(step, steps=(*steps[:at], less, *steps[at + 1 :])) for less in with_less(inner)]
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

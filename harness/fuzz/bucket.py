"""The bucket of a finding: the wrong tool, the minority, the level and the kind, without names and numbers.

A bucket is coarse on purpose: a hundred hits of one cause must be one finding, and a reduced world has other names,
indices and values than the world in which the cause was first seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness.judge.difference import NOTHING, RETURNS, Difference, Line, Trapped
from harness.judge.party import (
    MODEL,
    BesideFirst,
    ByItself,
    OfInitializer,
    OfInterpreter,
    OurFrontEnd,
    Party,
    in_one_cell,
    names_of,
    toolchain_of,
)
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.outcomes import TrapClass
from harness.trace.event import NAMED, Event
from harness.trace.events import FLOATS, NUMBERS, Balances, Unreadable
from reports.outcomes import Outcome

_ROLE = re.compile(r"\b(?:subject|provider|driver)\b")
_NAMED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\[?[\w.:\]-]*[#/][\w.\[\]#/@:+-]*")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
"""Lists such as the core types of a signature."""
_NUMBER = re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]*\d[0-9a-f]*(?:\.\d+)*\b|\d+")
_PYTHON_FRAME = re.compile(r'File "[^"]*?([\w/]+)\.py", line \d+, in (\w+)')
_PANIC = re.compile(r"panicked at [^\n]*\n([^\n]*)")
_MAX_WORDS = 36
_MAX_WORD = 40
_MAX_MESSAGE = 2000
"""The characters at either end of a message that count; the rest of a long message adds nothing."""
_INVALID_VALUE = (
    *(TrapClass.OUT_OF_BOUNDS, TrapClass.UNALIGNED, TrapClass.TOO_LONG, TrapClass.INVALID_CHAR, TrapClass.INVALID_UTF8),
    *(TrapClass.INVALID_DISCRIMINANT, TrapClass.INVALID_HANDLE, TrapClass.HANDLE_TYPE),
)
"""Garbage that is read as a value traps in one of these ways by chance, so the way does not identify the cause."""
_MOVES = ("push", "pop")
_PLAIN = {f"{move}_{kind}": f"{move}_plain" for move in _MOVES for kind in (*NUMBERS, *FLOATS, "string")}
"""Calls for values without parts."""
_STUMBLES = {
    **dict.fromkeys(("pop_kind", "pick", "discriminant", "stack", "list_length", "iterator"), "wrong values"),
    **dict.fromkeys(("dealloc", "block", "realloc", "guard", "freed"), "wrong memory"),
}
"""Causes of traps that the interpreter reports (interpreters/src/fail.h), by topic."""


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """`toolchain`: its name, or that of another party; `level` 0 if nothing could be compared; `kind`: the fault;
    `form`: that of a printed package (`PACKAGE_FORMS`), each of which has a printer of its own."""

    toolchain: str
    outcome: str
    level: int
    aspect: str
    kind: str
    minority: str
    form: str = ""

    @property
    def slug(self) -> str:
        """A file name: the kind of the difference, and a few digits that distinguish equal names."""
        parts = (self.toolchain, self.outcome, self.aspect, self.form, self.kind)
        words = re.findall(r"[a-z0-9]+", " ".join(parts).lower())
        name = "-".join(dict.fromkeys(words))[:72].strip("-")
        digits = hashlib.blake2b(repr(self).encode(), digest_size=2).hexdigest()
        return f"{name}-{digits}"

    def __str__(self) -> str:
        place = " ".join(filter(None, (f"level {self.level} {self.aspect}" if self.level else "", self.form)))
        where = f"{place}: " if place else ""
        alone = f"; {self.minority} alone" if self.minority else ""
        return f"{self.toolchain}: {self.outcome}: {where}{self.kind}{alone}"


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding in one trial. `party`: who it is about. `known`: the id of the expectation that explains it. `run` 0:
    not in a run."""

    bucket: Bucket
    party: Party
    message: str
    known: str = ""
    run: int = 0
    injected: bool = False
    """Whether the finding is in a run with an injected fault."""


Triage = Callable[[str | None, Sequence[Finding]], list[str]]
"""For each finding about a toolchain the id of the expectation that explains it; empty if there is none. None: what
the findings are about shows no one toolchain."""


def hits(verdict: Verdict, triage: Triage) -> list[Hit]:
    """The findings of a verdict, one for each bucket; it is new if any finding in the bucket is new.

    Only the first difference in a toolchain's behaviour counts, because the others follow from it. Mixed cells count
    only if no toolchain is wrong by itself. If several toolchains differ from the model in the same way, that is one
    finding. The model stands alone if they outnumber the model and the toolchains that agree with it. The minority of
    what is wrong only after pre-initialisation is the tool that initialises.
    """
    pure = [judgement for judgement in verdict.judgements if judgement.findings and not in_one_cell(judgement.party)]
    mixed = [judgement for judgement in verdict.judgements if judgement.findings and in_one_cell(judgement.party)]
    pure = [judgement for judgement in pure if judgement.party == OurFrontEnd()] or pure  # the rest follows from it
    parties = {judgement.party for judgement in verdict.judgements if _has_a_vote(judgement.party)}
    opinions = len(parties) + 1  # and the model
    found: dict[tuple[object, ...], dict[str, Hit]] = {}
    for judgement in sorted(pure or mixed[:1], key=_is_beside):
        for hit in _of_judgement(judgement, triage):
            by_toolchain = found.setdefault(_way(hit.bucket), {})
            if _is_beside(judgement) and any(not isinstance(hit.party, BesideFirst) for hit in by_toolchain.values()):
                continue  # the model has an opinion, and votes
            known = by_toolchain.get(hit.bucket.toolchain)
            if known is None or (known.known and not hit.known):
                by_toolchain[hit.bucket.toolchain] = hit
    voted = [hit for by_toolchain in found.values() for hit in _voted(list(by_toolchain.values()), opinions)]
    if any(isinstance(opinion, OfInitializer) for opinion in verdict.minority):
        return [replace(hit, bucket=replace(hit.bucket, minority=names_of(verdict.minority))) for hit in voted]
    return voted


def _is_beside(judgement: Judgement) -> bool:
    return isinstance(judgement.party, BesideFirst)


def _has_a_vote(party: Party) -> bool:
    """Whether it is compared with the model by itself."""
    return isinstance(party, ByItself | OfInterpreter | OurFrontEnd)


def _voted(shared: list[Hit], opinions: int) -> list[Hit]:
    """The findings that toolchains share, with the minority in the light of all opinions. The findings have the order
    of the toolchains. If the model is outvoted, or if nobody is, the first one stands for all of them."""
    if shared[0].bucket.outcome == Outcome.ENGINE_FAULT:
        return shared[:1]
    others = opinions - len(shared)
    if len(shared) == 1 or len(shared) < others:
        return shared
    first = shared[0]
    alone = MODEL if len(shared) > others else ""
    return [replace(first, bucket=replace(first.bucket, minority=alone))]


def _way(bucket: Bucket) -> tuple[object, ...]:
    return bucket.outcome, bucket.level, bucket.aspect, bucket.form, bucket.kind


def _of_judgement(judgement: Judgement, triage: Triage) -> Iterator[Hit]:
    explained = list(zip(judgement.findings, triage(toolchain_of(judgement.party), judgement.findings), strict=True))
    structural = [pair for pair in explained if pair[0].difference is not None and pair[0].difference.level < 3]
    # new findings come before known ones
    others = sorted((pair for pair in explained if pair not in structural), key=lambda pair: pair[1] != "")[:1]
    for finding, known in structural + others:
        if judgement.outcome is Outcome.EXPECTED_FAILURE and judgement.expectation is not None:
            known = known or judgement.expectation.id
        difference = finding.difference
        before = f"\n{difference.before}" if difference is not None and difference.before else ""
        message = _shortened(finding.message + before)
        yield Hit(_bucket(judgement.party, finding), judgement.party, message, known, finding.run)


def _shortened(message: str) -> str:
    """The message without the middle of a flood."""
    left_out = len(message) - 2 * _MAX_MESSAGE
    if left_out <= 0:
        return message
    return f"{message[:_MAX_MESSAGE]}\n... ({left_out} characters left out)\n{message[-_MAX_MESSAGE:]}"


def _bucket(party: Party, finding: Finding) -> Bucket:
    """The bucket for one party, as if it were the minority. A mixed cell does not show its wrong tool, and a fault of
    the engine is no toolchain's."""
    nobody = in_one_cell(party) or isinstance(party, BesideFirst) or finding.outcome is Outcome.ENGINE_FAULT
    minority = "" if nobody else toolchain_of(party) or str(party)
    toolchain = str(party)
    difference = finding.difference
    if difference is None:
        return Bucket(toolchain, finding.outcome, 0, "", finding_shape(finding), minority, finding.form)
    kind = _difference_shape(difference)
    return Bucket(toolchain, finding.outcome, difference.level, difference.aspect, kind, minority, finding.form)


def _difference_shape(difference: Difference) -> str:
    expected, actual = difference.expected, difference.actual
    match difference.aspect:
        case "event":
            return _event_shape(*difference.events)
        case "balance" if difference.events[1] is not None:
            return _balance_shape(difference.events[1])
        case "outcome":
            trapped = difference.trapped
            if expected == RETURNS and trapped is not None and trapped.kind in _INVALID_VALUE:
                return f"{RETURNS} / a trap for an invalid value"
            return f"{message_shape(expected)} / {message_shape(_stumbles(trapped) if trapped is not None else actual)}"
        case "call":
            return _call_shape(*difference.lines)
        case "wit" | "component embed" | "component new" | "component wit":
            return f"{_first_word(expected)} / {_first_word(actual)}"
    kind = difference.path.partition(" ")[0] if difference.aspect == "wit_t" else ""
    kind = difference.path if difference.aspect == "dylink" else kind
    if NOTHING in (expected, actual):
        return f"{kind} {'missing' if actual == NOTHING else 'unexpected'}".strip()
    return f"{kind} different".strip()


def _stumbles(trapped: Trapped) -> str:
    """The trap with the broken rules grouped: the world, not the cause, decides which rule breaks first."""
    if trapped.kind is TrapClass.INTERPRETER:
        trapped = replace(trapped, cause=_STUMBLES.get(trapped.cause, trapped.cause))
    return str(trapped)


def _event_shape(expected: Event | None, actual: Event | None) -> str:
    """The calls of the interface (`push_s8 / push_u8`), or the part of one call that differs.

    Next to a call for any other type, all plain values are one kind: which one it is depends on the world, not on the
    cause.
    """
    calls = [NOTHING if event is None else event.word for event in (expected, actual)]
    if calls[0] != calls[1]:
        plain = [call in _PLAIN for call in calls]
        if any(plain) and not all(plain) and all(call.partition("_")[0] in _MOVES for call in calls):
            calls = [_PLAIN.get(call, call) for call in calls]
        return " / ".join(calls)
    return f"{calls[0]} {_of_one_call(expected, actual)}"


def _of_one_call(expected: Event | None, actual: Event | None) -> str:
    """The part of one call that differs; names count before values."""
    if isinstance(expected, Unreadable) or isinstance(actual, Unreadable):
        return "malformed"
    names = NAMED[expected.__class__] if expected is not None else ()
    other = (name for name in names if getattr(expected, name) != getattr(actual, name))
    return f"of another {next(other, 'value')}"


def _call_shape(expected: Line | None, actual: Line | None) -> str:
    """The difference in a link case: the call, without the words that distinguish libraries (`use-a-b() -> 7`), and how
    it differs."""
    call, other = map(_called, (expected, actual))
    if expected is None or actual is None:
        return f"{call or other} {'missing' if actual is None else 'unexpected'}"
    if actual.trap is not None and expected.trap is None:
        return f"{call} / a trap"
    return f"{call} different" if call == other else f"{call} / {other}"


def _called(line: Line | None) -> str:
    return "" if line is None else "-".join(re.findall(r"[a-z]{2,}", line.function or str(line)))


def _balance_shape(event: Event) -> str:
    """The balances that are not 0."""
    if not isinstance(event, Balances):
        return f"{event.word} malformed"
    return " ".join([event.word, *(name for name in event.left if getattr(event, name))])


def _first_word(line: str) -> str:
    """The first word that is not an article."""
    return next((word for word in re.findall(r"[a-z-]+", line.lower()) if word not in ("a", "an")), "nothing")


def finding_shape(finding: Finding) -> str:
    """The shape of a finding's message without its topic: one cause has one shape in all cells and components. A run
    that was not judged is named with its cell, as in the findings that campaigns have kept."""
    return message_shape(finding.message if finding.run else finding.text)


def message_shape(message: str) -> str:
    """A message of a tool or engine without names and numbers; for a Python traceback, the exception and its place."""
    end = message[-_MAX_MESSAGE:]
    frames = _PYTHON_FRAME.findall(end)
    if frames:
        module, function = frames[-1]
        last = end.strip().splitlines()[-1]
        return f"{last.partition(':')[0]} in {module.rpartition('/')[2]}.{function}"
    message = message[:_MAX_MESSAGE]
    panic = _PANIC.search(message)
    if panic is not None:
        message = f"panicked: {panic[1]}"
    text = _NUMBER.sub("N", _BRACKETS.sub("", _NAMED.sub("X", _ROLE.sub("component", message))))
    return " ".join(word[:_MAX_WORD] for word in re.findall(r"[\w-]+", text)[:_MAX_WORDS])

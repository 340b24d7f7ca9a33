"""Random scripts, run by the reference in random schedules: the model explains what is right, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.model.concurrency import Explained, Following, RunEnd, Unexplained
from harness.plan.outcomes import TrapClass
from tests.harness.concurrency.reference import Reference
from tests.harness.concurrency.reference_state import BLOCKED
from tests.harness.concurrency.runs import Scripts
from tests.harness.concurrency.scripts import HOOKED, KNOWN, draw

SEEDS = st.integers(0, (1 << 32) - 1)
few = settings(max_examples=60, deadline=None)


class Ran:
    """Every other schedule is that of components with task hooks."""

    def __init__(self, script: int, schedule: int) -> None:
        subject, provider = draw(script)
        hooked = schedule % 2 == 1
        reference = Reference(subject, provider, Random(schedule), hooked)
        cause, _, detail = reference.run().partition(":")
        self.end = RunEnd(TrapClass(cause) if cause else None, detail or None)
        self.lines = reference.lines
        self._scripts = Scripts(subject, provider, HOOKED if hooked else KNOWN)

    def follow(self, lines: list[str], end: RunEnd | None = None, silent: str = "") -> Following:
        return self._scripts.follow(lines, end or self.end, silent)


@few
@given(SEEDS, SEEDS)
def test_what_the_reference_does_is_explained(script: int, schedule: int) -> None:
    ran = Ran(script, schedule)
    assert isinstance(ran.follow(ran.lines), Explained)


@pytest.mark.parametrize("silent", ["s", "p"])
@pytest.mark.parametrize("seed", [*range(7), *range(8, 16)])
def test_what_the_reference_does_is_explained_without_the_events_of_a_component(seed: int, silent: str) -> None:
    """A few fixed runs (7 takes seconds): where a component with many choices shows nothing, many states explain a run.

    It has no `finish`, so a deadlock there is not explained."""
    ran = Ran(seed, seed)
    if ran.end.trap is not TrapClass.DEADLOCK:
        assert isinstance(ran.follow(ran.lines, silent=silent), Explained)


@few
@given(SEEDS, SEEDS, SEEDS)
def test_another_number_is_refused_where_it_stands(script: int, schedule: int, choice: int) -> None:
    """Handles, statuses, counts, codes, values."""
    ran, random = Ran(script, schedule), Random(choice)
    index = random.randrange(len(ran.lines))
    numbers = list(re.finditer(r"(?<= )\d+(?=[ ;]|$)", ran.lines[index]))
    assume(numbers)
    number = random.choice(numbers)
    value = int(number[0]) + random.choice((1, 16, 1000))
    line = ran.lines[index][: number.start()] + str(value) + ran.lines[index][number.end() :]
    # another member of the set may have been told: then the run goes wrong only later
    answer = ran.follow([*ran.lines[:index], line, *ran.lines[index + 1 :]])
    assert isinstance(answer, Unexplained)
    assert answer.index == index or " event " in line


@few
@given(SEEDS, SEEDS, SEEDS)
def test_two_events_of_a_task_in_the_other_order_are_refused(script: int, schedule: int, choice: int) -> None:
    """Except events that a set tells: their order is free."""
    ran = Ran(script, schedule)
    pairs = [
        index
        for index, (one, other) in enumerate(zip(ran.lines, ran.lines[1:], strict=False))
        if one.split()[0] == other.split()[0] and one != other and " event " not in f"{one} {other}"
    ]
    assume(pairs)
    index = Random(choice).choice(pairs)
    lines = list(ran.lines)
    lines[index], lines[index + 1] = lines[index + 1], lines[index]
    answer = ran.follow(lines)
    assert isinstance(answer, Unexplained)
    assert answer.index == index


@few
@given(SEEDS, SEEDS, SEEDS)
def test_a_run_to_the_end_lacks_no_event(script: int, schedule: int, choice: int) -> None:
    """But an event that a wait in place gets may be lacking: `await` waits for fewer events in other schedules."""
    ran = Ran(script, schedule)
    assume(ran.end.trap is None)
    index = Random(choice).randrange(len(ran.lines))
    assume(" event " not in ran.lines[index])
    assert isinstance(ran.follow(ran.lines[:index] + ran.lines[index + 1 :]), Unexplained)


@few
@given(SEEDS, SEEDS)
def test_a_run_does_not_end_in_another_way(script: int, schedule: int) -> None:
    """But under backpressure that nobody ends `finish` does not start, if the host calls it late."""
    ran = Ran(script, schedule)
    changes = [line.split()[-1] for line in ran.lines if " backpressure " in line]
    assume(ran.end.trap is not TrapClass.DEADLOCK and changes.count("1") == changes.count("-1"))
    assert isinstance(ran.follow(ran.lines, RunEnd(TrapClass.DEADLOCK)), Unexplained)


def shown() -> Iterator[str]:
    for seed in range(500):
        yield from Ran(seed, seed).lines


@pytest.fixture(scope="module")
def lines() -> str:
    return "\n".join(shown())


@pytest.mark.parametrize(
    "pattern",
    [
        *[rf"import_start \S+ = {status}" for status in (r"\d*0", r"\d*1", "2")],
        *[rf"s1 event 1 \d+ {status}$" for status in (1, 2, 4)],
        *[rf"subtask_cancel \d+ = {status}$" for status in (2, 3, 4, BLOCKED)],
        r"p\d+ event 6 0 0",
        r"s1 event 3 \d+ \d+$",
        r"p\d+ event 2 \d+ \d+$",
        r"p\d+ event 4 \d+ 0$",
        *[rf"{end}_{copy} \S+ \d+ \d+ = {BLOCKED}$" for end in ("stream", "future") for copy in ("read", "write")],
        *[rf"stream_{copy} \S+ \d+ \d+ = (0|16|32|48)$" for copy in ("read", "write")],
        *[rf"{end}_write \S+ \d+ \d+ = 1$" for end in ("stream", "future")],
        r"stream_read \S+ \d+ \d+ = 1$",
        r"stream_cancel_read \S+ \d+ = 2$",
        r"stream_cancel_write \S+ \d+ = 2$",
        r"future_cancel_\w+ \S+ \d+ = 2$",
        r"backpressure -1",
        r"task_cancel",
    ],
)
def test_random_scripts_reach_it(pattern: str, lines: str) -> None:
    assert re.search(pattern, lines, re.MULTILINE)

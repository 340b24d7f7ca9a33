"""Order, limits, what is kept, and how a campaign ends."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.fuzz import campaign as campaign_module
from harness.fuzz import state
from harness.fuzz.bucket import Bucket
from harness.fuzz.campaign import INTERRUPTED, Bounds, Campaign
from harness.fuzz.case_text import CaseParts
from harness.fuzz.cases_of import sample_case
from harness.fuzz.findings import Ledger
from harness.fuzz.reduce import Reduced
from harness.fuzz.trial import TrialResult
from harness.runs.messages import WorkerTask
from harness.runs.pool import TaskFailed
from harness.suite.case import load_case
from harness.text import atomic
from tests.harness.fuzz.campaigns import WIT, WORLD, StubRun, Told, campaign, hit, plain_trial, small


def totals(done: Campaign) -> tuple[object, ...]:
    ledger = done.ledger
    findings = [(found.bucket, found.index, found.count, found.known) for found in ledger.found.values()]
    return ledger.worlds, ledger.calls, ledger.outcomes, ledger.refusals, findings


@pytest.mark.parametrize("jobs", [1, 2, 7])
def test_counts_what_trials_come_to(tmp_path: Path, jobs: int) -> None:
    with campaign(tmp_path, Bounds(20, None, jobs)) as done:
        done.go()
    assert (done.ledger.worlds, done.ledger.calls, done.stopped, done.errors) == (20, 200, "", [])
    assert dict(done.ledger.outcomes) == {"pass": 15, "fail": 5}
    assert dict(done.ledger.refusals) == {("planner", "no value"): 7}
    assert [(f.bucket.kind, f.index, f.count, f.known) for f in done.ledger.found.values()] == [
        ("five", 5, 3, "known-five"),
        ("seven", 7, 2, ""),
    ]
    assert isinstance(done.run, StubRun)
    assert done.run.submitted == list(range(20))


def test_a_known_finding_does_not_hide_a_new_one_of_its_kind() -> None:
    ledger = Ledger()
    for index, known in enumerate(("known-five", "", "known-five")):
        ledger.add(TrialResult(index, hits=(hit("five", known),)), "repeat")
    assert [(found.known, found.index, found.count) for found in ledger.found.values()] == [
        ("known-five", 0, 2),
        ("", 1, 1),
    ]
    assert [found.index for found in ledger.new] == [1]


def test_new_findings_become_reduced_cases_and_known_ones_do_not(tmp_path: Path) -> None:
    with campaign(tmp_path, Bounds(20)) as done:
        done.go()
    (path,) = tmp_path.glob("*.toml")
    assert load_case(path).why == "smaller seven"
    assert "# Repeat: repeat 7\n" in path.read_text()
    made_by = load_case(path).made_by
    assert made_by is not None
    assert made_by.command == "repeat 7"
    assert [tool.partition(" ")[0] for tool in made_by.tools] == [tool.tool for tool in done.run.tools]
    (found,) = done.ledger.new
    assert (found.file, found.reduced) == (str(path), True)
    assert isinstance(done.watcher, Told)
    assert (done.watcher.found_kinds, done.watcher.reduced_kinds) == (["five", "seven"], ["seven"])


def gone(bucket: Bucket) -> Reduced:
    return Reduced(None, 9, "did not show again")


def broken(bucket: Bucket) -> Reduced:
    raise TaskFailed("the worker died")


@pytest.mark.parametrize(
    ("reduce", "note", "errors"),
    [
        (lambda bucket: Reduced(None, 9, "did not show again"), "did not show again", 0),
        (broken, "the harness failed at it", 1),
    ],
)
def test_what_cannot_be_reduced_is_kept_as_it_was(
    tmp_path: Path, reduce: Callable[[Bucket], Reduced], note: str, errors: int
) -> None:
    with campaign(tmp_path, Bounds(8), reduce=reduce) as done:
        done.go()
    (found,) = done.ledger.new
    assert (found.reduced, found.note, len(done.errors)) == (False, note, errors)
    case = load_case(Path(found.file))
    assert case.sample is not None
    assert (case.sample.seed, case.sample.calls) == (7, 200)


def test_a_trial_that_breaks_the_harness_is_told_and_counted(tmp_path: Path) -> None:
    def trial(index: int) -> TrialResult:
        if index == 3:
            raise TaskFailed("no idea")
        return plain_trial(index)

    with campaign(tmp_path, Bounds(6), trial) as done:
        done.go()
    assert done.errors == ["no idea\nRepeat: repeat 3"]
    assert done.ledger.outcomes["harness error"] == 1
    assert done.ledger.worlds == 6


def test_a_time_limit_only_cuts_the_sequence(tmp_path: Path) -> None:
    with campaign(tmp_path / "a", Bounds(None, 0.2)) as timed:
        timed.go()
    assert timed.ledger.worlds > 2
    with campaign(tmp_path / "b", Bounds(timed.ledger.worlds)) as counted:
        counted.go()
    assert totals(timed) == totals(counted)


def interrupted_at(at: int, seen: list[int]) -> Callable[[int], TrialResult]:
    def trial(index: int) -> TrialResult:
        seen.append(index)
        if len(seen) == at + 1:
            raise KeyboardInterrupt
        return plain_trial(index)

    return trial


@pytest.mark.parametrize("at", [0, 1, 8, 13])
def test_interrupted_and_resumed_comes_to_the_same(tmp_path: Path, at: int) -> None:
    with campaign(tmp_path / "whole", Bounds(20)) as whole:
        whole.go()
    with campaign(tmp_path / "cut", Bounds(20, None, 2), interrupted_at(at, [])) as cut:
        cut.go()
    assert cut.stopped == INTERRUPTED
    assert cut.ledger.worlds <= at
    found = state.load(tmp_path / "cut")
    assert found.next_index == cut.ledger.worlds
    with campaign(tmp_path / "cut", Bounds(20), ledger=found.ledger) as resumed:
        resumed.go()
    assert totals(resumed) == totals(whole)
    assert [f.reduced for f in resumed.ledger.new] == [True]


def test_a_full_disk_ends_it_with_a_message_and_keeps_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with campaign(tmp_path, Bounds(8)) as done:
        done.go()
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}

    def full(path: Path, text: str) -> None:
        raise atomic.CannotWrite(f"{path} cannot be written: {errno.ENOSPC}")

    monkeypatch.setattr(atomic, "write", full)
    with campaign(tmp_path, Bounds(30)) as done:
        done.go()
    assert "cannot be written" in done.stopped
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no campaign"),
        ("{", "begin anew"),
        ("[]", "is damaged"),
        ('{"format": 1, "version": "0.0.0"}', "of version 0.0.0"),
        ('{"format": 0, "version": "x"}', "begin anew"),
    ],
)
def test_states_that_cannot_be_gone_on_with(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / state.FILE).write_text(text)
    with pytest.raises(state.CannotResume, match=message):
        state.load(tmp_path)


def test_the_state_tells_everything(tmp_path: Path) -> None:
    with campaign(tmp_path, Bounds(20)) as done:
        done.go()
    found = state.load(tmp_path)
    assert found.recipe == done.recipe
    assert totals(done) == (
        found.ledger.worlds,
        found.ledger.calls,
        found.ledger.outcomes,
        found.ledger.refusals,
        [(f.bucket, f.index, f.count, f.known) for f in found.ledger.found.values()],
    )
    assert json.loads((tmp_path / state.FILE).read_text())["next"] == 20


STRINGS = st.sampled_from(["9" * 5000, '"x"', "null", "[]", "{}", "-1", "1e999", "[" * 3000 + "]" * 3000, "true", "{"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), put=STRINGS)
def test_a_damaged_state_is_refused_or_another_state(saved: Path, at: float, put: str) -> None:
    """One value of the file, whichever, is another one."""
    good = (saved / state.FILE).read_text()
    values = list(re.finditer(r'(?<=: )(?:"[^"]*"|\d+|true|false|\[|\{)|(?<= )(?:"[^"]*"|\d+)(?=,?\n)', good))
    value = values[int(at * len(values))]
    damaged = saved / "damaged"
    damaged.mkdir(exist_ok=True)
    (damaged / state.FILE).write_text(good[: value.start()] + put + good[value.end() :])
    try:
        loaded = state.load(damaged)
    except state.CannotResume as error:
        assert len(str(error)) < 1000
    else:
        state.save(damaged, loaded)
        assert state.load(damaged) == loaded


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the state of a campaign that has found something."""
    folder = tmp_path_factory.mktemp("campaign")
    with campaign(folder, Bounds(20)) as done:
        done.go()
    return folder


def test_an_earlier_state_is_put_aside(tmp_path: Path) -> None:
    assert state.put_aside(tmp_path) is None
    for number in (1, 2):
        with campaign(tmp_path, Bounds(number)) as done:
            done.go()
        assert state.put_aside(tmp_path) == tmp_path / f"campaign.{number}.json"
    assert [json.loads((tmp_path / f"campaign.{n}.json").read_text())["worlds"] for n in (1, 2)] == [1, 2]
    assert not (tmp_path / state.FILE).exists()


@pytest.mark.parametrize("bounds", [Bounds(3), Bounds(None, 0.01)])
def test_the_state_keeps_how_many_were_wanted(tmp_path: Path, bounds: Bounds) -> None:
    with campaign(tmp_path, bounds) as done:
        done.go()
    assert state.load(tmp_path).wanted == bounds.worlds


class _Slow(StubRun):
    """Trials and reductions that never end."""

    def submit(self, task: WorkerTask) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        return future


def test_time_is_over_for_what_is_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a trial nor a reduction is waited for beyond the slack."""
    monkeypatch.setattr(campaign_module, "SLACK", 0.1)
    ledger = Ledger()
    ledger.add(plain_trial(7), "repeat 7")
    with campaign(tmp_path, Bounds(None, 0.3), ledger=ledger) as done, _Slow(plain_trial, small) as slow:
        done.run = slow
        done.go()
    assert done.seconds < 60
    assert done.ledger.worlds == 1
    assert not done.stopped
    assert [found.reduced for found in done.ledger.new] == [False]


class _Queued(StubRun):
    """Tasks for which no worker is free."""

    def submit(self, task: WorkerTask) -> Future[Any]:
        return Future()


def test_time_is_over_for_what_has_not_begun(tmp_path: Path) -> None:
    with campaign(tmp_path, Bounds(None, 0.3)) as done, _Queued(plain_trial, small) as queued:
        done.run = queued
        done.go()
    assert (done.ledger.worlds, done.errors, done.stopped) == (0, [], "")


def test_no_world_is_begun_while_a_finding_waits_at_the_end(tmp_path: Path) -> None:
    with campaign(tmp_path, Bounds(None, 1000.0)) as done:
        (found,) = done.ledger.add(plain_trial(7), "repeat 7")
        done._reduce(found)
        assert not done._reductions_first()
        done._started -= 700
        assert done._reductions_first()
        done._reductions.clear()
        assert not done._reductions_first()


def test_a_reduction_that_was_cut_is_kept_and_made_up_for(tmp_path: Path) -> None:
    def cut(bucket: Bucket) -> Reduced:
        return replace(small(bucket), cut=True, message="smaller")

    with campaign(tmp_path, Bounds(8), reduce=cut) as done:
        done.go()
    (found,) = done.ledger.new
    assert (found.reduced, found.note, found.message) == (False, "", "smaller")
    path = Path(found.file)
    assert load_case(path).why == "smaller seven"
    assert path.read_text().startswith(f"# smaller\n# Run: run {path.name}\n# Repeat: repeat 7\n")
    with campaign(tmp_path, Bounds(8), ledger=state.load(tmp_path).ledger) as again:
        again.go()
    assert [found.reduced for found in again.ledger.new] == [True]


def test_findings_with_one_core_are_one_also_after_a_resumption(tmp_path: Path) -> None:
    def trial(index: int) -> TrialResult:
        both = (hit("seven"), hit("eight")) if index == 1 else ()
        cases = tuple((each.bucket, sample_case(WORLD, 200, each.bucket)) for each in both)
        return TrialResult(index, 1, "fail" if both else "pass", both, (), cases)

    def with_core(bucket: Bucket) -> Reduced:
        parts = CaseParts("t", "w", f"package a:b;\nworld w {{ export f: func() -> u{bucket.kind.count('e') * 8}; }}\n")
        return Reduced(parts, 3, core=CaseParts("t", "w", WIT, "w"))

    with campaign(tmp_path, Bounds(2), trial, reduce=with_core) as done:
        done.go()
    for ledger in (done.ledger, state.load(tmp_path).ledger):
        first, second = ledger.new
        assert (first.same_as, second.same_as) == ("", first.file)
        assert second.same_why.endswith("has the same types: values, func()")


def test_findings_with_the_same_reduced_case_are_one_also_after_a_resumption(tmp_path: Path) -> None:
    def trial(index: int) -> TrialResult:
        both = (hit("seven"), hit("eight")) if index == 1 else ()
        cases = tuple((each.bucket, sample_case(WORLD, 200, each.bucket)) for each in both)
        return TrialResult(index, 1, "fail" if both else "pass", both, (), cases)

    with campaign(tmp_path, Bounds(2), trial) as done:
        done.go()
    for ledger in (done.ledger, state.load(tmp_path).ledger):
        first, second = ledger.new
        assert (first.same_as, second.same_as, second.same_why) == ("", first.file, "the same reduced case")
        assert Path(second.file).exists()

"""The world read a second time: a fault of our front end is not blamed on whoever reads it right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import generator.wit.include
from harness.bench.examine import Options, examine
from harness.bench.workbench import Settings, Workbench
from harness.frontend.front_end import WitText
from harness.judge.votes import FRONT_END
from harness.planner import check_plan
from harness.process.steps import Steps
from harness.runs.run import Run, Tools
from harness.toolchains import ours
from harness.toolchains.second_reading import SecondReader, first_difference

RENAMED = """package a:b;
world base { export old: func(a: u8) -> u8; export other: func() -> u16; }
world w { include base with { old as new } }
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with Run(Tools(), 1) as run:
        if run.settings.reference is None:
            pytest.skip("there is no reference")
        yield Workbench(Settings(tmp_path, run.settings.reference), Steps())


@pytest.mark.parametrize(
    ("ours", "theirs", "difference"),
    [
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "c"}]}, ""),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "d"}]}, 'a[1].b: our front end reads "c", wasm-tools component wit'),
        ({"a": [1]}, {"a": [1, 2]}, "a[1]: our front end reads (nothing), wasm-tools component wit reads 2"),
        ({"a": None}, {}, "a: our front end reads null, wasm-tools component wit reads (nothing)"),
        ({}, {"a": None}, "a: our front end reads (nothing), wasm-tools component wit reads null"),
        ([1], {"0": 1}, ": our front end reads [1]"),
    ],
)
def test_the_first_difference(ours: Any, theirs: Any, difference: str) -> None:
    found = first_difference(ours, theirs)
    assert difference in found and bool(difference) == bool(found)


def test_both_read_the_same(bench: Workbench) -> None:
    assert bench.second_reader is not None
    assert bench.second_reader.difference(RENAMED, ()) == ""
    assert bench.second_reader.difference("package", ()) == "", "nobody takes it: no second reading"


def test_a_reference_that_cannot_be_started(tmp_path: Path) -> None:
    assert (
        SecondReader(str(tmp_path / "nothing"), tmp_path, Settings(tmp_path, None).tool_limits).difference("", ()) == ""
    )


@pytest.mark.skipif(not hasattr(os, "fstatvfs"), reason="the room of a disk cannot be told")
def test_a_full_disk_is_no_missing_second_reading(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        f_blocks, f_bfree, f_bavail = 1, 0, 0

    assert bench.second_reader is not None
    monkeypatch.setattr(os, "fstatvfs", lambda _: Full)
    with pytest.raises(OSError, match="No space left on device"):
        bench.second_reader.difference(RENAMED, ())


def test_a_rename_lost_by_our_front_end(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator.wit.include, "renamed", lambda name, renames: name)
    ours._load.cache_clear()
    plan = check_plan(WitText(RENAMED, "w.wit"), "w", calls=4)
    verdict = examine(bench, "w", plan, Options(artifacts=None)).verdict
    ours._load.cache_clear()
    assert verdict.minority == FRONT_END
    (message,) = [finding.message for subject, finding in verdict.findings if subject == FRONT_END]
    assert "may have been misread" in message and "worlds[1].exports.old" in message


def test_a_world_that_is_read_right(bench: Workbench) -> None:
    plan = check_plan(WitText(RENAMED, "w.wit"), "w", calls=4)
    assert examine(bench, "w", plan, Options(artifacts=None)).verdict.minority is None

"""Damaged libraries and components: a few hundred in each run of the tests, and what is wrong is found."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.hostile import trial as trials
from benchmarks.hostile.corpus import Corpus, corpus
from benchmarks.hostile.damage import DAMAGES, assembled, damaged, sections
from benchmarks.hostile.trial import Done, trial

CASES = Path(__file__).resolve().parents[2] / "cases"
SEED = 7
INPUTS = 300


@pytest.fixture(scope="module")
def whole() -> Corpus:
    return corpus(CASES)


def run(whole: Corpus, folder: Path, index: int) -> Done:
    inner = folder / str(index)
    inner.mkdir()
    return trial(whole, inner, SEED, index)


def test_only_clean_errors(whole: Corpus, tmp_path: Path) -> None:
    done = [run(whole, tmp_path, index) for index in range(INPUTS)]
    assert [item.finding for item in done if item.finding is not None] == []
    refused = sum(item.code == 1 for item in done)
    assert INPUTS / 10 < refused < INPUTS, "damage is neither always harmless nor always fatal"


def test_whole_inputs_have_sections(whole: Corpus) -> None:
    for binary in whole.binaries:
        assert assembled(binary[:8], sections(binary)) == binary or len(sections(binary)) > 3


def test_damage_depends_on_the_seed_alone(whole: Corpus) -> None:
    binary, others = whole.described[0], whole.binaries
    first, second = ([damaged(Random(seed), binary, others) for seed in range(50)] for _ in range(2))
    assert first == second
    assert len(set(first)) > 40


@pytest.mark.parametrize("binary", [b"", b"\0", b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\x01\xff"])
def test_tiny_inputs_are_damaged_too(binary: bytes) -> None:
    for damage in DAMAGES:
        for seed in range(20):
            assert isinstance(damage(Random(seed), binary, [binary]), bytes)


def wrong(how: str) -> Any:
    def main(words: list[str]) -> int:
        match how:
            case "raises":
                raise KeyError(words[0])
            case "hangs":
                end = time.process_time() + 30
                while time.process_time() < end:
                    pass
            case "is silent":
                return 1
            case "is used wrongly":
                return 2
        return 0

    return main


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("raises", "KeyError in"),
        ("hangs", "it takes more than 1 seconds"),
        ("grows", "needs 65 MiB"),
        ("is silent", "no error is told"),
        ("is used wrongly", "exit code 2"),
    ],
)
def test_wrong_answers_are_found(
    whole: Corpus, tmp_path: Path, how: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "main", wrong(how))
    monkeypatch.setattr(trials, "SECONDS", 1)
    memory = iter((0, trials.MEMORY + (1 << 20) if how == "grows" else 0))
    monkeypatch.setattr(trials, "greatest_memory", lambda: next(memory))
    finding = run(whole, tmp_path, 0).finding
    assert finding is not None
    assert kind in finding.kind

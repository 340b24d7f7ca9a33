"""Programs as trials of the fuzzer: ours is right, a wrong linker is not, and what is found is kept small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Hit
from harness.fuzz.findings import Found, write_case
from harness.fuzz.linking.trial import LinkReduction, draw_program
from harness.fuzz.reduce import Reduce
from harness.fuzz.trial import Recipe, Trial, TrialResult
from harness.process.steps import Steps
from harness.suite.link_case import load_link_case
from harness.suite.provenance import Provenance, read_provenance
from harness.toolchains.selection import Named, Selection
from reports.outcomes import Outcome

RECIPE = Recipe(3, worlds="link")
OPTIONS = Options(artifacts=None)
WRONG = "mutant:last-definition-counts"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return Workbench(Settings(tmp_path_factory.mktemp("ours")), Steps())


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return Workbench(Settings(tmp_path_factory.mktemp("wrong"), Selection((Named(WRONG, stands_in=True),))), Steps())


def results(bench: Workbench, count: int) -> Iterator[TrialResult]:
    for index in range(count):
        yield Trial(RECIPE, index, OPTIONS).perform(bench)


def test_ours_does_what_the_model_says(ours: Workbench) -> None:
    for result in results(ours, 25):
        assert [hit.message for hit in result.hits] == []
        assert result.outcome == Outcome.PASS
        assert result.calls


def test_a_finding_is_reduced_and_written_as_a_program(ours: Workbench, wrong: Workbench, tmp_path: Path) -> None:
    result = next(result for result in results(wrong, 40) if result.hits)
    hit: Hit = result.hits[0]
    reduced = Reduce(RECIPE, result.index, hit.bucket, False, OPTIONS).perform(wrong)
    assert reduced.parts is not None
    assert "libraries" in reduced.size
    found = Found(hit.bucket, hit.message, "", result.index, f"harness fuzz --index {result.index} --worlds link")
    write_case(tmp_path / "found.toml", found, reduced.parts, ("ours 1",))
    program = load_link_case(Path(found.file))
    assert len(program.libraries) >= 2  # one that defines a symbol first, one that does so last
    assert len(program.steps) == 1
    assert f"# Repeat: {found.repeat}\n" in Path(found.file).read_text()
    assert read_provenance(program.file.data) == Provenance(found.repeat, "", ("ours 1",))


def test_the_storage_of_another_library_is_found(tmp_path: Path) -> None:
    mutant = Selection((Named("mutant:storage-of-another-library", stands_in=True),))
    bench = Workbench(Settings(tmp_path, mutant), Steps())
    result = next(result for result in results(bench, 40) if result.hits)
    assert "storage different" in result.hits[0].bucket.kind


def test_what_does_not_show_is_not_reduced(ours: Workbench, wrong: Workbench) -> None:
    result = next(result for result in results(wrong, 40) if result.hits)
    _, choices = draw_program(RECIPE.seed, result.index)
    assert LinkReduction(ours, result.hits[0].bucket, OPTIONS).run(choices) is None

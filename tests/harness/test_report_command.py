"""`harness report`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from harness.cli import site_folder
from harness.process import owned
from reports import fuzz, json_form, mutants
from tests.harness.command import harness_here
from tests.reports.samples import BETTER, BROKEN, FUZZ, MUTANTS, RUN, hostile_run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, data in (
        ("run", json_form.to_json(RUN)),
        ("better", json_form.to_json(BETTER)),
        ("broken", json_form.to_json(BROKEN)),
        ("hostile", json_form.to_json(hostile_run())),
        ("fuzz", fuzz.to_json(FUZZ)),
        ("mutants", mutants.to_json(MUTANTS)),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_site(place: Path) -> None:
    done = harness_here("report", "run.json", "better.json", "fuzz.json", "mutants.json", "-o", "site", cwd=place)
    assert (done.code, done.said) == (0, "13 files: open site/index.html\n")
    assert {"index.html", "matrix.html", "comparison.html", "mutants.html", "fuzz.html"} <= set(files(place / "site"))
    assert owned.purpose_of(place / "site") == "report"
    assert not [path for path in place.iterdir() if path.name.startswith(".")], "nothing is left beside it"


def test_hostile_names_stay_in_the_folder(place: Path) -> None:
    before = set(files(place))
    done = harness_here("report", "hostile.json", "-o", "deep/site", cwd=place)
    assert done.code == 0
    made = set(files(place)) - before
    assert made and all(name.startswith("deep/site/") for name in made)


def test_an_earlier_report_is_replaced_as_a_whole(place: Path) -> None:
    harness_here("report", "run.json", "mutants.json", "-o", "site", cwd=place)
    assert harness_here("report", "better.json", "-o", "site", cwd=place).code == 0
    assert "mutants.html" not in files(place / "site")
    assert len([name for name in files(place / "site") if name.startswith("cases/")]) == len(BETTER.cases)


def test_an_empty_folder_is_taken(place: Path) -> None:
    (place / "site").mkdir()
    assert harness_here("report", "run.json", "-o", "site", cwd=place).code == 0
    assert "index.html" in files(place / "site")


@pytest.mark.parametrize("kind", ["folder", "file", "link", "artifacts", "copy"])
def test_what_is_no_report_is_left_alone(place: Path, kind: str) -> None:
    target = place / "mine"
    if kind == "file":
        target.write_text("mine")
    elif kind == "artifacts":
        owned.make(target, "artifacts of x")
    else:
        harness_here("report", "run.json", "-o", "site", cwd=place)
        if kind == "link":
            target.symlink_to(place / "site")
        elif kind == "copy":
            (place / "site").rename(target)
        else:
            target.mkdir()
            (target / "mine.txt").write_text("mine")
    before = files(place)
    done = harness_here("report", "better.json", "-o", "mine", cwd=place)
    assert done.code == 2
    assert done.said.startswith("Error: -o mine: there is ") and "name one that does not exist yet" in done.said
    assert files(place) == before


def interrupted(at: int) -> object:
    yield "index.html", "x"
    if at == 0:
        raise KeyboardInterrupt
    yield "cases/x.html", "x"


@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
def test_an_interruption_leaves_no_half_of_a_site(place: Path, there: bool) -> None:
    if there:
        harness_here("report", "run.json", "-o", "site", cwd=place)
    before = files(place)
    with pytest.raises(KeyboardInterrupt):
        site_folder.write(place / "site", interrupted(0))  # type: ignore[arg-type]  # it ends too early
    assert files(place) == before
    assert (place / "site").exists() is there


def test_an_interruption_between_the_renames_keeps_the_former(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harness_here("report", "run.json", "-o", "site", cwd=place)
    before = files(place)
    rename = os.rename
    calls = []

    def interrupting(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr("os.rename", interrupting)
    with pytest.raises(KeyboardInterrupt):
        site_folder.write(place / "site", [("index.html", "new")])
    assert len(calls) == 3 and files(place) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user who may not write everywhere")
def test_a_folder_that_cannot_be_written(place: Path) -> None:
    (place / "closed").mkdir(mode=0o500)
    done = harness_here("report", "run.json", "-o", "closed/site", cwd=place)
    assert (done.code, "Permission denied" in done.said) == (2, True)


def test_a_parent_that_is_a_file(place: Path) -> None:
    done = harness_here("report", "run.json", "-o", "run.json/site", cwd=place)
    assert done.code == 2 and "cannot be written" in done.said


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("text", "run.json: harness run cases"),
        ("junit", "<?xml version="),
        ("markdown", "## wit-dylib harness: 1 to look at"),
        ("badge", "<svg xmlns="),
    ],
)
def test_formats_go_to_standard_output_or_to_a_file(place: Path, kind: str, begins: str) -> None:
    shown = harness_here("report", "run.json", "--format", kind, cwd=place)
    assert shown.code == 0 and shown.said.startswith(begins)
    kept = harness_here("report", "run.json", "--format", kind, "-o", "out", cwd=place)
    assert (kept.code, kept.said, (place / "out").read_text()) == (0, "", shown.said)


def test_text_is_the_default_without_a_folder(place: Path) -> None:
    done = harness_here("report", "broken.json", cwd=place)
    assert done.code == 0, "what results say is no error of the report"
    assert "NOT COMPLETE: interrupted; 2 of 5 cases have an outcome" in done.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing argument 'RESULTS...'"),
        (["missing.json"], "does not exist"),
        (["run.json", "--format", "site"], "--format site needs -o DIR"),
        (["run.json", "--format", "pdf"], "is not one of"),
        (["empty.json"], "empty.json:1:1: not JSON"),
        (["old.json"], "old.json: an older harness wrote it (format 1, this one reads 2): run `harness run`"),
        (["run.json", "new.json", "-o", "site"], "new.json: a newer harness wrote it"),
        (["binary.json"], "binary.json is not UTF-8"),
        (["run.json", "--format", "junit", "-o", "run.json/x"], "cannot be written"),
    ],
)
def test_wrong_usage(place: Path, words: list[str], said: str) -> None:
    (place / "empty.json").write_text("")
    (place / "old.json").write_text('{"format": 1, "cases": []}')
    (place / "new.json").write_text('{"format": 99, "cases": []}')
    (place / "binary.json").write_bytes(b"\xff\xfe")
    done = harness_here("report", *words, cwd=place)
    assert done.code == 2 and said in done.said
    assert not (place / "site").exists()

"""Files of known faults: read, matched with versions, refused with a reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest

from harness.runs.runner import default_expectations
from harness.suite.expectations_file import ExpectationsError, load, nearest_version
from harness.suite.expectations_schema import EXPECTATIONS_SCHEMA
from tests.harness.expectations.known import ENTRY, HEAD, write


@pytest.mark.parametrize(
    ("version", "count"), [("1.262.0", 1), ("1.262.7", 1), ("1.263.0", 0), ("1.261.9", 0), ("1.300.0-dev", 0)]
)
def test_versions(tmp_path: Path, version: str, count: int) -> None:
    assert len(load([write(tmp_path, HEAD + ENTRY)], {"wasm-tools": version}).items) == count


@pytest.mark.parametrize(
    ("versions", "version", "holds"),
    [
        ("==1.262.*", "1.262.9", True),
        ("==1.262.*", "1.263.0", False),
        ("~=1.262.1", "1.262.4", True),
        ("!=1.262.1", "1.262.1", False),
        (">=1.262.0", "1.262.0-rc.1", False),
        (">=1.261.0", "1.262.0-rc.1", True),
        (">=1.262.0", "1.262.3 (5f1e9 2026-01-02)", True),
        (">=1.262.0", "of yesterday", False),
    ],
)
def test_ranges_of_versions(tmp_path: Path, versions: str, version: str, holds: bool) -> None:
    """PEP 440, and the numbers of what is no version there."""
    file = write(tmp_path, HEAD.replace(">=1.262.0, <1.263.0", versions) + ENTRY)
    assert bool(load([file], {"wasm-tools": version}).items) is holds


def test_another_tool(tmp_path: Path) -> None:
    assert not load([write(tmp_path, HEAD + ENTRY)], {"generator": "1.262.0"}).items


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = 1", "`tool` must be a string"),
        (HEAD.replace(">=", "~"), "'~1.262.0' is not like `>=1.262.0`"),
        (HEAD + "colour = 1\n", "nothing else"),
        (HEAD + ENTRY + ENTRY, "twice"),
        (HEAD + ENTRY.replace("fail", "pass"), "`outcome` must be one of"),
        (HEAD + ENTRY.replace("link", "lnk"), "unknown key `lnk`"),
        (HEAD + ENTRY.replace('link = "https://example.org"', ""), "needs a `link` or a `reproduction`"),
        (HEAD + ENTRY.replace('cases = ["x"]', ""), "would explain everything"),
        (HEAD + ENTRY.replace('cases = ["x"]', "cases = 1"), "list of names"),
        (HEAD + ENTRY.replace('cases = ["x"]', 'message = "("'), "not a regular expression"),
        (HEAD + ENTRY + 'wit = "["', "not a regular expression"),
        (HEAD + ENTRY + 'run = "["', "not a regular expression"),
        (HEAD + ENTRY + "label-names-only = 1", "true or false"),
        (HEAD + ENTRY + 'beside = "b"', "must name an entry without `beside`"),
        (HEAD + ENTRY + 'beside = "a"', "must name an entry without `beside`"),
        ("tool = \n", "known.toml"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ExpectationsError) as caught:
        load([write(tmp_path, text)], {"wasm-tools": "1.262.0"})
    assert message in str(caught.value)
    assert "known.toml" in str(caught.value)


def test_the_files_of_the_project_are_good() -> None:
    files = default_expectations()
    assert files
    assert load(files, {"wasm-tools": "1.262.0"}).items


@pytest.mark.parametrize("path", sorted(default_expectations()), ids=lambda path: path.name)
def test_the_files_of_the_project_follow_the_schema(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text()), EXPECTATIONS_SCHEMA)


@pytest.mark.parametrize("without", ["id", "outcome", "reason", "message", "reproduction"])
def test_the_schema_asks_for_what_the_reader_asks_for(tmp_path: Path, without: str) -> None:
    entry = {"id": "a", "outcome": "fail", "message": "m", "reason": "r", "reproduction": "w"}
    data = {"tool": "t", "versions": ">=1", "expect": [entry]}
    jsonschema.validate(data, EXPECTATIONS_SCHEMA)
    del entry[without]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, EXPECTATIONS_SCHEMA)
    lines = [f'{key} = "{value}"\n' for key, value in entry.items()]
    (tmp_path / "x.toml").write_text('tool = "t"\nversions = ">=1"\n[[expect]]\n' + "".join(lines))
    with pytest.raises(ExpectationsError):
        load([tmp_path / "x.toml"], {"t": "1.0"})


@pytest.mark.parametrize(
    ("version", "nearest"),
    [("1.263.0", "1.262.0"), ("1.270.1", "1.268.0"), ("1.266.0", "1.268.0"), ("0.9", "1.262.0"), ("3.0.0", "2.1.0")],
)
def test_the_nearest_version_that_a_file_is_about(tmp_path: Path, version: str, nearest: str) -> None:
    ranges = (">=1.262.0, <1.263.0", "==1.268.0", ">=2.0.0, <=2.1.0")
    for number, versions in enumerate(ranges):
        (tmp_path / f"{number}.toml").write_text(f'tool = "wasm-tools"\nversions = "{versions}"\n')
    files = sorted(tmp_path.glob("*.toml"))
    assert nearest_version(files, "wasm-tools", version) == nearest
    assert nearest_version(files, "another", version) is None


def test_the_files_travel_with_the_package() -> None:
    """Found as data of a package that setup installs, with all files of the source tree."""
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert {path.name for path in default_expectations()} == {
        path.name for path in (root / "expectations").glob("*.toml")
    }
    assert "expectations*" in project["packages"]["find"]["include"]
    assert project["package-data"]["expectations"] == ["*.toml"]

"""Case files of older formats become files of the current one, with their comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suite.case import parse_case
from harness.suite.upgrading import upgraded
from harness.text.toml_lines import FileError
from tests.harness.command import harness_here

HEAD = '# who wrote this\ntitle = "t"  # a title\nwhy = "w"\norigin = "own"\n'
PLAIN = 'wit = "package a:b; world w { }"\n'
VERSIONS = 'wit = "package a:b; world w { import c:d/x@1.0.0; import c:d/x@1.1.0; }"\n'
STEPS = '[[step]]\ncall = "f"  # the call\n'
LINK_CASE = '[[library]]\nname = "a.so"\nwat = "(module (@dylink.0))"\n[[step]]\ncall = "f"\n'


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (HEAD + PLAIN, {"instantiate-only": True, "version": 1}),
        (f"{HEAD}{PLAIN}step = []  # nothing\n", {"instantiate-only": True, "version": 1}),
        (HEAD + VERSIONS, {"instantiate-only": True, "merge-versions": False, "version": 1}),
        (f"{HEAD}{VERSIONS}merge-versions = true\n", {"instantiate-only": True, "version": 1}),
        (f"{HEAD}{PLAIN}{STEPS}", {}),
        (f"{HEAD}{PLAIN}[sample]\n", {}),
        (f"{HEAD}{PLAIN}{LINK_CASE}", {}),
        (f"version = 1\n{HEAD}{PLAIN}", {}),
    ],
)
def test_what_changes(text: str, added: dict[str, object]) -> None:
    result = upgraded(text, "x.toml", Path())
    assert bool(result.changes) == bool(added)
    if not added:
        assert result.text == text
        return
    kept = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("step"))
    assert result.text.startswith(kept), "comments and order stay"
    data = parse_case(result.text).file.data
    assert {key: data[key] for key in added} == added
    assert upgraded(result.text, "x.toml", Path()).changes == ()


def test_versions_in_a_folder_of_wit_count(tmp_path: Path) -> None:
    (tmp_path / "wit").mkdir()
    (tmp_path / "wit" / "a.wit").write_text("package c:d@1.0.0;")
    (tmp_path / "wit" / "b.wit").write_text("world w { import c:e/x@1.2.0; }")
    result = upgraded(f'{HEAD}wit-file = "wit"\n', "x.toml", tmp_path)
    assert "merge-versions = false" in result.text


def test_a_newer_version_is_refused() -> None:
    with pytest.raises(FileError, match=r"x\.toml:1:\d+: the file has version 2"):
        upgraded(f"version = 2\n{HEAD}", "x.toml", Path())


def test_the_command_checks_then_upgrades_in_place(tmp_path: Path) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_bytes((HEAD + PLAIN).replace("\n", "\r\n").encode())
    new.write_text(HEAD + PLAIN + STEPS)
    checked = harness_here("upgrade", "--check", ".", cwd=tmp_path)
    assert checked.code == 1
    assert "old.toml: a case that calls nothing" in checked.said and "new.toml" not in checked.said
    assert b"instantiate" not in old.read_bytes()
    done = harness_here("upgrade", ".", cwd=tmp_path)
    assert done.code == 0 and done.said.endswith("2 files: 1 have the current format, 1 upgraded\n")
    assert old.read_bytes().count(b"\r\n") == old.read_bytes().count(b"\n") == 7
    assert old.read_text().startswith("# who wrote this\n") and "# a title" in old.read_text()
    again = harness_here("upgrade", "--check", ".", cwd=tmp_path)
    assert again.code == 0 and "2 have the current format, 0" in again.said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "bad.toml:1:9: not TOML"),
        (f"version = 3\n{HEAD}", "bad.toml:1:1: the file has version 3"),
        (f"{HEAD}{PLAIN}colour = 1\n", "bad.toml:6:1: unknown key colour"),
    ],
)
def test_what_is_no_case_stays_as_it_is(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    (tmp_path / "old.toml").write_text(HEAD + PLAIN)
    done = harness_here("upgrade", "bad.toml", "old.toml", cwd=tmp_path)
    assert done.code == 2 and message in done.said
    assert path.read_text() == text
    assert "instantiate-only" in (tmp_path / "old.toml").read_text(), "the others are upgraded"

"""Folders of the harness: what it did not make is never emptied, removed or followed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.process import owned


@given(st.text(max_size=300))
def test_any_name_is_one_plain_part_of_a_path(name: str) -> None:
    plain = owned.file_name(name)
    assert plain not in ("", ".", "..")
    assert not set(plain) & set("/\\\0\n ")
    assert not plain.startswith((".", "-"))
    assert len(plain.encode()) <= 100


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("values/list-s8", "values.list-s8"),
        ("..", "unnamed"),
        (".", "unnamed"),
        ("", "unnamed"),
        ("../../etc", "etc"),
        ("/etc/passwd", "etc.passwd"),
        ("ours+reference@winch", "ours+reference@winch"),
        ("\N{GREEK SMALL LETTER ALPHA}", "unnamed"),
        ("-rf", "rf"),
    ],
)
def test_names(name: str, plain: str) -> None:
    assert owned.file_name(name) == plain


def test_long_names_that_differ_at_their_ends_stay_apart() -> None:
    assert owned.file_name("a" * 200 + "b") != owned.file_name("a" * 200 + "c")


def test_a_second_run_takes_the_place_of_the_first(tmp_path: Path) -> None:
    first = owned.fresh(tmp_path / "kept", "x", "p")
    (first / "deep" / "er").mkdir(parents=True)
    (first / "file").write_text("old")
    second = owned.fresh(tmp_path / "kept", "x", "p")
    assert first == second == tmp_path / "kept" / "x"
    assert [entry.name for entry in second.iterdir()] == [owned.MARK]


def test_another_purpose_has_another_folder(tmp_path: Path) -> None:
    names = [owned.fresh(tmp_path, name, purpose).name for name, purpose in (("x", "a"), ("x", "b"), ("x", "a"))]
    assert names == ["x", "x-2", "x"]
    assert owned.fresh(tmp_path, "x/y", "c").name == "x.y"
    assert {entry.name for entry in tmp_path.iterdir()} == {"x", "x-2", "x.y"}


def _unmarked(folder: Path, elsewhere: Path) -> None:
    folder.mkdir()


def _link(folder: Path, elsewhere: Path) -> None:
    owned.make(elsewhere, "p")
    folder.symlink_to(elsewhere)


def _link_to_a_folder_of_the_same_name(folder: Path, elsewhere: Path) -> None:
    elsewhere.mkdir()
    owned.make(elsewhere / folder.name, "p")
    folder.symlink_to(elsewhere / folder.name)


def _linked_mark(folder: Path, elsewhere: Path) -> None:
    owned.make(folder, "p")
    shutil.move(folder / owned.MARK, elsewhere)
    (folder / owned.MARK).symlink_to(elsewhere)


def _copied(folder: Path, elsewhere: Path) -> None:
    owned.make(elsewhere, "p")
    shutil.copytree(elsewhere, folder)


def _fifo_as_mark(folder: Path, elsewhere: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / owned.MARK)


def _another_mark(folder: Path, elsewhere: Path) -> None:
    folder.mkdir()
    (folder / owned.MARK).write_text('{"made by": "somebody", "folder": "x", "for": "p"}')


def _nested_mark(folder: Path, elsewhere: Path) -> None:
    folder.mkdir()
    (folder / owned.MARK).write_text("[" * 10_000)


@pytest.mark.skipif(sys.platform == "win32", reason="links and FIFOs")
@pytest.mark.parametrize(
    "made",
    [
        _unmarked,
        _link,
        _link_to_a_folder_of_the_same_name,
        _linked_mark,
        _copied,
        _fifo_as_mark,
        _another_mark,
        _nested_mark,
    ],
)
def test_what_is_not_ours_stays(tmp_path: Path, made: object) -> None:
    folder, elsewhere = tmp_path / "x", tmp_path / "elsewhere"
    assert callable(made)
    made(folder, elsewhere)
    precious = folder / "precious"
    precious.write_text("kept")
    assert owned.purpose_of(folder) is None
    assert owned.remove(folder) is False
    assert owned.fresh(tmp_path, "x", "p") == tmp_path / "x-2"
    assert precious.read_text() == "kept"


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_links_in_a_folder_are_removed_and_not_followed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").write_text("kept")
    folder = owned.fresh(tmp_path, "x", "p")
    (folder / "link").symlink_to(home)
    (folder / "deep").mkdir()
    (folder / "deep" / "link").symlink_to(home / "precious")
    assert owned.remove(folder)
    assert not folder.exists()
    assert (home / "precious").read_text() == "kept"


def test_what_is_gone_is_gone(tmp_path: Path) -> None:
    assert owned.remove(tmp_path / "nowhere")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("kept")
    assert owned.fresh(tmp_path, "x", "p").name == "x-2"
    assert (tmp_path / "x").read_text() == "kept"
    with pytest.raises(OSError):
        owned.fresh(tmp_path / "x", "y", "p")

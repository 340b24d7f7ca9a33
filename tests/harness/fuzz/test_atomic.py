"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from harness.text import atomic


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    atomic.write(path, "one")
    atomic.write(path, "two\u20ac")
    assert path.read_text(encoding="utf-8") == "two\u20ac"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "b.txt"
    atomic.write(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(atomic.CannotWrite, match=r"b\.txt cannot be written: No space left"):
        atomic.write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(atomic.CannotWrite, match="cannot be written"):
        atomic.write(tmp_path / "x" / "y", "")


def test_a_device_stays_a_device() -> None:
    before = os.stat(os.devnull)
    atomic.try_to_write_file(Path(os.devnull))
    atomic.write(Path(os.devnull), "x")
    after = os.stat(os.devnull)
    assert (after.st_mode, after.st_ino, after.st_dev) == (before.st_mode, before.st_ino, before.st_dev)


def test_links_stay_links(tmp_path: Path) -> None:
    """A symbolic link stays, and its target is replaced; a file with two names is written in place."""
    target, link, hard = tmp_path / "a" / "target", tmp_path / "link", tmp_path / "hard"
    link.symlink_to(target)
    atomic.write(link, "one")
    assert link.is_symlink()
    assert target.read_text() == "one"
    os.link(target, hard)
    atomic.write(hard, "two")
    assert os.path.samefile(target, hard)
    assert (target.read_text(), list(target.parent.iterdir())) == ("two", [target])


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "x"
    atomic.write(path, "")
    path.chmod(0o600)
    atomic.write(path, "y")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_trial_changes_nothing(tmp_path: Path) -> None:
    atomic.try_to_write_file(tmp_path / "new" / "x")
    assert list((tmp_path / "new").iterdir()) == []
    path = tmp_path / "x"
    path.write_text("old")
    atomic.try_to_write_file(path)
    assert path.read_text() == "old"
    for bad in (tmp_path, path / "y", Path("a\0b")):
        with pytest.raises(atomic.CannotWrite, match="cannot be written"):
            atomic.try_to_write_file(bad)

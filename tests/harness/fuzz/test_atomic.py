"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from harness.fuzz import atomic


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

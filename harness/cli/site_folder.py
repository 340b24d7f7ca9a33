"""The folder of a site: complete or absent. Only the folder of an earlier report is replaced."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness.cli.exits import UsedWrongly
from harness.process import owned

PURPOSE = "report"
"""The text in the mark of the folder."""


def check(folder: Path) -> None:
    """Raises `UsedWrongly` unless there is nothing, an empty folder, or an earlier report."""
    if not os.path.lexists(folder) or owned.purpose_of(folder) == PURPOSE or _is_empty(folder):
        return
    what = "a folder that is no report's" if folder.is_dir() and not folder.is_symlink() else "no folder"
    raise UsedWrongly(f"-o {folder}: there is {what}; name one that does not exist yet, or an earlier report")


def write(folder: Path, files: Iterable[tuple[str, str]]) -> int:
    """Write all files beside it, then put them in its place; how many. Raises `UsedWrongly`."""
    folder = folder.absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{folder.name[:64]}.", dir=folder.parent))
    except OSError as error:
        raise _cannot(folder, error) from error
    try:
        # a mark names its folder, so the new one has its name from the start
        made = workplace / folder.name
        owned.make(made, PURPOSE)
        count = 0
        for path, text in files:
            target = made / path
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8")
            count += 1
        check(folder)
        _exchange(made, folder, workplace / "former")
    except OSError as error:
        raise _cannot(folder, error) from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return count


def _exchange(made: Path, folder: Path, former: Path) -> None:
    """The earlier report stays until the new one takes its place."""
    there = os.path.lexists(folder)
    if there:
        os.rename(folder, former)
    try:
        os.rename(made, folder)
    except BaseException:
        if there and not os.path.lexists(folder):
            os.rename(former, folder)
        raise


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


def _cannot(folder: Path, error: OSError) -> UsedWrongly:
    return UsedWrongly(f"-o {folder} cannot be written: {error.strerror or error}")

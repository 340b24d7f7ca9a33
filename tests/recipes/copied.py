"""A copy of the packages, changed as a recipe says, and the commands of this copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("generator", "harness", "interpreters", "reports", "expectations")


@dataclass(frozen=True)
class Edit:
    """`text` is put behind or `before` the `anchor`, which the file contains once."""

    path: str
    anchor: str
    text: str
    before: bool = False


class Copy:
    """The packages, edited, in a folder beside the files of a test; the installed ones stay as they are."""

    def __init__(self, beside: Path, *edits: Edit) -> None:
        self._beside = beside
        self.folder = beside / "copy"
        for package in COPIED:
            shutil.copytree(ROOT / package, self.folder / package)
        self.edit(edits)

    def file(self, name: str, text: str) -> Path:
        """A file of the test, for the commands of this copy."""
        path = self._beside / name
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            path = self.folder / edit.path
            text = path.read_text(encoding="utf-8")
            assert text.count(edit.anchor) == 1, f"{edit.path} does not contain this once: {edit.anchor}"
            new = edit.text + edit.anchor if edit.before else edit.anchor + edit.text
            path.write_text(text.replace(edit.anchor, new), encoding="utf-8")

    def python(self, code: str, *arguments: str | Path, code_of_exit: int = 0) -> str:
        """The output of a piece of Python that imports the copy."""
        command = [sys.executable, "-c", code, *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == code_of_exit, done.stdout + done.stderr
        return done.stdout

    def harness(self, *arguments: str | Path, code_of_exit: int = 0) -> str:
        """The output of a `harness` command of the copy."""
        code = "import sys, harness.cli; assert harness.__file__.startswith(sys.path[1]); sys.exit(harness.cli.main())"
        return self.python(code, *arguments, code_of_exit=code_of_exit)

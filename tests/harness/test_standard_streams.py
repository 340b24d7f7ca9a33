"""Standard streams that the caller has closed: the exit code still tells the result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CASE = Path(__file__).parents[2] / "cases" / "scalars" / "f32-bounds.toml"
HARNESS = f'"{sys.executable}" -c "from harness.cli import main; main()"'


@pytest.mark.skipif(sys.platform == "win32", reason="uses a shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [(f"run '{CASE}' --no-reference", 0), ("run nowhere.toml", 2)])
def test_the_exit_code_is_what_it_would_be(closed: str, words: str, code: int, tmp_path: Path) -> None:
    shell = f"{HARNESS} {words} {closed}"
    done = subprocess.run(shell, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []

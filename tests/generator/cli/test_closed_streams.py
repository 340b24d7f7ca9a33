"""Standard streams that the caller has closed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WIT = Path(__file__).parents[3] / "interpreters" / "wit" / "boxed.wit"
GENERATOR = f'"{sys.executable}" -c "from generator.cli import main; raise SystemExit(main())"'


@pytest.mark.skipif(sys.platform == "win32", reason="uses a shell")
@pytest.mark.parametrize(
    ("words", "code", "stderr"),
    [
        (f"component wit '{WIT}' >&-", 1, "error: standard output: closed\n"),
        (f"wit-dylib '{WIT}' --world boxed >&-", 1, "error: standard output: closed\n"),
        ("component wit - <&-", 1, "error: standard input: closed\n"),
        ("component new - <&-", 1, "error: standard input: closed\n"),
        (f"component wit '{WIT}' 2>&-", 0, ""),
        ("component wit nowhere.wit 2>&-", 1, ""),
    ],
)
def test_a_closed_stream_is_one_line(words: str, code: int, stderr: str) -> None:
    done = subprocess.run(f"{GENERATOR} {words}", shell=True, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (code, stderr)
    assert bool(done.stdout) == (code == 0), "a message does not land in the output instead"

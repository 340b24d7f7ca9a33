"""Standard streams whose readers go away, or that take nothing: the exit code stays what it is."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.streams import outliving

ROOT = Path(__file__).resolve().parents[2]
FULL = Path("/dev/full")


def harness(*words: str, stdout: int, stderr: int) -> int:
    command = [sys.executable, "-c", "from harness.cli import main; main()", *words]
    return subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=stderr, timeout=300).returncode


def unread() -> int:
    """A pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize(("words", "code"), [(["schema", "case"], 0), (["--version"], 0), (["run", "nowhere"], 2)])
def test_nobody_reads(words: list[str], code: int) -> None:
    pipe = unread()
    try:
        assert harness(*words, stdout=pipe, stderr=pipe) == code
    finally:
        os.close(pipe)


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize(
    ("words", "stdout", "code"),
    [(["run", "nowhere"], False, 2), (["schema", "case"], False, 0), (["schema", "case"], True, 2)],
)
def test_a_full_disk(words: list[str], stdout: bool, code: int) -> None:
    """Messages that nobody can see change nothing; results that are lost are an error."""
    with FULL.open("wb") as full:
        assert harness(*words, stdout=full.fileno() if stdout else subprocess.DEVNULL, stderr=full.fileno()) == code


@pytest.mark.parametrize("tells", [True, False])
def test_what_is_written_arrives(tmp_path: Path, tells: bool) -> None:
    path = tmp_path / "x"
    with path.open("w", encoding="utf-8") as file:
        stream = outliving(file, tells)
        stream.write("a\u20ac\n" * 5000)
        stream.flush()
        assert isinstance(stream, io.TextIOWrapper)
        assert path.read_text(encoding="utf-8") == "a\u20ac\n" * 5000
    assert not outliving(None, tells).closed

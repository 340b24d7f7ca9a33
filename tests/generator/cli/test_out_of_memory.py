"""One line says that the input is too large if memory runs out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.out_of_memory import run_with_little, write_large_wit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")


@pytest.mark.parametrize("kind", ["RLIMIT_AS", "RLIMIT_DATA"])
@pytest.mark.parametrize("words", [["component", "wit"], ["wit-dylib", "-o", "out"]], ids=lambda words: words[0])
def test_too_large_an_input(tmp_path: Path, words: list[str], kind: str) -> None:
    write_large_wit(tmp_path / "large.wit", 5_000)
    done = run_with_little("generator.cli", [*words, str(tmp_path / "large.wit")], 12 << 20, kind)
    assert done.returncode == 1, done.stderr
    assert (
        done.stderr.startswith("error: memory ran out: the input is too large") and len(done.stderr.splitlines()) == 1
    )

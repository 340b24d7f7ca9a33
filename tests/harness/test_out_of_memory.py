"""One line says that memory ran out, in a worker or in the command, and what to do; the exit code is 2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.out_of_memory import run_with_little, write_large_wit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")


def test_too_large_a_world(tmp_path: Path) -> None:
    write_large_wit(tmp_path / "large.wit", 6_000)
    words = ["check", str(tmp_path / "large.wit"), "--no-reference", "-j", "1"]
    done = run_with_little("harness.cli", words, 36 << 20, "RLIMIT_DATA")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "memory ran out" in done.stdout + done.stderr and "make the input smaller" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(("megabytes", "code", "told"), [(1000, 0, "1 pass"), (30, 2, "memory ran out")])
def test_few_addresses_are_no_fault_of_a_tool(tmp_path: Path, megabytes: int, code: int, told: str) -> None:
    """The engine would reserve 4 GiB of addresses for each memory."""
    (tmp_path / "small.wit").write_text("package a:b; world w { import f: func(x: string) -> list<u8>; }")
    words = ["check", str(tmp_path / "small.wit"), "--no-reference", "-j", "1", "--calls", "5"]
    done = run_with_little("harness.cli", words, megabytes << 20, "RLIMIT_AS")
    assert (done.returncode, told in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr

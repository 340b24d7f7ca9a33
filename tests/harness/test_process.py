"""Child processes: bounded in time and memory, and told apart by how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.process import Limits, Running, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_and_exit_code() -> None:
    done = run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), Limits(20))
    assert (done.exit_code, done.stdout, done.stderr, done.timed_out) == (3, b"out\n", "err\n", False)


def test_time_bound() -> None:
    start = time.monotonic()
    done = run(python("import time; time.sleep(60)"), Limits(0.3))
    assert done.timed_out
    assert time.monotonic() - start < 10


def test_a_spinning_child_is_ended() -> None:
    assert run(python("while True: pass"), Limits(0.3)).timed_out


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory are set on Linux only")
def test_memory_bound() -> None:
    done = run(python("x = bytearray(2 << 30)"), Limits(20, 1 << 30))
    assert done.exit_code == 1
    assert "MemoryError" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of files are set on Linux only")
def test_output_bound() -> None:
    done = run(python("import sys\nwhile True: sys.stdout.write('x' * 65536)"), Limits(20, 0, 1 << 20))
    assert done.exit_code != 0
    assert len(done.stdout) <= 1 << 20


def test_a_signal_is_a_negative_code() -> None:
    done = run(python("import os; os.abort()"), Limits(20))
    assert done.exit_code == -signal.SIGABRT


def test_own_group_takes_grandchildren_along(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); "
    code += f"open({str(note)!r}, 'w').write(str(p.pid))"
    running = Running(python(code + "; time.sleep(60)"), Limits(60), own_group=True)
    deadline = time.monotonic() + 20
    while not note.exists() or not note.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    running.kill()
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    for _ in range(200):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        if not state or state.startswith("Z"):
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False


def test_backtraces_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    done = run(python("import os; print(os.environ.get('RUST_BACKTRACE'))"), Limits(20))
    assert done.stdout == b"None\n"

"""Child processes with limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.processes import limited

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits of processes exist only on POSIX systems")


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_input_output_and_errors() -> None:
    done = limited.run(python("import sys; print(input()); print('e', file=sys.stderr); sys.exit(3)"), b"x")
    assert done == limited.Completed(3, b"x\n", "e\n")


def test_input_that_nobody_reads() -> None:
    assert limited.run(python("pass"), b"x" * 10_000_000).exit_code == 0


def test_wall_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 1)
    assert limited.run(python("import time; time.sleep(600)"), b"").failure == "it did not end within 1 seconds"


def test_wall_time_of_a_child_that_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processor time reaches a limit only later."""
    monkeypatch.setattr(limited, "SECONDS", 1)
    assert limited.run(python("while True: pass"), b"").failure == "it did not end within 1 seconds"


def test_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends a child that nobody waits for: here wall time would."""
    monkeypatch.setattr(limited, "MORE_PROCESSOR_TIME", -4)
    monkeypatch.setattr(limited, "SECONDS", 5)
    assert limited.run(python("while True: pass"), b"").failure == "it was ended by SIGKILL"


def test_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "OUTPUT", 1000)
    # Python ignores the signal, unless it is told not to
    program = "import os, signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)" + "; os.write(1, b'x' * 1000)" * 2
    done = limited.run(python(program), b"")
    assert done.failure == "it was ended by SIGXFSZ"
    assert len(done.output) == 1000


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "MEMORY", 1 << 28)
    done = limited.run(python("x = bytearray(1 << 29)"), b"")
    assert (done.exit_code, "MemoryError" in done.errors) == (1, True)


def test_what_the_child_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 2)
    sleep = "import time; time.sleep(600)"
    child = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {sleep!r}]); print(p.pid, flush=True)"
    done = limited.run(python(f"{child}; {sleep}"), b"")
    assert done.failure is not None
    assert not alive(int(done.output))


def alive(pid: int) -> bool:
    """A killed process stays for a moment, until its parent has waited for it."""
    for _ in range(100):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True


def test_of_long_errors_the_middle_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SHOWN", 10)
    done = limited.run(python("import os; os.write(2, b'abcde' + b'x' * 100 + b'vwxyz')"), b"")
    assert done.errors == "abcde\n(100 bytes are left out)\nvwxyz"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of processor time ends it")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_child_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(600)"
    parent = subprocess.Popen(
        python(f"import sys; from generator.processes.limited import run; run([sys.executable, '-c', {child!r}], b'')")
    )
    deadline = time.monotonic() + 60
    while not (note.exists() and note.read_text().endswith(" ")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    parent.send_signal(number)
    parent.wait()
    assert not alive(int(note.read_text()))

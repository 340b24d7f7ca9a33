"""Child processes: they are bounded from the first instruction, their ends are distinguished, and they leave nothing
behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.process import children as process
from harness.process.children import CannotStart, Killed, ProcessLimits, Running, run
from harness.process.launching import not_started, processor_time
from tests.harness.processes import ends, is_alive, parent_of, wait_for_number

ROOT = Path(__file__).resolve().parents[2]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what leaves its group is found on Linux only")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_and_exit_code() -> None:
    done = run(python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), ProcessLimits(60))
    assert (done.exit_code, done.stdout, done.stderr, done.timed_out) == (3, b"out\n", "err\n", False)


def test_time_bound() -> None:
    start = time.monotonic()
    done = run(python("import time; time.sleep(600)"), ProcessLimits(0.3))
    assert done.timed_out
    assert time.monotonic() - start < 60


def test_a_spinning_child_is_ended() -> None:
    assert run(python("while True: pass"), ProcessLimits(0.3)).timed_out


@pytest.mark.parametrize("words", [["no-such-program-anywhere"], ["/etc/passwd"], ["a\0b"]])
def test_what_cannot_be_started(words: list[str]) -> None:
    with pytest.raises(CannotStart) as caught:
        run(words, ProcessLimits(60))
    assert caught.value.filename == words[0]


@pytest.mark.parametrize(
    ("number", "fault"), [(errno.ENOENT, True), (errno.EACCES, True), (errno.EAGAIN, False), (errno.ENOMEM, False)]
)
def test_a_machine_without_room_is_not_the_fault_of_a_program(number: int, fault: bool) -> None:
    error = not_started(number, "tool")
    assert isinstance(error, CannotStart) is fault
    assert (error.errno, error.filename) == (number, "tool")


@on_linux
def test_memory_bound() -> None:
    done = run(python("x = bytearray(2 << 30)"), ProcessLimits(60, 1 << 30))
    assert done.exit_code == 1
    assert "MemoryError" in done.stderr


SHOW_LIMITS = """
import os, resource
if os.fork():
    os.wait()
else:
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_CPU):
        print(*resource.getrlimit(kind)[:1])
"""


@on_linux
def test_a_grandchild_that_is_forked_at_once_is_bounded() -> None:
    """Twenty tries: bounds that are set after the start come too late for about every second."""
    for _ in range(20):
        done = run(python(SHOW_LIMITS), ProcessLimits(60, 1 << 30, 1 << 20))
        assert done.stdout.split() == [b"1073741824", b"1048576", b"0", b"61"], done.stderr


FLOODS = {
    "standard output": "import os\nwhile True: os.write(1, bytes(1 << 20))",
    "standard error": "import os\nwhile True: os.write(2, bytes(1 << 20))",
    "one that goes on": "import os\ntry:\n  while True: os.write(1, bytes(1 << 20))\nexcept OSError: pass",
    "a grandchild": "import os\nif os.fork(): os.wait()\nelse:\n  while True: os.write(1, bytes(1 << 20))",
}


@pytest.mark.skipif(sys.platform == "win32", reason="no bounds of files")
@pytest.mark.parametrize("code", FLOODS.values(), ids=FLOODS)
def test_a_flood_is_ended_and_not_read(code: str) -> None:
    done = run(python(code), ProcessLimits(60, 0, 8 << 20))
    assert done.flooded and not done.timed_out
    assert len(done.stdout) <= process.MAX_MESSAGE


WRITERS = {
    "many files": "for n in range(40): open(f'{n}', 'wb').write(bytes(1 << 20))\nos.chdir('/')",
    "goes on": "for n in range(40): open(f'{n}', 'wb').write(bytes(1 << 20))\nimport time; time.sleep(600)",
    "empty files": "for n in range(5000): open(f'{n}', 'wb')",
    "deep": "for n in range(40): os.mkdir('d'); os.chdir('d'); open('f', 'wb').write(bytes(1 << 20))",
    "by memory": "import mmap\nfor n in range(40):\n f = open(f'{n}', 'w+b'); f.truncate(1 << 20)\n"
    " mmap.mmap(f.fileno(), 1 << 20)[:] = b'x' * (1 << 20)",
    "elsewhere": "os.chdir('..')\nfor n in range(40):\n open('f', 'wb').write(bytes(1 << 20)); os.remove('f')",
    "a grandchild": "if os.fork(): os.wait()\nelse:\n for n in range(40): open(f'{n}', 'wb').write(bytes(1 << 20))",
}


@on_linux
@pytest.mark.parametrize("code", WRITERS.values(), ids=WRITERS)
def test_what_a_tool_writes_is_bounded_in_sum(code: str, tmp_path: Path) -> None:
    code = "import os, tempfile; os.chdir(tempfile.gettempdir())\n" + code
    own = tmp_path / "own"
    own.mkdir()
    done = Running(python(code), ProcessLimits(60, output=2 << 20, written=16 << 20), own).wait()
    assert done.overfull and not (done.timed_out or done.flooded), done


def test_what_a_tool_may_write(tmp_path: Path) -> None:
    code = "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(bytes(8 << 20)); print(tempfile.gettempdir())"
    done = Running(python(code), ProcessLimits(60, written=16 << 20), tmp_path).wait()
    assert (done.exit_code, done.overfull, done.stdout) == (0, False, f"{tmp_path}\n".encode()), done


def test_a_signal_is_a_negative_code() -> None:
    done = run(python("import os; os.abort()"), ProcessLimits(60))
    assert done.exit_code == -signal.SIGABRT


def test_backtraces_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    monkeypatch.setenv("HARNESS_TEST", "\udcff")
    done = run(
        python("import os; print(os.environ.get('RUST_BACKTRACE'), os.environb[b'HARNESS_TEST'])"), ProcessLimits(60)
    )
    assert done.stdout == b"None b'\\xff'\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no launcher")
def test_processor_time_of_tools_is_counted() -> None:
    before = processor_time()
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    run(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}])"), ProcessLimits(60))
    assert processor_time() - before > 0.3


def test_many_at_once() -> None:
    running = [Running(python(f"print({number})"), ProcessLimits(60)) for number in range(12)]
    assert [child.wait().stdout for child in reversed(running)] == [b"%d\n" % number for number in reversed(range(12))]


# What a tool may leave behind: each prints a process's number and ends, or goes on (`stay`).
LEAVE = "import os, subprocess, sys, time\n"
BACKGROUND = LEAVE + "print(subprocess.Popen(['sleep', '600']).pid, flush=True)\n"
OWN_SESSION = LEAVE + "print(subprocess.Popen(['sleep', '600'], start_new_session=True).pid, flush=True)\n"
DAEMON = (
    LEAVE
    + """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(0.2)
"""
)
STAY = "time.sleep(600)\n"
LEAVERS = [
    pytest.param(BACKGROUND, id="background"),
    pytest.param(OWN_SESSION, id="own session", marks=on_linux),
    pytest.param(DAEMON, id="daemon", marks=on_linux),
]


@pytest.mark.parametrize("code", LEAVERS)
def test_what_a_tool_leaves_behind_ends_with_it(code: str) -> None:
    assert ends(int(run(python(code), ProcessLimits(60)).stdout))


@on_linux
def test_what_a_late_tool_started_ends_with_it() -> None:
    done = run(python(BACKGROUND + OWN_SESSION + DAEMON + STAY), ProcessLimits(15))
    assert done.timed_out
    pids = [int(line) for line in done.stdout.split()]
    assert len(pids) == 3 and all(map(ends, pids))


@pytest.mark.parametrize("code", LEAVERS)
def test_what_is_no_longer_wanted_ends(code: str, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    running = Running(python(f"import sys; sys.stdout = open({str(note)!r}, 'w')\n" + code + STAY), ProcessLimits(600))
    pid = wait_for_number(note)
    running.kill()
    assert ends(pid)


OWNER = """
import sys
from harness.process.children import ProcessLimits, Running
running = Running([sys.executable, "-c", sys.argv[1]], ProcessLimits(600))
running.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
@pytest.mark.parametrize("code", LEAVERS)
def test_tools_end_with_their_owner(code: str, how: signal.Signals, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"import sys; sys.stdout = open({str(note)!r}, 'w')\n" + code + STAY
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    owner = subprocess.Popen([*python(OWNER), code], env=environment, stderr=subprocess.DEVNULL)
    try:
        pid = wait_for_number(note)
        owner.send_signal(how)
        owner.wait(timeout=120)
    finally:
        owner.kill()
    assert ends(pid)


@on_linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("who", ["warden", "launcher"])
def test_a_tool_ends_with_its_watcher(who: str, how: signal.Signals, tmp_path: Path) -> None:
    """Its descendants in other groups end too. Other tools continue, and the next tool starts as usual."""
    limits = ProcessLimits(601, 5 << 30)
    say = f"import os, time; open({str(tmp_path / 'other')!r}, 'w').write(f'{{os.getpid()}}\\n'); "
    other = Running(python(say + STAY), limits)
    other_tool = wait_for_number(tmp_path / "other")
    note = tmp_path / "pids"
    print_own = "print(os.getpid(), flush=True)\n"
    code = f"import sys; sys.stdout = open({str(note)!r}, 'w')\n" + OWN_SESSION + DAEMON + print_own + STAY
    running = Running(python(code), limits)
    _wait_until(lambda: note.exists() and note.read_text().count("\n") == 3)
    own_session, daemon, tool = map(int, note.read_text().split())
    warden = parent_of(tool)
    launcher = parent_of(warden)
    assert launcher == parent_of(parent_of(other_tool)) != os.getpid()
    os.kill(warden if who == "warden" else launcher, how)
    with pytest.raises(Killed):
        running.wait()
    assert all(map(ends, (own_session, daemon, tool, warden)))
    assert is_alive(launcher) if who == "warden" else ends(launcher)
    assert run(python("print(1)"), limits).stdout == b"1\n"
    assert is_alive(other_tool) if who == "warden" else ends(other_tool)
    other.kill()
    assert ends(other_tool)


@on_linux
@pytest.mark.parametrize("code", LEAVERS)
def test_what_a_tool_leaves_behind_ends_while_another_runs(code: str) -> None:
    other = Running(python(LEAVE + STAY), ProcessLimits(600))
    assert ends(int(run(python(code), ProcessLimits(60)).stdout))
    other.kill()


def test_a_tool_that_somebody_kills_is_lost_work() -> None:
    with pytest.raises(Killed, match="is memory short"):
        run(python("import os; os.kill(os.getpid(), 9)"), ProcessLimits(60))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device")
def test_a_full_disk_is_not_the_fault_of_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        f_blocks, f_bfree, f_bavail = 1, 0, 0

    monkeypatch.setattr(os, "fstatvfs", lambda _: Full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        run(["true"], ProcessLimits(60))
    assert caught.value.filename == tempfile.gettempdir()


REPLACED = """
import os
from harness.process.children import ProcessLimits, run
from tests.harness.processes import ends, parent_of
tool = [sys.executable, '-c', 'import os; print(os.getppid())']
launcher = parent_of(int(run(tool, ProcessLimits()).stdout))
os.kill(launcher, 9)
assert ends(launcher)
run(tool, ProcessLimits())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no launcher")
@pytest.mark.parametrize("how", [signal.SIGKILL, None], ids=["killed", "forgetful"])
@pytest.mark.parametrize("again", ["", pytest.param(REPLACED, marks=on_linux)], ids=["", "its launcher was killed"])
def test_a_guarded_folder_goes_with_its_owner(how: signal.Signals | None, again: str, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from harness.process import owned; "
        "from harness.process.launching import guard; "
        f"p = Path({str(tmp_path)!r}); owned.make(p / 'ours', 'p'); (p / 'ours' / 'file').write_text(''); "
        "(p / 'users').mkdir(); guard(p / 'ours'); guard(p / 'users'); "
        + again
        + "print(1, flush=True); "
        + ("time.sleep(600)" if how else "pass")
    )
    owner = subprocess.Popen(python(code), env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"1\n"
    if how is not None:
        owner.send_signal(how)
    owner.communicate()
    _wait_until(lambda: not (tmp_path / "ours").exists())
    assert (tmp_path / "users").exists()


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)

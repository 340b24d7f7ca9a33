"""Workers: they live on; if something kills one of them, that is reported and the others continue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from harness.bench.settings import Settings
from harness.cli.results import broken_case
from harness.runs import worker_process
from harness.runs.pool import OutOfMemory, Patience, Pool, PoolClosed, TaskFailed
from tests.harness.pool_tasks import (
    DieOutside,
    DieSaying,
    Echo,
    Fail,
    Greedy,
    HoldOn,
    KilledAtFirst,
    Nested,
    NoRoom,
    OwnBound,
    ProcessId,
    Step,
    Surroundings,
)
from tests.harness.processes import ends, is_alive, parent_of, wait_for_number

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


@pytest.fixture
def pool(settings: Settings) -> Iterator[Pool]:
    with Pool(settings, 1, Patience(step=1.5, start=60)) as pool:
        yield pool


def test_a_worker_lives_on(pool: Pool) -> None:
    first = pool.submit(ProcessId()).result()
    assert pool.submit(ProcessId()).result() == first
    assert [pool.submit(Echo(value)).result() for value in range(3)] == [0, 1, 2]


def test_a_fault_of_the_harness_is_told_with_its_traceback(pool: Pool) -> None:
    with pytest.raises(TaskFailed, match="ValueError: a fault of the harness"):
        pool.submit(Fail()).result()
    assert pool.submit(Echo(1)).result() == 1


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("hang", "None: did not end within 1.5 s"),
        ("exit", "7: the worker ended with code 7:\nlast words"),
        ("abort", "-6: the worker ended with code -6"),
    ],
)
def test_a_lost_step_is_not_tried_again(pool: Pool, how: str, told: str) -> None:
    assert pool.submit(Step(how)).result().startswith(told)
    assert pool.submit(Echo(1)).result() == 1


def test_a_death_outside_any_step_fails_the_task_only(pool: Pool) -> None:
    with pytest.raises(TaskFailed, match=r"outside any step.*code 5"):
        pool.submit(DieOutside()).result()
    assert pool.submit(Echo(1)).result() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("where", ["step", "outside", "tool"])
def test_what_was_killed_is_tried_again_once_and_alone(pool: Pool, where: str, tmp_path: Path) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    assert pool.submit(KilledAtFirst(str(once), 1, where)).result() == "done, last try: True"
    assert pool.submit(Echo(1)).result() == 1
    second = pool.submit(KilledAtFirst(str(twice), 99, where))
    if where == "step":
        assert second.result() == "lost: -9"
    else:
        with pytest.raises(TaskFailed, match="outside any step.*code -9" if where == "outside" else "signal 9"):
            second.result()
    assert len(twice.read_text().split()) == (3 if where == "step" else 2)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("limit", "times", "told"), [(None, 1, "done"), (None, 99, "lost: -11"), (4 << 30, 1, "done")])
def test_a_fatal_signal_may_be_chance(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: int | None, times: int, told: str
) -> None:
    monkeypatch.setattr("harness.process.memory.limits_of_this_process", lambda: [] if limit is None else [limit])
    task = KilledAtFirst(str(tmp_path / "note"), times, "step", signal.SIGSEGV)
    assert pool.submit(task).result().startswith(told)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL], ids=lambda number: number.name)
def test_under_a_limit_on_memory_a_fatal_signal_is_nobodys_fault(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    monkeypatch.setattr("harness.process.memory.limits_of_this_process", lambda: [4 << 30])
    task = KilledAtFirst(str(tmp_path / "note"), 99, "step", number)
    with pytest.raises(
        TaskFailed, match=rf"lost twice, at last alone, at `killed`: .* code -{number}\nA limit on memory"
    ):
        pool.submit(task).result()
    assert len((tmp_path / "note").read_text().split()) == 2
    assert pool.submit(Echo(1)).result() == 1


def test_work_that_is_tried_again_is_alone(settings: Settings, tmp_path: Path) -> None:
    """The other worker's task ends before the killed one is tried again, and the next one begins after it."""
    with Pool(settings, 2) as pool:
        tasks = [pool.submit(KilledAtFirst(str(tmp_path / "killed"), 1, "step")), *map(pool.submit, [Echo(1)] * 5)]
        assert [task.result() for task in tasks] == ["done, last try: True", 1, 1, 1, 1, 1]


def test_a_step_ends_with_its_name(pool: Pool) -> None:
    assert pool.submit(Nested()).result() == "the outer step was lost"


@pytest.mark.parametrize(("seconds", "extra"), [(600.0, 0.0), (None, 600.0)])
def test_a_step_may_have_a_bound_of_its_own(pool: Pool, seconds: float | None, extra: float) -> None:
    assert pool.submit(OwnBound(seconds, extra)).result() == "done"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device")
def test_a_full_disk_is_told_without_a_traceback(pool: Pool) -> None:
    with pytest.raises(TaskFailed) as caught:
        pool.submit(NoRoom()).result()
    assert str(caught.value).startswith("No space left on device: ") and "TMPDIR" in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_too_little_memory_for_a_task_is_told_and_what_to_do(pool: Pool) -> None:
    first = pool.submit(ProcessId()).result()
    with pytest.raises(OutOfMemory, match=r"^memory ran out: this takes more .*; make the input smaller") as caught:
        pool.submit(Greedy()).result()
    assert broken_case("a", caught.value, "").outcome == "bad input", "exit code 2"
    assert pool.submit(ProcessId()).result() != first, "what the worker took is given back"


FATAL = "Fatal Python error: {}: Cannot recover from {}.\nPython runtime state: initialized\n" + "  File x\n" * 900
NORMALIZING = FATAL.format("_PyErr_NormalizeException", "MemoryErrors while normalizing exceptions")
FRAMES = FATAL.format("_Py_CheckRecursiveCall", "stack overflow")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
@pytest.mark.parametrize("in_step", [False, True], ids=["outside", "in a step"])
@pytest.mark.parametrize(
    ("words", "limit", "told"),
    [
        (NORMALIZING, None, True),
        (FRAMES, 4 << 30, True),
        (FRAMES, None, False),
        (FRAMES, 1 << 40, False),
        ("Traceback (most recent call last):\n  File x\nMemoryError", None, True),
        ("Traceback (most recent call last):\n  File x\nMemoryError: no room", None, True),
        ("MemoryError\nFatal Python error: Aborted", None, False),
        ("memory allocation of 4294967296 bytes failed", None, True),
        ("thread 'x' said\nmemory allocation of 16 bytes failed\nstack backtrace:\n   0: a", None, True),
        ("terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc", None, True),
        ("the guest said: memory allocation of 16 bytes failed", None, False),
        (NORMALIZING.removeprefix("Fatal "), None, False),
    ],
)
def test_a_worker_that_memory_has_ended_is_told_as_memory(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, words: str, limit: int | None, told: bool, in_step: bool
) -> None:
    """`limit`: what `ulimit -v` has set, in bytes. It is not set here: this process may have much more already, and
    could then not even start a thread."""
    monkeypatch.setattr("harness.process.memory.limits_of_this_process", lambda: [] if limit is None else [limit])
    future = pool.submit(DieSaying(words, in_step))
    with pytest.raises(OutOfMemory if told else TaskFailed) as caught:
        future.result()
    assert isinstance(caught.value, OutOfMemory) is told
    assert str(caught.value).startswith("memory ran out: ") is told
    assert pool.submit(Echo(1)).result() == 1, "the next task has a worker"


LIMITED = """import resource
from harness.process.memory import limits_of_this_process
resource.setrlimit(resource.RLIMIT_AS, (1 << 40, resource.getrlimit(resource.RLIMIT_AS)[1]))
print(limits_of_this_process()[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="such limits exist only on POSIX systems")
def test_the_limits_on_memory_of_a_process() -> None:
    """In a process of its own, which may have a limit without harm."""
    shown = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=60, check=True)
    assert shown.stdout == f"{1 << 40}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="what leaves its group is found on Linux only")
@pytest.mark.parametrize("how", ["close", "kill the worker", "kill the owner"])
def test_tools_end_with_workers(settings: Settings, tmp_path: Path, how: str) -> None:
    note = tmp_path / "pids"
    code = (
        "from pathlib import Path; from harness.runs.pool import Pool; from harness.bench.settings import Settings; "
        "from tests.harness.pool_tasks import RunTool; "
        f"pool = Pool(Settings(Path({str(tmp_path)!r})), 1); task = pool.submit(RunTool({str(note)!r})); "
        "input(); pool.close(); print('closed', flush=True); input()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert owner.stdin is not None and owner.stdout is not None
    wait_for_number(note)
    tool, daemon, warden = map(int, note.read_text().split())
    launcher = parent_of(warden)
    if how == "kill the owner":
        owner.kill()
    elif how == "kill the worker":
        os.kill(parent_of(launcher), signal.SIGKILL)
    else:
        owner.stdin.write(b"\n")
        owner.stdin.flush()
        assert owner.stdout.readline() == b"closed\n"
        assert not any(map(is_alive, (tool, daemon))), "a closed pool leaves nothing"
    if how == "kill the worker":  # the task is tried again: the note is written anew by then, or will be
        assert ends(tool) and ends(daemon) and ends(launcher)
        owner.kill()
    owner.communicate()
    assert ends(tool) and ends(daemon) and ends(launcher)


def test_closing_ends_busy_workers_at_once(settings: Settings, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    pool = Pool(settings, 1)
    busy, waiting = pool.submit(HoldOn(str(note))), pool.submit(Echo(1))
    pid = wait_for_number(note)
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < 10
    with pytest.raises(PoolClosed):
        busy.result()
    with pytest.raises((CancelledError, PoolClosed)):
        waiting.result()
    assert not is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker ends when it next reads")
def test_a_worker_ends_with_its_owner(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "from pathlib import Path; from harness.runs.pool import Pool; from harness.bench.settings import Settings; "
        "from tests.harness.pool_tasks import HoldOn; "
        f"Pool(Settings(Path({str(tmp_path)!r})), 1).submit(HoldOn({str(note)!r})).result()"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    pid = wait_for_number(note)
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_workers_work_at_once(settings: Settings, tmp_path: Path) -> None:
    notes = [tmp_path / "one", tmp_path / "two"]
    with Pool(settings, 2) as pool:
        for note in notes:
            pool.submit(HoldOn(str(note)))
        assert len({wait_for_number(note) for note in notes}) == 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("harness-")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker is started by itself")
class TestNursery:
    """The process that forks the workers of this process."""

    def test_pools_share_it(self, settings: Settings) -> None:
        parents = set()
        for _ in range(2):
            with Pool(settings, 1) as pool:
                parents.add(parent_of(pool.submit(ProcessId()).result()))
        assert len(parents) == 1
        assert parent_of(*parents) == os.getpid()

    def test_without_it_the_next_worker_has_another(self, settings: Settings, pool: Pool) -> None:
        worker = pool.submit(ProcessId()).result()
        nursery = parent_of(worker)
        os.kill(nursery, signal.SIGKILL)
        assert ends(worker), "a worker ends with it"
        after = pool.submit(ProcessId()).result()
        assert after != worker and parent_of(after) != nursery

    def test_one_that_is_about_to_end_is_not_asked_twice(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process that was killed moments ago may still look alive."""
        with Pool(settings, 1) as pool:
            nursery = parent_of(pool.submit(ProcessId()).result())
        os.kill(nursery, signal.SIGKILL)
        ended: list[int] = []
        end = worker_process._Nursery.end

        def noted(self: worker_process._Nursery) -> None:
            ended.append(self._process.pid)
            end(self)

        monkeypatch.setattr(worker_process._Nursery, "end", noted)
        monkeypatch.setattr(worker_process._Nursery, "lives", property(lambda self: self._process.pid not in ended))
        with Pool(settings, 1) as pool:
            assert parent_of(pool.submit(ProcessId()).result()) != nursery
        assert ended == [nursery]

    def test_a_worker_has_what_its_owner_has_when_it_starts(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(2):
            folder = tmp_path / str(number)
            folder.mkdir()
            monkeypatch.chdir(folder)
            monkeypatch.setenv("OF_THE_OWNER", str(number))
            monkeypatch.syspath_prepend(folder)
            with Pool(settings, 1) as pool:
                has = pool.submit(Surroundings("OF_THE_OWNER")).result()
            assert has == (str(folder), str(number), str(folder), [0, 1, 2])

"""Workers: they live on, and what kills one of them is told and does not stop the others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from harness.pool import Patience, Pool, PoolClosed, TaskFailed
from harness.workbench import Settings
from tests.harness.pool_tasks import DieOutside, Echo, Fail, HoldOn, ProcessId, Step

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, None)


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


def test_closing_ends_busy_workers_at_once(settings: Settings, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    pool = Pool(settings, 1)
    busy, waiting = pool.submit(HoldOn(str(note))), pool.submit(Echo(1))
    pid = _wait_for(note)
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < 10
    with pytest.raises(PoolClosed):
        busy.result()
    with pytest.raises((CancelledError, PoolClosed)):
        waiting.result()
    assert not _alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker ends when it next reads")
def test_a_worker_ends_with_its_owner(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "from pathlib import Path; from harness.pool import Pool; from harness.workbench import Settings; "
        "from tests.harness.pool_tasks import HoldOn; "
        f"Pool(Settings(Path({str(tmp_path)!r}), None), 1).submit(HoldOn({str(note)!r})).result()"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    pid = _wait_for(note)
    owner.kill()
    owner.wait()
    deadline = time.monotonic() + 10
    while _alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_workers_work_at_once(settings: Settings, tmp_path: Path) -> None:
    notes = [tmp_path / "one", tmp_path / "two"]
    with Pool(settings, 2) as pool:
        for note in notes:
            pool.submit(HoldOn(str(note)))
        assert len({_wait_for(note) for note in notes}) == 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("harness-")]


def _wait_for(note: Path) -> int:
    deadline = time.monotonic() + 60
    while not note.exists() or not note.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(note.read_text())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"

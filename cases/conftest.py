"""pytest collects the conformance suite: every TOML file is an item.

Items run in the harness's own workers. Without pytest-xdist all are submitted at once and use every processor; each
process of xdist has one worker and submits one item at a time. With SUITE_RESULTS=FOLDER each process writes its
results there (`cases/results.py`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from cases.results import VARIABLE, write_part
from harness.bench.examination import Examination, Options
from harness.cli.results import case_text, to_case
from harness.runs.pool import TaskFailed
from harness.runs.runner import Runner, default_expectations
from harness.runs.suite_files import SuiteFile, name_of
from harness.text.files import read_text_file
from harness.toolchains.choose import Tools
from harness.toolchains.selection import NoToolchain
from reports.model import CaseResult
from reports.outcomes import Outcome

_RUN = pytest.StashKey[Runner]()
_FUTURES = pytest.StashKey[dict[str, "Future[Any]"]]()
_CASES = pytest.StashKey[list[CaseResult]]()
_FOLDER = os.environ.get(VARIABLE, "")
_STARTED = time.monotonic()
ARTIFACTS = Path("artifacts")


class CaseFailed(Exception):
    """The text contains everything that a reader needs."""


class CaseFile(pytest.File):
    def collect(self) -> Iterable[pytest.Item]:
        name = name_of(self.path)
        yield CaseItem.from_parent(self, name=name.rpartition("/")[2])


class CaseItem(pytest.Item):
    @property
    def suite_file(self) -> SuiteFile:
        return SuiteFile(self.path, name_of(self.path))

    def runtest(self) -> None:
        examination = _future(self).result()
        source = read_text_file(self.path) if _FOLDER else ""
        case = to_case(examination, f"harness run {os.path.relpath(self.path)}", source)
        self.config.stash.setdefault(_CASES, []).append(case)
        if case.outcome is Outcome.SKIP:
            pytest.skip(case.reason)
        if case.outcome is Outcome.EXPECTED_FAILURE:
            pytest.xfail("; ".join(opinion.reason for opinion in case.opinions if opinion.reason))
        if not case.good:
            raise CaseFailed(case_text(case))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed | TaskFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, name_of(self.path)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    if file_path.suffix == ".toml":
        return CaseFile.from_parent(parent, path=file_path)
    return None


def _future(item: CaseItem) -> Future[Examination]:
    """Starts the workers at the first item."""
    stash = item.config.stash
    if _RUN not in stash:
        shared = "PYTEST_XDIST_WORKER" in os.environ
        try:
            run = stash[_RUN] = Runner(Tools(), 1 if shared else os.cpu_count() or 1)
        except NoToolchain as error:
            raise pytest.UsageError(str(error)) from error
        items = [] if shared else [other for other in item.session.items if isinstance(other, CaseItem)]
        options = _options(run)
        stash[_FUTURES] = {other.nodeid: run.submit(other.suite_file.task(options)) for other in items}
    run = stash[_RUN]
    return stash[_FUTURES].pop(item.nodeid, None) or run.submit(item.suite_file.task(_options(run)))


def _options(run: Runner) -> Options:
    return Options(
        expectations=run.load_expectations(default_expectations()), artifacts=ARTIFACTS, exhibits=bool(_FOLDER)
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    for note in run.notes if run is not None else ():
        terminalreporter.write_line(note)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Not later: pytest-xdist waits for the end of a session, and ends its processes soon after it."""
    run = session.config.stash.get(_RUN, None)
    if run is not None and _FOLDER:
        cases = session.config.stash.get(_CASES, [])
        write_part(Path(_FOLDER), run, Options().engine.value, cases, time.monotonic() - _STARTED)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    if run is not None:
        run.close()
        del config.stash[_RUN]

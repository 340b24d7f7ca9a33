"""A run: chooses tools, starts workers, distributes tasks, returns results in the order of the tasks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from harness.bench.settings import Settings
from harness.process.children import ProcessLimits
from harness.process.interrupts import result_of, uninterrupted
from harness.process.launching import guard
from harness.process.temporary import fresh_folder
from harness.runs.messages import WorkerTask
from harness.runs.pool import Patience, Pool, PoolClosed, TaskFailed
from harness.suite import expectations_file
from harness.suite.expectations import Expectation, Expectations
from harness.toolchains import wasm_tools
from harness.toolchains.choose import Tools, choose
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.protocol import known_as

EXPECTATIONS = "expectations"
"""The package with the known faults of the project's references, as data."""


class Runner:
    """Holds workers and temporary files; its exit ends and removes them in any case."""

    def __init__(
        self,
        tools: Tools,
        jobs: int,
        limits: ProcessLimits | None = None,
        patience: Patience | None = None,
        interpreter: Interpreter | None = None,
        adapters: tuple[NamedFile, ...] = (),
    ) -> None:
        """`interpreter`: one that is not ours, which is then under test. `adapters`: as in `Settings`. Raises
        `NoToolchain`."""
        choice = choose(tools)
        self.notes = list(choice.notes)
        self.tools = choice.infos
        self._folder = fresh_folder()
        guard(self._folder.path)
        if interpreter is not None:
            self.notes.append(f"under test is the interpreter {interpreter.path}, in the subject; boxed is around it")
        self.settings = Settings(
            self._folder.path, choice.selection, limits or ProcessLimits(), interpreter=interpreter, adapters=adapters
        )
        self._pool = Pool(self.settings, jobs, patience)

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with uninterrupted():
            self._pool.close()
            self._folder.remove()

    def load_expectations(self, files: Sequence[Path], nearest: bool = False) -> Expectations:
        """The expectations in these files for the tools of this run. `nearest`: for a version of the reference without
        a file, those of the nearest version. Raises `ExpectationsError`."""
        others = {tool.tool: tool.version for tool in self.tools if tool.tool != wasm_tools.TOOL}
        items = list(expectations_file.load(files, others).items)
        first = next((tool for tool in self.tools if tool.tool == wasm_tools.TOOL and not tool.is_further), None)
        references = [tool for tool in self.tools if tool is first or tool.is_further]
        for version in dict.fromkeys((tool.version, tool.is_further) for tool in references):
            items += self._of_reference(files, *version, nearest)
        return Expectations(tuple(items))

    def _of_reference(self, files: Sequence[Path], version: str, further: bool, nearest: bool) -> list[Expectation]:
        """The known faults of one version of the reference. `further`: beside another version."""
        tool = wasm_tools.TOOL
        known = expectations_file.load(files, {tool: version})
        missing = uncovered(version, known, files)
        if missing and nearest:
            taken = expectations_file.nearest_version(files, tool, version)
            if taken is not None:
                known = expectations_file.load(files, {tool: taken})
                missing = [
                    f"no file of known faults matches {tool} {version}: it is judged by those of {taken} "
                    "(--nearest-expectations)"
                ]
        self.notes += [note for note in missing if note not in self.notes]
        return [replace(item, tool=known_as(tool, version)) if further else item for item in known.items]

    def submit(self, task: WorkerTask) -> Future[Any]:
        return self._pool.submit(task)

    def in_order(
        self, tasks: Sequence[WorkerTask], finished: Callable[[], None] | None = None
    ) -> Iterator[Any | Exception]:
        """The results of the tasks, in their order; `TaskFailed` as a value if the harness failed at one.

        `finished` is called, from any thread, each time a task ends.
        """
        futures = [self.submit(task) for task in tasks]
        if finished is not None:
            for future in futures:
                future.add_done_callback(lambda _: finished())
        for position, future in enumerate(futures):
            try:
                result = result_of(future)
            except (TaskFailed, PoolClosed) as error:
                result = error
            futures[position] = Future()  # drop the answer
            yield result


def uncovered(version: str, known: Expectations, files: Sequence[Path]) -> list[str]:
    """The first note of a run with a version of the reference that has no file of known faults."""
    if not files or known.items:
        return []
    names = ", ".join(path.name for path in files)
    return [
        f"no file of known faults matches {wasm_tools.TOOL} {version} (files: {names}): known faults of "
        "other versions are red here; take those of the nearest version with --nearest-expectations"
    ]


def default_expectations() -> list[Path]:
    """The files that are installed with the harness, if any."""
    with contextlib.suppress(OSError, ModuleNotFoundError):
        return sorted(Path(str(resources.files(EXPECTATIONS))).glob("*.toml"))
    return []

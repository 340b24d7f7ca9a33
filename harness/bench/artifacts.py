"""The artifacts of a failed plan: everything of every cell, as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from harness.engine.results import Rejected
from harness.judge.kept_traces import keep_traces
from harness.judge.observation import CellRun
from harness.plan.plan import Plan
from harness.process import owned
from harness.text.visible import visible
from harness.toolchains.protocol import KEEP_VERSIONS, BuildResult, Built, InvalidOutput, TimedOut, Toolchain


def keep(
    directory: Path, name: str, source: str, plan: Plan, cells: list[CellRun], tools: Sequence[Toolchain] = ()
) -> Path:
    """Write all of it into a folder of `directory` with a name like `name`; returns the folder. Raises `OSError`.

    It replaces only the artifacts of an earlier run with the same `source` (see `source_of`).
    """
    folder = fresh_folder(directory, name, source)
    (folder / "commands.txt").write_text(_commands(plan, tools))
    for component in plan.components:
        (folder / f"{component.role.value}.wit").write_text(f"// world: {component.world}\n{component.wit}")
    for number, run in enumerate(plan.runs, 1):
        for role, script in run.scripts.items():
            (folder / f"run-{number}.{role.value}.script").write_text(script)
    named = {owned.file_name(str(cell.cell)): cell for cell in cells}
    for cell_name, cell in named.items():
        _keep_cell(folder / cell_name, cell)
    keep_traces(folder, plan, named)
    return folder


def _commands(plan: Plan, tools: Sequence[Toolchain]) -> str:
    """The commands of each toolchain, and additional flags for a component."""
    lines = []
    for tool in tools:
        lines += [f"{tool.name}: {tool.tool} {tool.version}", *(f"  {command}" for command in tool.commands)]
    for part in plan.components:
        features = f", features {','.join(part.features)}" if part.features else ""
        kept = "" if part.merge_versions else f", linked with {KEEP_VERSIONS}"
        hooks = f", an interpreter with {part.hooks}" if part.hooks else ""
        lines.append(f"{part.role.value}: world {part.world} of {part.role.value}.wit{features}{kept}{hooks}")
    return "".join(f"{line}\n" for line in lines)


def fresh_folder(directory: Path, name: str, source: str) -> Path:
    """An empty folder for `name` from `source`. Raises `OSError`."""
    return owned.fresh(directory, name, f"artifacts of {name} from {source}")


def source_of(path: Path) -> str:
    """The text that distinguishes files of one name."""
    return os.path.abspath(path)


def cannot_keep(directory: Path, error: OSError) -> str:
    """The text in the place of the folder's name."""
    return f"none: {directory} cannot be written to ({error.strerror}); choose another folder with --artifacts"


def _keep_cell(folder: Path, run: CellRun) -> None:
    folder.mkdir()
    for role, build in run.builds.items():
        keep_result(folder / f"{role.value}.dylib.wasm", build.dylib)
        if build.component is not None:
            keep_result(folder / f"{role.value}.component.wasm", build.component)
    if run.composition is not None:
        (folder / "composition.wasm").write_bytes(run.composition)
    if run.rejected is not None:
        (folder / "rejected.txt").write_text(visible(f"{run.rejected.stage}: {run.rejected.message}\n"))
    for number, observation in enumerate(run.observations, 1):
        if isinstance(observation.result, Rejected):
            (folder / f"run-{number}.txt").write_text(
                visible(f"{observation.result.stage}: {observation.result.message}\n")
            )
            continue
        for role, trace in observation.result.traces.items():
            (folder / f"run-{number}.{role.value}.trace").write_text(trace)
        trap = observation.result.trap
        if trap is not None:
            text = f"{trap.entry}: {trap.kind.value}: {trap.detail}\n{trap.message}\n"
            (folder / f"run-{number}.txt").write_text(visible(text))


def keep_result(path: Path, result: BuildResult) -> None:
    """The output of a tool, or its message in a text file of the same name."""
    if isinstance(result, Built):
        path.write_bytes(result.data)
        return
    if isinstance(result, InvalidOutput) and result.data:
        path.write_bytes(result.data)
    message = f"no end within {result.seconds:g} s" if isinstance(result, TimedOut) else result.message
    path.with_suffix(".txt").write_text(visible(f"{type(result).__name__} at {result.stage}:\n{message}\n"))

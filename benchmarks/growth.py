"""How time, memory and output grow with the input, beside the reference: `python -m benchmarks.growth [--quick]`.

Each command runs as a bounded child process on inputs that double. The exponent is the binary logarithm of how much
the last doubling cost, without what an input of size 1 costs (starting Python, for one): 1 is linear, 2 quadratic.
Where the data itself is quadratic, as for a chain of `include`, whose worlds each have all items of the worlds before,
so is the time at best (ours takes five to seven times the reference's for the same types: docs/linking.md); a package
that is too large for the binary form is refused before it is made. Beside the commands stands the harness's planner,
which has no counterpart. Each row is printed as soon as it is measured.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import interpreters
from benchmarks import growing_inputs, measured_child
from benchmarks.growing_inputs import PLAN_ROWS, WIT_ROWS, Growing
from harness.process.children import Completed, ProcessLimits, run
from harness.toolchains import reference_binary

SIZES = (250, 500, 1000, 2000)
QUICK_SIZES = (100, 200)
_LEAST_SECONDS, _LEAST_BYTES = 0.02, 1 << 20
"""Differences below these are noise, and have no exponent."""

_INTERPRETER = "libboxed.so"
_INPUT = "input.wit"
_OURS = "import sys; from generator.cli import main; sys.exit(main(sys.argv[1:]))"
_PLAN = "import sys; from benchmarks.growing_inputs import plan; plan(sys.argv[1])"

Command = list[str]
Prepare = Callable[[Command, int, Path], Command]
"""The command to measure: of a tool (the words that start it), for a size, in a folder of its own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The cost of one command: processor seconds, bytes of memory at the peak, bytes of output.

    `problem`: the reason why there is no result; empty if the command did its work.
    """

    seconds: float = 0.0
    memory: int = 0
    output: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    command: str
    prepare: Prepare
    valid: bool = True
    ours_alone: bool = False
    """There is nothing of the reference to compare with."""


class NotPrepared(Exception):
    """An input could not be made, because a tool did not make what it is made of."""


def _wit_file(growing: Growing, size: int, folder: Path) -> str:
    file = folder / _INPUT
    file.write_text(growing.wit(size))
    return str(file)


def rows(limits: ProcessLimits) -> list[Row]:
    """The measurements: each growing input with each command that takes it."""

    def on_wit(growing: Growing, *words: str) -> Prepare:
        return lambda tool, size, folder: [*tool, *words, _wit_file(growing, size, folder)]

    def linked(growing: Growing) -> Prepare:
        return lambda tool, size, folder: _link(tool, _wit_file(growing, size, folder), folder, limits)

    def planned(growing: Growing) -> Prepare:
        return lambda _, size, folder: [sys.executable, "-c", _PLAN, _wit_file(growing, size, folder)]

    def libraries(tool: Command, size: int, folder: Path) -> Command:
        (folder / _INPUT).write_text(growing_inputs.SMALL_WORLD)
        files: list[str] = []
        for name, needed in growing_inputs.library_names(size, _INTERPRETER):
            (folder / name).write_bytes(growing_inputs.empty_library(needed))
            files.append(f"{name}={folder / name}")
        return _link(tool, str(folder / _INPUT), folder, limits, files)

    found: list[Row] = []
    for growing in WIT_ROWS:
        what, valid = growing.name, growing.valid
        found.append(Row(what, "component wit -w", on_wit(growing, "component", "wit", "-w"), valid))
        if valid:
            found += [
                Row(what, "component wit", on_wit(growing, "component", "wit")),
                Row(what, "wit-dylib", on_wit(growing, "wit-dylib", "-w", "w")),
                Row(what, "component link", linked(growing)),
            ]
    found.append(Row("libraries", "component link", libraries))
    for growing in PLAN_ROWS:
        found.append(Row(growing.name, "planner", planned(growing), ours_alone=True))
    return found


def _link(tool: Command, wit: str, folder: Path, limits: ProcessLimits, more: Sequence[str] = ()) -> Command:
    """The command that links a generated library, an interpreter, and `more` that the generated one needs."""
    first = more[0].partition("=")[0] if more else _INTERPRETER
    completed = run([*tool, "wit-dylib", "-w", "w", "--interpreter", first, wit], limits)
    if completed.exit_code:
        raise NotPrepared(f"wit-dylib: {_why(completed)}")
    library = folder / "generated.so"
    library.write_bytes(completed.stdout)
    return [*tool, "component", "link", str(library), *more, f"{_INTERPRETER}={interpreters.boxed()}"]


def _why(completed: Completed) -> str:
    if completed.timed_out:
        return "too slow"
    if completed.flooded:
        return "output too large"
    lines = completed.stderr.strip().splitlines()
    return lines[0] if lines else f"exit code {completed.exit_code}"


def measure(row: Row, tool: Command, size: int, limits: ProcessLimits) -> Sample:
    """One command on one input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = folder / "report.json"
        try:
            command = row.prepare(tool, size, folder)
        except NotPrepared as error:
            return Sample(problem=str(error))
        wrapper = [sys.executable, "-I", "-S", measured_child.__file__, str(report)]
        completed = run([*wrapper, *command], limits)
        if not _as_expected(completed, row.valid):
            return Sample(problem=_why(completed))
        used = json.loads(report.read_text())
        return Sample(used["seconds"], used["memory"], len(completed.stdout))


def _as_expected(completed: Completed, valid: bool) -> bool:
    """Whether the command did its work, or refused the input and named the file."""
    if completed.timed_out or completed.flooded:
        return False
    return completed.exit_code == 0 if valid else completed.exit_code != 0 and _INPUT in completed.stderr


def exponent(base: float, before: float, last: float, least: float) -> float | None:
    """The exponent of the last doubling; None if the cost without the base is less than `least`."""
    if before - base < least or last - base < least:
        return None
    return math.log2((last - base) / (before - base))


def series(row: Row, tool: Command, sizes: Sequence[int], limits: ProcessLimits) -> list[str]:
    """The cells of a row: the largest size that ended well, and what it used, with exponents."""
    base = measure(row, tool, 1, limits)
    good: list[tuple[int, Sample]] = []
    problem = base.problem
    for size in sizes:
        if problem:
            break
        sample = measure(row, tool, size, limits)
        problem = f"{size}: {sample.problem}" if sample.problem else ""
        if not problem:
            good.append((size, sample))
    if not good:
        return ["-", "-", "-", "-", problem]
    size, last = good[-1]
    before = good[-2][1] if len(good) > 1 else base
    return [
        str(size),
        _cell(f"{last.seconds:.2f} s", exponent(base.seconds, before.seconds, last.seconds, _LEAST_SECONDS)),
        _cell(f"{last.memory / 1e6:.0f} MB", exponent(base.memory, before.memory, last.memory, _LEAST_BYTES)),
        _cell(f"{last.output / 1e3:.0f} kB", exponent(base.output, before.output, last.output, 1)),
        problem,
    ]


def _cell(text: str, growth: float | None) -> str:
    return f"{text} {'-' if growth is None else f'{growth:.1f}'}"


_HEAD = ("what grows", "command", "tool", "size", "time", "memory", "output", "stopped at")
_WIDTHS = (34, 17, 10, 6, 13, 13, 14)


def _line(cells: Sequence[str]) -> str:
    return " ".join([*(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=False)), cells[-1]]).rstrip()


@click.command()
@click.option("--quick", is_flag=True, help=f"Sizes {QUICK_SIZES} in place of {SIZES}.")
@click.option("--seconds", default=30.0, show_default=True, help="Bound of each command; larger sizes are left out.")
@click.option("--only", multiple=True, metavar="WORDS", help="Only rows with this in their names or commands.")
@click.option("--reference", metavar="PATH", help="The wasm-tools to measure beside ours.")
def main(quick: bool, seconds: float, only: tuple[str, ...], reference: str | None) -> None:
    """Measure how ours and the reference grow; the numbers behind are exponents of the last doubling."""
    try:
        theirs = reference_binary.find(reference).path
    except (reference_binary.NoReference, reference_binary.WrongReference) as error:
        raise click.UsageError(str(error)) from error
    limits = ProcessLimits(seconds, output=1 << 30, written=4 << 30)
    tools = {"ours": [sys.executable, "-c", _OURS], "reference": [theirs]}
    click.echo(_line(_HEAD))
    for row in rows(limits):
        if only and not any(words in f"{row.what}: {row.command}" for words in only):
            continue
        for name, tool in tools.items():
            if name == "ours" or not row.ours_alone:
                cells = series(row, tool, QUICK_SIZES if quick else SIZES, limits)
                click.echo(_line([row.what, row.command, name, *cells]))


if __name__ == "__main__":
    main()

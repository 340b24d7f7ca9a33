"""Calls through our library and through the reference's: `python -m benchmarks.calls`.

Each shape is passed to an export and to an import, which give one back. The interpreter does nothing
(`least_interpreter.py`), so the calls of its functions, which the interface demands, are the floor: their number times
the time of such a call. Each time is the least of several runs, in turns.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import wasmtime
from rich.console import Console
from rich.table import Table
from wasmtime import _ffi as ffi

from benchmarks.least_interpreter import IN_A_ROW, LENGTH, Linked, Loop
from generator.dylib.generate import generate
from generator.dylib.world.options import DylibOptions, Optimize
from generator.sources.load import load, select_world
from harness.engine.results import EngineKind
from harness.toolchains import reference_binary

SHAPES = {
    "nothing": None,
    "a record of 4 scalars": "small",
    "a record of 18 scalars": "wide",
    "a string": "string",
    "a variant": "v",
    "a list of u32": "list<u32>",
    "a list of strings": "list<string>",
    "a list of records of 4 scalars": "list<small>",
    "a list of records of 18 scalars": "list<wide>",
    "a list of tuples of tuples": "list<tuple<tuple<u8, u8>, tuple<u16, s8>>>",
    "a list of variants": "list<v>",
    "a list of options": "list<option<u32>>",
    "a list of results": "list<result<u32, string>>",
}
_TYPES = """
  record small { a: u32, b: u32, c: u64, d: f64 }
  record wide { a: u32, b: u8, c: u64, d: f64, e: s16, f: s8, g: char, h: f32, i: u32, j: u32, k: u32, l: u32, m: u32,
    n: u32, o: u32, p: u32, q: u32, r: u32 }
  variant v { a, b(u32), c(f64), d(string) }
"""
_CALLS = 40_000
"""Calls in a run of a shape without a list."""
_COUNTED = 4
"""Calls in which those of the interpreter are counted; the cases of sums take as many turns."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Nanoseconds of a call; `demanded` is the number of calls of the interpreter in it."""

    name: str
    ours: float
    reference: float
    demanded: float


def world() -> str:
    """A world with an export and an import for each shape."""
    lines = ["package a:b;", "world w {", _TYPES]
    for number, type in enumerate(SHAPES.values()):
        signature = "func()" if type is None else f"func(x: {type}) -> {type}"
        lines += [f"  export e{number}: {signature};", f"  import i{number}: {signature};"]
    return "\n".join([*lines, "}"])


def libraries(text: str, optimize: Optimize) -> tuple[bytes, bytes]:
    """Ours, and the reference's."""
    with tempfile.TemporaryDirectory() as folder:
        source, theirs = Path(folder, "w.wit"), Path(folder, "library.wasm")
        source.write_text(text)
        resolve, package = load(source)
        ours = generate(resolve, select_world(resolve, package, None), DylibOptions(optimize=optimize))
        command = (reference_binary.find().path, "wit-dylib", str(source), "-o", str(theirs))
        subprocess.run(command, check=True, timeout=60)
        return ours, theirs.read_bytes()


def engine(kind: EngineKind) -> wasmtime.Engine:
    config = wasmtime.Config()
    # the Python setter does not know Winch
    ffi.wasmtime_config_strategy_set(config.ptr(), {EngineKind.CRANELIFT: 1, EngineKind.WINCH: 2}[kind])
    return wasmtime.Engine(config)


def loops(linked: Linked) -> list[Loop]:
    """The export and the import of each shape."""
    return [loop for number in range(len(SHAPES)) for loop in (linked.export(f"e{number}"), linked.imported(number))]


def measure(kind: EngineKind, ours: bytes, reference: bytes, runs: int) -> tuple[float, list[Measured]]:
    """Nanoseconds of a call of the interpreter, and those of each shape."""
    chosen = engine(kind)
    counting = Linked(chosen, ours, counts=True)
    linked = Linked(chosen, ours)
    floor = _least([linked.interface()], _CALLS, runs)[0] / IN_A_ROW
    rows = []
    sides = zip(loops(counting), loops(linked), loops(Linked(chosen, reference)), strict=True)
    for number, (count, own, other) in enumerate(sides):
        shape, type = list(SHAPES.items())[number // 2]
        times = _CALLS if type is None or not type.startswith("list") else _CALLS // LENGTH
        before = counting.calls
        count(_COUNTED)
        demanded = (counting.calls - before) / _COUNTED
        mine, theirs = _least([own, other], times, runs)
        rows.append(Measured(f"{shape}, {('exported', 'imported')[number % 2]}", mine, theirs, demanded))
    return floor, rows


def _least(functions: list[Loop], times: int, runs: int) -> list[float]:
    """Nanoseconds of one call by each function: the least of several runs, in turns."""
    least = [float("inf")] * len(functions)
    for _ in range(runs):
        for index, function in enumerate(functions):
            started = time.process_time_ns()
            function(times)
            least[index] = min(least[index], (time.process_time_ns() - started) / times)
    return least


def show(kind: EngineKind, floor: float, rows: list[Measured], console: Console) -> None:
    table = Table("shape", "ours, ns", "reference, ns", "reference / ours", "ours / floor", title=kind.value)
    for row in rows:
        least = row.demanded * floor
        table.add_row(
            row.name,
            f"{row.ours:.0f}",
            f"{row.reference:.0f}",
            f"{row.reference / row.ours:.2f}",
            f"{row.ours / least:.2f}" if least else "-",
        )
    console.print(table)
    console.print(f"a call of the interpreter: {floor:.2f} ns")


@click.command()
@click.option("--runs", default=9, show_default=True, type=click.IntRange(1), help="Runs of each shape.")
@click.option(
    "--optimize", default="speed", show_default=True, type=click.Choice([choice.value for choice in Optimize])
)
def main(runs: int, optimize: str) -> None:
    """Measure calls through libraries."""
    ours, reference = libraries(world(), Optimize(optimize))
    for kind in EngineKind:
        show(kind, *measure(kind, ours, reference, runs), Console())


if __name__ == "__main__":
    main()

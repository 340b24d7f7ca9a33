"""Links of large libraries, and the start of the command, beside the reference: `python -m benchmarks.linking`.

Processor seconds and the greatest memory, each the least of several runs, and the ratio of ours to the reference's. By
default the reference also validates the component, which ours does not, so the row without that is the fair one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click
from rich.console import Console
from rich.table import Table

from benchmarks import bytecode, measured_child
from generator.cli import main as generator
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op, const_global
from generator.wasm.encode import encode_name, encode_vector
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, MemoryType, ValType
from harness.toolchains import reference_binary

_OURS = (sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main(sys.argv[1:]))")
_UNARY = FuncType((ValType.I32,), (ValType.I32,))
_WIT = "package a:b; world w { export run: func(x: u32) -> u32; }"
LIBRARIES = 8
SMALL = 0.1
"""Megabytes of libraries whose link is little more than the start of the command."""
_SHARED = 20
"""Functions that each library exports, and the next one imports."""
_STEPS = 40
"""Additions in each function, so that it is about as large as a compiled one."""


@dataclass(frozen=True, slots=True)
class Used:
    """The cost of one run: processor seconds, bytes of memory at the peak."""

    seconds: float
    memory: int


def library(number: int, size: int) -> bytes:
    """About `size` bytes: three quarters are functions, which call each other and the library before; the rest is data
    that does not repeat. The last library exports what its world exports."""
    random = Random(number)
    builder = ModuleBuilder()
    needed = [] if number == 0 else [f"lib{number - 1}.so"]
    data = random.randbytes(size // 4)
    builder.module.leading_customs.append(CustomSection("dylink.0", _dylink(len(data), needed)))
    imported = [builder.import_function("env", f"f{number - 1}_{n}", _UNARY) for n in range(_SHARED if number else 0)]
    base = builder.import_global("env", "__memory_base", GlobalType(ValType.I32))
    builder.import_memory("env", "memory", MemoryType(Limits(0)))
    defined: list[int] = []
    written = 0
    while written < size * 3 // 4 or len(defined) < _SHARED:
        body = _body(random, imported[len(defined) : len(defined) + 1] or defined[-1:])
        defined.append(builder.add_function(_UNARY, body, f"function {len(defined)}"))
        written += len(body)
    for n in range(_SHARED):
        builder.export(f"f{number}_{n}", ExternKind.FUNC, defined[n])
    if number == LIBRARIES - 1:
        builder.export("run", ExternKind.FUNC, defined[0])
    builder.add_data(const_global(base), data)
    return builder.encode(names=True)


def _body(random: Random, called: Sequence[int]) -> bytes:
    code = Code(1)
    code.local_get(0)
    for _ in range(_STEPS):
        code.i32_const(random.getrandbits(27))
        code.op(Op.I32_ADD)
    for function in called:
        code.call(function)
    return code.body()


def _dylink(memory: int, needed: Sequence[str]) -> bytes:
    """tool-conventions, DynamicLinking.md: sizes and alignments of memory and table, needed libraries."""
    parts = [(1, b"".join(map(encode_unsigned, (memory, 4, 0, 0)))), (2, encode_vector(list(map(encode_name, needed))))]
    return b"".join([bytes([id]) + encode_unsigned(len(body)) + body for id, body in parts])


def libraries(folder: Path, megabytes: float) -> list[str]:
    """Libraries of that size in all, as words of the command."""
    folder.mkdir(exist_ok=True)
    (folder / "a.wit").write_text(_WIT)
    words = []
    for number in range(LIBRARIES):
        path = folder / f"lib{number}.so"
        path.write_bytes(library(number, int(megabytes * 1_000_000) // LIBRARIES))
        words.append(str(path))
    if generator(["component", "embed", str(folder / "a.wit"), words[-1], "-o", words[-1]]):
        raise click.ClickException("the last library cannot be given its world")
    return words


def measure(command: Sequence[str], runs: int) -> Used:
    """The least of several runs, whose output goes nowhere. One before them fills the caches."""
    _run(command)
    found = [_run(command) for _ in range(runs)]
    return Used(min(used.seconds for used in found), min(used.memory for used in found))


def _run(command: Sequence[str]) -> Used:
    """Run it as a child of a small process, because a child begins with the memory of its parent."""
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        wrapper = [sys.executable, "-I", "-S", measured_child.__file__, str(report)]
        done = subprocess.run([*wrapper, *command], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise click.ClickException(f"{' '.join(command)} ended with {done.returncode}")
        used = json.loads(report.read_text())
    return Used(used["seconds"], used["memory"])


@click.command()
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1), help="Runs of each command.")
@click.option("--megabytes", default=10.0, show_default=True, type=click.FloatRange(0.01), help="Of all libraries.")
def main(runs: int, megabytes: float) -> None:
    """Measure links of large libraries, and the start of the command."""
    reference = reference_binary.find().path
    table = Table("what", "ours, seconds", "reference", "ratio", "ours, MB", "reference", "ratio")
    with tempfile.TemporaryDirectory() as name, bytecode.kept():
        output = ["-o", str(Path(name) / "out.wasm")]
        small = ["component", "link", *libraries(Path(name) / "small", SMALL), *output]
        link = ["component", "link", *libraries(Path(name) / "large", megabytes), *output]
        rows: tuple[tuple[str, list[str], list[str]], ...] = (
            ("start (--version)", ["--version"], ["--version"]),
            ("start (help of link)", ["component", "link", "--help"], ["component", "link", "--help"]),
            (f"link {SMALL:g} MB", small, small),
            (f"link {megabytes:g} MB", link, link),
            (f"link {megabytes:g} MB, none validates", link, [*link, "--validate=false"]),
        )
        for what, ours, theirs in rows:
            mine, other = measure([*_OURS, *ours], runs), measure([reference, *theirs], runs)
            table.add_row(
                what,
                f"{mine.seconds:.3f}",
                f"{other.seconds:.3f}",
                f"{mine.seconds / max(other.seconds, 0.001):.1f}",
                f"{mine.memory / 1e6:.0f}",
                f"{other.memory / 1e6:.0f}",
                f"{mine.memory / max(other.memory, 1):.2f}",
            )
    Console().print(table)


if __name__ == "__main__":
    main()

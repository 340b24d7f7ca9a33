"""The processor time that commands take to start: `python -m benchmarks.startup [--runs N]`.

The minimum of several runs, compared with the interpreter alone. The installed packages count: an editable installation
takes a part of the time, which is also in the floor `python -c pass`.
"""

from __future__ import annotations

import os
import subprocess
import sys

import click
from rich.console import Console
from rich.table import Table

from benchmarks import bytecode

COMMANDS = (
    ("-c", "pass"),
    ("-m", "generator", "--help"),
    ("-m", "generator", "wit-dylib", "--help"),
    ("-m", "generator", "component", "link", "--help"),
    ("-m", "harness", "--help"),
    ("-m", "harness", "--version"),
    ("-m", "harness", "run", "--help"),
)


def seconds(arguments: tuple[str, ...]) -> float:
    """Processor seconds, in user and system mode, for one run of Python."""
    process = subprocess.Popen([sys.executable, *_started(arguments)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"{' '.join(arguments)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def _started(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Commands are started as their scripts start them."""
    if arguments[0] != "-m":
        return arguments
    package, words = arguments[1], list(arguments[2:])
    return ("-c", f"import sys; sys.argv[1:] = {words!r}; from {package}.cli import main; sys.exit(main())")


@click.command()
@click.option("--runs", default=7, show_default=True, type=click.IntRange(1), help="Runs of each command.")
def main(runs: int) -> None:
    """Measure how long commands take to start."""
    table = Table("command", "processor seconds", "beyond the interpreter")
    floor = 0.0
    with bytecode.kept():
        for arguments in COMMANDS:
            least = min(seconds(arguments) for _ in range(runs + 1))  # the first one compiles
            floor = floor or least
            name = "python -c pass" if arguments[0] == "-c" else " ".join(arguments[1:])
            table.add_row(name, f"{least:.3f}", f"{least - floor:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()

"""The outcome of a tool that ran as a process."""

from __future__ import annotations

import re
from itertools import groupby

from harness.process.children import CannotStart, Completed, ProcessLimits, Running
from harness.process.last_words import tell_of_no_memory
from harness.process.memory import limits_of_this_process
from harness.toolchains.protocol import BuildResult, Built, InvalidOutput, Panicked, Refused, TimedOut

RUST_PANIC = 101
"""The exit code of a Rust program that panicked."""
REFUSALS = (1, 2)
"""The exit codes of bad input and of wrong usage."""

OWN_VALIDATOR = "failed to validate component output"
"""The messages of `component link` and `component new` if their own validator refuses the result."""

_THREAD = re.compile(r"thread '([^']*)' \(\d+\)")
"""A Rust panic contains the number of its thread, which differs each time."""


def await_end(running: Running, stage: str, limits: ProcessLimits) -> BuildResult:
    """The outcome of a tool's run, including a failed start. Raises `Killed`."""
    try:
        completed = running.wait()
    except CannotStart as error:
        return Panicked(127, f"{error.filename} cannot be started: {error.strerror}", stage)
    return judge_exit(completed, stage, limits)


def judge_exit(completed: Completed, stage: str, limits: ProcessLimits) -> BuildResult:
    """The outcome of a tool's run. A clean refusal is exit code 1 or 2 with a message; anything else is a crash.

    Raises MemoryError if the tool got less memory than the harness gives tools: `ulimit` is at fault, not the tool.
    """
    if completed.timed_out:
        return TimedOut(limits.seconds, stage)
    if completed.flooded:
        return Panicked(completed.exit_code, f"wrote more than {limits.output >> 20} MiB into a file", stage)
    if completed.overfull:
        return Panicked(completed.exit_code, f"wrote more than {limits.written >> 20} MiB in all", stage)
    if completed.exit_code == 0:
        return Built(completed.stdout)
    message = _once(_THREAD.sub(r"thread '\1'", completed.stderr.strip()))
    if tell_of_no_memory(message):
        if any(limit < limits.memory for limit in limits_of_this_process()):
            raise MemoryError
        told = f"memory ran out: a tool may use {limits.memory >> 20} MiB: {message}"
        return Panicked(completed.exit_code, told, stage)
    if completed.exit_code in REFUSALS and OWN_VALIDATOR in message:
        return InvalidOutput(message, stage, b"")
    if completed.exit_code in REFUSALS and message:
        return Refused(message, stage)
    return Panicked(completed.exit_code, message or f"ended with code {completed.exit_code}, without a message", stage)


def _once(message: str) -> str:
    """A line that comes three times or more in a row is told once: a panic may say the same of each local variable."""
    told: list[str] = []
    for line, group in groupby(message.split("\n")):
        again = sum(1 for _ in group) - 1
        told += [line, "(the same line again and again)"] if again > 1 else [line] * (again + 1)
    return "\n".join(told)

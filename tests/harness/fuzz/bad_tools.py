"""Toolchains that behave as badly as any tool may, for `--toolchain python:tests.harness.fuzz.bad_tools:NAME`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.wasm.encode import encode_section
from harness.toolchains.ours import OurToolchain
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Toolchain,
)


class _Job:
    def __init__(self, work: Callable[[], BuildResult]) -> None:
        self._work = work

    def result(self) -> BuildResult:
        return self._work()


class _Bad:
    def __init__(self, work: Callable[[], BuildResult]) -> None:
        self._work = work

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return _Job(self._work)

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        return OurToolchain().link(libraries, options)


def _toolchain(work: Callable[[], BuildResult]) -> Toolchain:
    tool = _Bad(work)
    return Toolchain("bad", "bad", "1", tool, tool, in_process=True)


def _hang() -> BuildResult:
    while True:
        time.sleep(1)


def _die() -> BuildResult:
    os._exit(7)


def _eat_memory() -> BuildResult:
    eaten = []
    while True:
        eaten.append(bytearray(1 << 28))


def _flood() -> BuildResult:
    """A valid module with a custom section of 50 MB."""
    custom = encode_section(0, b"\x01x" + bytes(50 << 20))
    return Built(b"\0asm\1\0\0\0" + custom)


def hangs() -> Toolchain:
    return _toolchain(_hang)


def dies() -> Toolchain:
    return _toolchain(_die)


def eats_memory() -> Toolchain:
    return _toolchain(_eat_memory)


def floods() -> Toolchain:
    return _toolchain(_flood)


def panics() -> Toolchain:
    return _toolchain(lambda: Panicked(101, "thread 'main' panicked at a.rs:1:2:\nno 7th way", "generate"))

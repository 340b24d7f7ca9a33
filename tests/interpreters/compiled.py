"""C sources of tests as dynamic libraries, compiled as the project's own interpreter is."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from interpreters import header
from interpreters.build import COMPILE, LINK, zig

ZIG = importlib.util.find_spec("ziglang") is not None
NO_ZIG = "no C compiler: the extra `interpreters` (ziglang) is not installed"

_INCLUDE = ("-Iinclude", f"-I{header().parent}")


def compile_library(source: Path, work: Path, flags: Sequence[str] = ()) -> bytes:
    """The library of one source; every undefined function is imported from `env`, or from where the source says."""
    command = [_INCLUDE[1] if word == _INCLUDE[0] else word for word in COMPILE]
    zig([*command, *flags, source, "-o", "object.o"], work, work / "cache")
    zig([*LINK, "object.o", "-o", "library.so"], work, work / "cache")
    return (work / "library.so").read_bytes()

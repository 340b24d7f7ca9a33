"""C sources of tests as dynamic libraries, compiled as the project's own interpreter is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from interpreters import header
from interpreters.build import COMPILE, LINK

ZIG = importlib.util.find_spec("ziglang") is not None
NO_ZIG = "no C compiler: the extra `interpreters` (ziglang) is not installed"

_INCLUDE = ("-Iinclude", f"-I{header().parent}")


def compile_library(source: Path, work: Path, flags: Sequence[str] = ()) -> bytes:
    """The library of one source; every undefined function is imported from `env`, or from where the source says."""
    command = [_INCLUDE[1] if word == _INCLUDE[0] else word for word in COMPILE]
    _zig([*command, *flags, str(source), "-o", "object.o"], work)
    _zig([*LINK, "object.o", "-o", "library.so"], work)
    return (work / "library.so").read_bytes()


def _zig(words: Sequence[str], work: Path) -> None:
    cache = str(work / "cache")
    environment = {**os.environ, "ZIG_LOCAL_CACHE_DIR": cache, "ZIG_GLOBAL_CACHE_DIR": cache}
    command = [sys.executable, "-m", "ziglang", *words]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr

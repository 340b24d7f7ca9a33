"""The interpreter built natively, under sanitizers."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from interpreters import header
from interpreters.build import build

HERE = Path(__file__).resolve().parent
SOURCES = header().parent.parent / "src"

ZIG = importlib.util.find_spec("ziglang") is not None
NO_ZIG = "no C compiler: the extra `interpreters` (ziglang) is not installed"

TRAPPED = 3
"""Exit code of the native program after a trap of the interpreter (native/platform.c)."""

SANITIZED = ("-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-sanitize-recover=all")


@dataclass(frozen=True)
class Outcome:
    """The output of a native run; `lines` is its trace."""

    exit_code: int
    lines: tuple[str, ...]

    @property
    def trap(self) -> str | None:
        """The cause of the interpreter's trap."""
        if self.exit_code != TRAPPED:
            return None
        last = self.lines[-1] if self.lines else ""
        return last.removeprefix("fail ") if last.startswith("fail ") else "untold"


@dataclass(frozen=True)
class Native:
    """The native program (native/main.c)."""

    program: Path
    work: Path

    def run(self, script: bytes | str, commands: str) -> Outcome:
        """A run; fails the test when a sanitizer finds anything or the program breaks down."""
        script_file, command_file = self.work / "script", self.work / "commands"
        script_file.write_bytes(script.encode() if isinstance(script, str) else script)
        command_file.write_text(commands)
        done = subprocess.run([self.program, script_file, command_file], capture_output=True, timeout=60)
        assert done.returncode in (0, TRAPPED), done.stderr.decode(errors="replace")
        return Outcome(done.returncode, tuple(done.stdout.decode("ascii").splitlines()))


def lines(commands: str) -> str:
    """Commands of the native program, separated by `|`, after the world is there."""
    return "initialize\n" + "\n".join(command.strip() for command in commands.split("|"))


def _compilers() -> list[list[str]]:
    """Commands to try: the system's compiler with both sanitizers, zig's clang with the one that it has."""
    found = []
    system = shutil.which("cc")
    if system is not None:
        found.append([system, "-fsanitize=address,undefined"])
    if ZIG:
        found.append([sys.executable, "-m", "ziglang", "cc", "-fsanitize=undefined"])
    return found


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory) -> Native:
    work = tmp_path_factory.mktemp("native")
    program = work / "boxed"
    sources = [*sorted(SOURCES.glob("*.c")), *sorted((HERE / "native").glob("*.c"))]
    includes = [f"-I{header().parent}", f"-I{SOURCES}"]
    messages = []
    for compiler in _compilers():
        command = [*compiler, *SANITIZED, *includes, *map(str, sources), "-o", str(program)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            return Native(program, work)
        messages.append(done.stderr)
    if messages:
        pytest.fail("no compiler builds the native program:\n" + "\n".join(messages))
    pytest.skip(NO_ZIG)


@pytest.fixture(scope="session")
def sanitized() -> bytes:
    """The interpreter as a library that traps at undefined behaviour."""
    if not ZIG:
        pytest.skip(NO_ZIG)
    return build(3, ["-fsanitize=undefined", "-fsanitize-trap=undefined"])

"""The interpreter built natively, under sanitizers; the adapter for interpreters with WASI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from interpreters import header
from interpreters.build import build, sources
from tests.interpreters.composed import Build, Compose, Composed, World
from tests.interpreters.shared import shared_folder

HERE = Path(__file__).resolve().parent
SOURCES = header().parent.parent / "src"

ZIG = importlib.util.find_spec("ziglang") is not None
NO_ZIG = "no C compiler: the extra `interpreters` (ziglang) is not installed"

ADAPTER = "wasi_snapshot_preview1.reactor.wasm"
PACKAGE = "@bytecodealliance/jco@1.17.0"
"""A package of npm with this adapter."""

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
    files = [*sources(), *sorted((HERE / "native").glob("*.c"))]
    includes = [f"-I{header().parent}", f"-I{SOURCES}"]
    messages = []
    for compiler in _compilers():
        command = [*compiler, *SANITIZED, *includes, *map(str, files), "-o", str(program)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            return Native(program, work)
        messages.append(done.stderr)
    if messages:
        pytest.fail("no compiler builds the native program:\n" + "\n".join(messages))
    pytest.skip(NO_ZIG)


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Compose:
    directory = tmp_path_factory.mktemp("tools")

    @cache
    def build(world: World, how: Build) -> Composed:
        return Composed(world, how, directory)

    return build


@pytest.fixture(scope="session")
def sanitized() -> bytes:
    """The interpreter as a library that traps at undefined behaviour."""
    if not ZIG:
        pytest.skip(NO_ZIG)
    return build(3, ["-fsanitize=undefined", "-fsanitize-trap=undefined"])


@pytest.fixture(scope="session")
def zig_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What zig has compiled, for all tests of a run. The key is the command: one that runs in several folders must not
    name folders of headers by relative paths."""
    return shared_folder(tmp_path_factory, "zig-cache")


@pytest.fixture(scope="session")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter of Wasmtime: in the folder of `WASI_ADAPTER`, else from npm's package of jco."""
    given = os.environ.get("WASI_ADAPTER")
    if given:
        return Path(given) / ADAPTER
    if shutil.which("npm") is None:
        pytest.skip("no npm to get the adapter with, and no WASI_ADAPTER")
    folder = tmp_path_factory.mktemp("adapter")
    command = ["npm", "pack", "--silent", "--ignore-scripts", PACKAGE]
    try:
        subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot get the adapter: {error}")
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as members:
        content = members.extractfile(f"package/lib/{ADAPTER}")
        assert content is not None
        (folder / ADAPTER).write_bytes(content.read())
    return folder / ADAPTER

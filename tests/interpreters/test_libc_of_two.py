"""docs/linking.md, "A shared C library": its commands are run, and the components of both linkers print the same.

What they print depends on which library has which C library: with one in each, nearly every line would differ.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.toolchains.reference_binary import find
from tests.harness.test_page_commands import blocks
from tests.interpreters.conftest import NO_ZIG, ZIG
from tests.interpreters.lua.wasmtime_command import wasmtime

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).resolve().parent / "libc_of_two"
GENERATOR = "import sys; from generator.cli import main; sys.exit(main())"
SECONDS = 300
"""For all commands; the first on a machine compiles a libc."""

EXPECTED = """buffered by the first, flushed by the second
not buffered
memory: shared
WHO: {who}, {who}
SET: by the first, by the second
clocks: agree
errno: shared
rand: one sequence
"""

pytestmark = pytest.mark.skipif(not ZIG, reason=NO_ZIG)


def shell_functions(commands: Mapping[str, list[str]]) -> str:
    return "".join([f'{name}() {{ {shlex.join(words)} "$@"; }}\n' for name, words in commands.items()])


@dataclass(frozen=True)
class Apps:
    folder: Path
    command: Path

    def run(self, component: str, *flags: str) -> tuple[str, int]:
        """What it printed, and its result."""
        words = [str(self.command), "run", *flags, "--invoke", "run()", component]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        found = re.fullmatch(r"(.*\n)(\d+)\n", done.stdout, re.DOTALL)
        assert found is not None, done.stdout
        return found[1], int(found[2])


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory, adapter: Path, zig_cache: Path) -> Apps:
    folder = tmp_path_factory.mktemp("libc-of-two")
    for file in (*SOURCES.glob("*.c"), adapter):
        shutil.copy(file, folder)
    (block,) = [block for block in blocks(ROOT / "docs" / "linking.md", "sh") if "libc.so" in block]
    commands = {
        "python": [sys.executable],
        "generator": [sys.executable, "-c", GENERATOR],
        "wasm-tools": [str(find().path)],
    }
    # a name with a hyphen is none of a function in every shell
    script = shell_functions({name.replace("-", "_"): words for name, words in commands.items()})
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ZIG_LOCAL_CACHE_DIR": str(zig_cache)}
    words = ["sh", "-ec", script + block.replace("wasm-tools ", "wasm_tools ")]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return Apps(folder, wasmtime(folder))


@pytest.mark.parametrize("component", ["app.wasm", "app-of-the-reference.wasm"])
@pytest.mark.parametrize(("flags", "who"), [((), "none"), (("--env", "WHO=Ada"), "Ada")])
def test_two_libraries_have_one_libc(apps: Apps, component: str, flags: tuple[str, ...], who: str) -> None:
    before = int(time.time())
    printed, now = apps.run(component, *flags)
    assert printed == EXPECTED.format(who=who)
    assert before <= now <= time.time()

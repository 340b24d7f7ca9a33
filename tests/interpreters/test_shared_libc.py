"""`--interpreter` with a C library as `--library` and the real adapter: echo with the memory of wasi-libc.

ziglang compiles its libc when it builds the first such library on a machine; the libraries of Lua take the same.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli.group import commands
from interpreters import header
from interpreters.build import COMPILE, LINK, zig
from interpreters.echo import SOURCES as ECHO
from tests.interpreters.conftest import NO_ZIG, ZIG

HERE = Path(__file__).resolve().parent / "shared_libc"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "interpreters.md"
OFFERED = ("malloc", "free", "memcpy", "getenv", "gettimeofday", "snprintf", "strcmp", "puts")
PREVIEW1 = "wasi_snapshot_preview1"
WIT = """package a:b;
interface x {
  record entry { name: string, balance: s8 }
  total: func(entries: list<entry>) -> list<entry>;
  resource r { constructor(v: u32); get: func() -> u32; }
}
world w { import x; export x; }
"""

pytestmark = [
    pytest.mark.skipif(not ZIG, reason=NO_ZIG),
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux only"),
]


def command(beginning: str) -> list[str]:
    """The words of a command of the page."""
    text = PAGE.read_text(encoding="utf-8").replace("\\\n", " ").partition("## WASI")[2].partition("\n## ")[0]
    (line,) = [line for line in text.splitlines() if line.startswith(beginning)]
    return shlex.split(line)


@pytest.fixture(scope="module")
def libc(tmp_path_factory: pytest.TempPathFactory, zig_cache: Path) -> Path:
    """What echo needs of wasi-libc, as a library of its own."""
    work = tmp_path_factory.mktemp("libc")
    (work / "empty.c").write_text("int libc_is_here;\n")
    words = command("python3 -m ziglang ")[3:]
    exports = [f"-Wl,--export={name}" for name in OFFERED]
    # these flags, with exceptions, are those of Lua's libraries: so both have one libc
    zig([*(word for word in words if "--export" not in word), *exports], work, zig_cache, shared_libc=True)
    return work / "libc.so"


def interpreter(libc: Path, work: Path, zig_cache: Path, flags: Sequence[str] = ()) -> Path:
    sources = [path for path in sorted(ECHO.glob("*.c")) if path.name != "memory.c"]
    words = [f"-I{header().parent}" if word == "-Iinclude" else word for word in COMPILE if word != "-Isrc"]
    objects = []
    for source in [*sources, HERE / "memory.c"]:
        objects.append(f"{source.parent.name}-{source.stem}.o")
        zig([*words, f"-I{ECHO}", "-DWIT_DYLIB_VERSION=3", *flags, source, "-o", objects[-1]], work, zig_cache)
    zig([*LINK, *objects, libc, "-o", "my.so"], work, zig_cache)
    return work / "my.so"


def check(work: Path, words: Sequence[str]) -> tuple[int, str]:
    """The command of the page, in a folder with its files."""
    (work / "my.wit").write_text(WIT)
    done = CliRunner().invoke(commands, [*words, "--calls", "20"])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("flags", "code", "told"),
    [
        ([], 0, "1 case: 1 pass in "),
        (["-DMUTANT_NEEDS_ENVIRONMENT"], 1, "got:      a trap (unreachable: "),
    ],
    ids=["right", "wrong"],
)
def test_with_the_real_adapter(
    tmp_path: Path,
    libc: Path,
    zig_cache: Path,
    adapter: Path,
    flags: list[str],
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    interpreter(libc, tmp_path, zig_cache, flags)
    for file in (libc, adapter):
        shutil.copy(file, tmp_path)
    found, output = check(tmp_path, command("harness check")[1:])
    assert (found, told in output) == (code, True), output
    assert ("in the minority: my.so\n" in output) is (code == 1)


def test_without_the_adapter_it_is_named(
    tmp_path: Path, libc: Path, zig_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    interpreter(libc, tmp_path, zig_cache)
    shutil.copy(libc, tmp_path)
    words = command("harness check")[1:]
    code, output = check(tmp_path, words[: words.index("--adapt")])
    assert code == 2
    assert f"libc.so imports from {PREVIEW1}: name the adapter that implements it, --adapt" in output

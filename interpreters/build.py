"""Builds the interpreter's libraries from their C sources: `python -m interpreters.build [--check]`.

Needs the extra `interpreters` (ziglang: clang and wasm-ld). The `generator` command makes the section with the native
imports and exports, as in any guest's build. The result depends on nothing else: no path, no time, no name of a
machine. So `--check` compares it with the committed files.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from interpreters import ALL, HOOKS, MODES, boxed

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "src"
WIT = ROOT / "wit" / "boxed.wit"
WIT_OF_ASYNC = ROOT / "wit" / "boxed-async.wit"

COMPILE = (
    "cc",
    "--target=wasm32-freestanding",
    "-std=c11",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-fPIC",
    "-Os",  # every run of the harness compiles the library: small beats quick
    "-g0",
    "-ffreestanding",
    "-fno-builtin",
    "-fvisibility=hidden",
    "-Iinclude",
    "-Isrc",
    "-c",
)
LINK = (
    "wasm-ld",
    "-shared",
    "--experimental-pic",
    "--no-entry",
    "--unresolved-symbols=import-dynamic",
    "--export-dynamic",
    # Without this the constructors are linked and silently never run.
    "--export-if-defined=__wasm_call_ctors",
)


class BuildError(Exception):
    """The libraries cannot be built; the message gives the reason and the fix."""


def _run(command: Sequence[str | Path], cwd: Path, cache: Path) -> None:
    environment = {**os.environ, "ZIG_LOCAL_CACHE_DIR": str(cache), "ZIG_GLOBAL_CACHE_DIR": str(cache)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise BuildError(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()}")


def _zig(arguments: Sequence[str | Path], cwd: Path, cache: Path) -> None:
    if importlib.util.find_spec("ziglang") is None:
        raise BuildError("no C compiler: install ziglang (pip install -e '.[interpreters]')")
    _run([sys.executable, "-m", "ziglang", *arguments], cwd, cache)


def _embed_world(wit: Path, library: Path, out: Path, cache: Path) -> None:
    """Add the `component-type` section, in which linkers look for a library's world."""
    generator = (sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main())")
    relative = wit.relative_to(ROOT.parent)
    _run([*generator, "component", "embed", relative, "--world", "boxed", library, "-o", out], ROOT.parent, cache)


def compile_library(sources: Sequence[Path], out: Path, work: Path, flags: Sequence[str] = ()) -> None:
    """Compile and link C sources (paths below `interpreters/`) as a library without its `component-type` section."""
    objects = [work / f"{source.stem}.o" for source in sources]
    for source, object in zip(sources, objects, strict=True):
        # Relative to ROOT, so that the object contains no path of this machine.
        _zig([*COMPILE, *flags, source.relative_to(ROOT), "-o", object], ROOT, work / "cache")
    _zig([*LINK, *objects, "-o", out], ROOT, work / "cache")


def sources(hooks: str = "", mode: str = "") -> list[Path]:
    """The C sources of a library with these task hooks, for a kind of worlds (`interpreters.MODES`)."""
    common = [path for path in sorted(SOURCES.glob("*.c")) if hooks or path.name != "hooks.c"]
    return [*common, *sorted((SOURCES / ("asynchronous" if mode else "synchronous")).glob("*.c"))]


def build(version: int, flags: Sequence[str] = (), hooks: str = "", mode: str = "") -> bytes:
    """The library for a version of the interface, with these task hooks, for a kind of worlds. `flags` go to the
    compiler.

    BuildError with its messages.
    """
    with tempfile.TemporaryDirectory(prefix="boxed-") as folder:
        work = Path(folder)
        # The linker writes the file's name into the name section, which backtraces show.
        linked, out = work / "boxed.so", work / "embedded.so"
        chosen = [f"-DTASK_HOOKS={HOOKS.index(hooks) + 1}"] if hooks else []
        chosen += [f"-DBOXED_ASYNC={MODES.index(mode) + 1}"] if mode else []
        compile_library(sources(hooks, mode), linked, work, [f"-DWIT_DYLIB_VERSION={version}", *chosen, *flags])
        _embed_world(WIT_OF_ASYNC if mode else WIT, linked, out, work)
        return out.read_bytes()


@click.command()
@click.option("--check", is_flag=True, help="Compare with the committed libraries; write nothing.")
def main(check: bool) -> None:
    """Build the boxed interpreter's libraries."""
    stale = []
    for version, hooks, mode in ALL:
        path = boxed(version, hooks, mode)
        try:
            library = build(version, hooks=hooks, mode=mode)
        except BuildError as error:
            raise click.ClickException(str(error)) from None
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(library)
            click.echo(f"{path.name}: {len(library)} bytes")
        elif not path.exists() or path.read_bytes() != library:
            stale.append(path.name)
    if stale:
        raise click.ClickException(f"outdated: {', '.join(stale)}; run `python -m interpreters.build`")
    if check:
        click.echo("the committed libraries match the sources")


if __name__ == "__main__":
    main()

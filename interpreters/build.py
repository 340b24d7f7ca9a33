"""Builds the interpreters' libraries from their C sources: `python -m interpreters.build [--check]`.

Needs the extra `interpreters` (ziglang: clang and wasm-ld). The `generator` command makes the section with the native
imports and exports, as in any guest's build. The result depends on nothing else: no path, no time, no name of a
machine. So `--check` compares it with the committed files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from interpreters import ALL, HOOKS, MODES, VERSIONS, WITH_FAULTS, boxed, faulty
from interpreters.echo import SOURCES as ECHO
from interpreters.echo import echo

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "src"
WIT = ROOT / "wit" / "boxed.wit"
WIT_OF_ASYNC = ROOT / "wit" / "boxed-async.wit"
HOOKS_SOURCE = "hooks.c"
"""The one source that knows which task hooks a library has."""
FAULTS_SOURCE = "faults.c"
"""The source of what only the library of faults has (`interpreters.faulty`)."""

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


SECONDS = 600
"""For one command. The first build with a libc takes minutes on a busy machine."""


class BuildError(Exception):
    """The libraries cannot be built; the message gives the reason and the fix."""


def _run(command: Sequence[str | Path], cwd: Path, caches: Mapping[str, str]) -> None:
    environment = {**os.environ, **caches}
    try:
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise BuildError(f"{' '.join(map(str, command[:4]))} ... took more than {SECONDS} s") from None
    if done.returncode:
        raise BuildError(f"{' '.join(map(str, command))} failed:\n{done.stderr.strip()}")


def zig(arguments: Sequence[str | Path], cwd: Path, cache: Path, shared_libc: bool = False) -> None:
    """Run the compiler with a folder for its caches; with `shared_libc`, a libc that it compiles goes into the user's
    own cache of zig. Raises `BuildError` with its messages."""
    package = importlib.util.find_spec("ziglang")
    if package is None or package.origin is None:
        raise BuildError("no C compiler: install ziglang (pip install -e '.[interpreters]')")
    caches = ["ZIG_LOCAL_CACHE_DIR"] if shared_libc else ["ZIG_LOCAL_CACHE_DIR", "ZIG_GLOBAL_CACHE_DIR"]
    # as `python -m ziglang` does, without the start of a Python, which takes as long as to compile a small source
    command = Path(package.origin).with_name("zig")
    _run([command, *arguments], cwd, dict.fromkeys(caches, str(cache)))


def _embed_world(wit: Path, library: Path, out: Path) -> None:
    """Add the `component-type` section, in which linkers look for a library's world."""
    generator = (sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main())")
    relative = wit.relative_to(ROOT.parent)
    _run([*generator, "component", "embed", relative, "--world", "boxed", library, "-o", out], ROOT.parent, {})


def compile_library(
    sources: Sequence[Path], out: Path, objects: Path, flags: Sequence[str] = (), of_hooks: Sequence[str] = ()
) -> None:
    """Compile and link C sources (paths below `interpreters/`) as a library without its `component-type` section.

    Libraries with the same folder of `objects` share what the same flags make of the same source, so no source may
    change meanwhile. `of_hooks`: more flags, for `hooks.c` alone.
    """
    linked = []
    for source in sources:
        # Relative to ROOT, so that the object contains no path of this machine.
        command = [*COMPILE, *flags, *(of_hooks if source.name == HOOKS_SOURCE else ()), str(source.relative_to(ROOT))]
        object = objects / f"{source.stem}-{hashlib.sha256(repr(command).encode()).hexdigest()}.o"
        if not object.exists():
            zig([*command, "-o", object], ROOT, objects / "cache")
        linked.append(object)
    zig([*LINK, *linked, "-o", out], ROOT, objects / "cache")


def sources(hooks: str = "", mode: str = "", faults: bool = False) -> list[Path]:
    """The C sources of a library with these task hooks, for a kind of worlds (`interpreters.MODES`), with faults."""
    left_out = {name for name, taken in ((HOOKS_SOURCE, hooks), (FAULTS_SOURCE, faults)) if not taken}
    common = [path for path in sorted(SOURCES.glob("*.c")) if path.name not in left_out]
    return [*common, *sorted((SOURCES / ("asynchronous" if mode else "synchronous")).glob("*.c"))]


def build(
    version: int,
    flags: Sequence[str] = (),
    hooks: str = "",
    mode: str = "",
    objects: Path | None = None,
    faults: bool = False,
) -> bytes:
    """The library for a version of the interface, with these task hooks, for a kind of worlds, with faults to choose
    from. `flags` go to the compiler. `objects`: a folder that several libraries share (`compile_library`).

    BuildError with its messages.
    """
    with tempfile.TemporaryDirectory(prefix="boxed-") as folder:
        work = Path(folder)
        # The linker writes the file's name into the name section, which backtraces show.
        linked, out = work / "boxed.so", work / "embedded.so"
        of_hooks = [f"-DTASK_HOOKS={HOOKS.index(hooks) + 1}"] if hooks else []
        chosen = [f"-DBOXED_ASYNC={MODES.index(mode) + 1}"] if mode else []
        common = [f"-DWIT_DYLIB_VERSION={version}", *chosen, *(["-DWITH_FAULTS"] if faults else []), *flags]
        compile_library(sources(hooks, mode, faults), linked, objects or work, common, of_hooks)
        _embed_world(WIT_OF_ASYNC if mode else WIT, linked, out)
        return out.read_bytes()


def build_echo(version: int, flags: Sequence[str] = (), asynchronous: bool = False, copies: bool = False) -> bytes:
    """The library of `echo` for a version of the interface; its world is empty. BuildError with the messages."""
    flags = [*flags, "-DECHO_ASYNC"] if asynchronous or copies else flags
    flags = [*flags, "-DECHO_COPY"] if copies else flags
    with tempfile.TemporaryDirectory(prefix="echo-") as folder:
        work = Path(folder)
        out = work / "echo.so"
        compile_library(sorted(ECHO.glob("*.c")), out, work, [f"-DWIT_DYLIB_VERSION={version}", *flags])
        return out.read_bytes()


def _libraries(objects: Path) -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """Every committed library, and how it is made, with a folder for what several share."""
    for version, hooks, mode in ALL:
        yield boxed(version, hooks, mode), partial(build, version, hooks=hooks, mode=mode, objects=objects)
    version, hooks, mode = WITH_FAULTS
    yield faulty(), partial(build, version, hooks=hooks, mode=mode, objects=objects, faults=True)
    for version, asynchronous in itertools.product(VERSIONS, (False, True)):
        yield echo(version, asynchronous), partial(build_echo, version, asynchronous=asynchronous)
    for version in VERSIONS:
        yield echo(version, copies=True), partial(build_echo, version, copies=True)


@click.command()
@click.option("--check", is_flag=True, help="Compare with the committed libraries; write nothing.")
def main(check: bool) -> None:
    """Build the interpreters' libraries."""
    stale = []
    with tempfile.TemporaryDirectory(prefix="objects-") as folder:
        for path, make in _libraries(Path(folder)):
            try:
                library = make()
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

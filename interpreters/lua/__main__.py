"""The command `python -m interpreters.lua`: `build` makes the library of Lua, `program` a library of a program."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from interpreters import VERSIONS
from interpreters.build import BuildError
from interpreters.lua.build import LibraryKind, build
from interpreters.lua.program import program_library
from interpreters.lua.sources import NoSources, fetched, named, version

OUT = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """Lua 5.4 as an interpreter behind wit_dylib_*."""


@main.command("build")
@click.option(
    "--sources",
    type=FOLDER,
    envvar="LUA_SOURCES",
    help="A folder with Lua's sources. Default: LUA_SOURCES, or the source package, by apt.",
)
@click.option(
    "--abi-version", type=click.Choice([str(v) for v in VERSIONS]), default=str(VERSIONS[-1]), show_default=True
)
@click.option("--without-exceptions", is_flag=True, help="For engines without exceptions: every error of Lua traps.")
@click.option("--without-wasi", is_flag=True, help="Without io and os; the library imports nothing.")
@click.option("--with-async", is_flag=True, help="With asynchronous functions; the engine must have their built-ins.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ZIG_LOCAL_CACHE_DIR",
    help="A folder that keeps what is compiled, for the next time. Default: ZIG_LOCAL_CACHE_DIR, or none.",
)
@click.option("-o", "--output", type=OUT, default=Path("lua.so"), show_default=True)
def build_command(
    sources: Path | None,
    abi_version: str,
    without_exceptions: bool,
    without_wasi: bool,
    with_async: bool,
    cache: Path | None,
    output: Path,
) -> None:
    """Build the library. The first build takes a minute, because it compiles a libc as well."""
    kind = LibraryKind(int(abi_version), not without_exceptions, not without_wasi, with_async)
    with tempfile.TemporaryDirectory(prefix="lua-sources-") as folder:
        try:
            lua = named(sources) if sources else fetched(Path(folder))
            click.echo(f"Lua {'.'.join(version(lua))}; this takes a while", err=True)
            library = build(kind, lua, cache)
        except (NoSources, BuildError) as error:
            raise click.ClickException(str(error)) from None
    _write(output, library)


@main.command("program")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("-o", "--output", type=OUT, default=Path("program.so"), show_default=True)
def program_command(files: tuple[Path, ...], output: Path) -> None:
    """Make a library of a program: the first file is the program, `require` finds the others by their names."""
    _write(output, program_library([(path.stem, path.read_bytes()) for path in files]))


def _write(output: Path, data: bytes) -> None:
    try:
        output.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}") from None
    click.echo(f"{output}: {len(data)} bytes")


if __name__ == "__main__":
    main(prog_name="python -m interpreters.lua")

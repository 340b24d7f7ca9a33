"""The texts of a resolution: a file, or a folder with `deps/` (WIT.md, "Filesystem structure")."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.errors import WitError
from generator.wit.ast import File, PackageDeclaration
from generator.wit.parser import parse_file
from generator.wit.resolve import PackageSyntax
from generator.wit.resolve_package import Unit
from generator.wit.text import SourceText

MOST = 256 << 20
"""Bytes of a file of WIT, as text or binary: devices have no end."""


def read_entry(path: Path) -> bytes:
    """The contents of a file that was found in a folder. Raises WitError, also for pipes and devices: nobody named
    them, and reading one might never end."""
    if path.exists() and not path.is_file():
        raise WitError(f"cannot read {path}: not a regular file")
    return read_bytes(path)


def read_bytes(path: Path) -> bytes:
    """The contents of a file that the user named, which may be a pipe."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
    except OSError as error:
        raise WitError(f"cannot read {path}: {error.strerror or error}") from error
    if len(content) > MOST:
        raise WitError(f"cannot read {path}: it has more than {MOST >> 20} MiB")
    return content


def decode_text(name: str, content: bytes) -> SourceText:
    try:
        return SourceText(name, content.decode())
    except UnicodeDecodeError as error:
        before = SourceText(name, content[: error.start].decode())
        raise before.error(len(before.text), "the file is not valid UTF-8 from here on") from error


def wit_files(folder: Path) -> list[Path]:
    """The `*.wit` files directly in a folder, by name."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise WitError(f"cannot read {folder}: {error.strerror or error}") from error
    return [entry for entry in entries if entry.name.endswith(".wit") and not entry.is_dir()]


def dependencies_of(folder: Path) -> list[Path]:
    """The contents of a folder's `deps`: folders, texts and binaries, by name. Other files there are ignored."""
    deps = folder / "deps"
    if not deps.is_dir():
        return []
    entries = sorted(deps.iterdir())
    return [entry for entry in entries if entry.is_dir() or entry.suffix in (".wit", ".wasm", ".wat")]


def group_files(files: Sequence[File]) -> list[PackageSyntax]:
    """The packages in files that belong together: first the package of the files, then those nested in them.

    At least one of the files must name the package, and all names must agree.
    """
    main: PackageDeclaration | None = None
    main_source: SourceText | None = None
    docs: str | None = None
    for file in files:
        declared = file.package
        if declared is None:
            continue
        if main is not None and declared.name != main.name:
            message = f"this file says package `{declared.name}`, another one of the same folder `{main.name}`"
            raise file.source.error(declared.at, message, "files of one folder make one package")
        if declared.docs is not None and docs is not None:
            raise file.source.error(declared.at, "another file of this package also documents the package")
        main, main_source, docs = declared, file.source, declared.docs if declared.docs is not None else docs
    if main is None or main_source is None:
        what = "this file does not name its package" if len(files) == 1 else "no file of this folder names the package"
        raise files[0].source.error(0, what, "start with `package namespace:name;`")
    units = tuple(Unit(file.source, file.members) for file in files)
    packages = [PackageSyntax(main.name, main_source, main.at, docs, units)]
    for file in files:
        for declaration, members in file.nested:
            unit = Unit(file.source, members)
            packages.append(PackageSyntax(declaration.name, file.source, declaration.at, declaration.docs, (unit,)))
    return packages


def read_folder(folder: Path) -> list[PackageSyntax]:
    """The packages of the files directly in a folder."""
    paths = wit_files(folder)
    if not paths:
        raise WitError(f"there are no .wit files in {folder}")
    return group_files([parse_file(decode_text(str(path), read_entry(path))) for path in paths])

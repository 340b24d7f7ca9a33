"""WIT from files, folders and texts: the front door of the WIT front end."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generator.errors import WitError
from generator.wit.gates import Features
from generator.wit.model import PackageId, Resolve, WorldId
from generator.wit.parser import parse_file
from generator.wit.resolve import resolve_packages
from generator.wit.source import decode_text, group_files, read_bytes, read_folder
from generator.wit.text import SourceText

WASM_MAGIC = b"\0asm"


def load(path: Path, features: Iterable[str] = (), all_features: bool = False) -> tuple[Resolve, PackageId]:
    """The packages of a `.wit` file, a folder of them with its `deps/`, or a WIT package in binary form.

    The id is that of the main package. Raises WitError for anything that is not good WIT.
    """
    enabled = Features.of(features, all_features)
    if path.is_dir():
        return _load_folder(path, enabled)
    content = read_bytes(path)
    if content.startswith(WASM_MAGIC):
        return _decode(content, path)
    return _resolve_text(decode_text(str(path), content), enabled)


def load_text(
    text: str, file_name: str = "<text>", features: Iterable[str] = (), all_features: bool = False
) -> tuple[Resolve, PackageId]:
    """The packages of one text; `file_name` stands in errors."""
    return _resolve_text(SourceText(file_name, text), Features.of(features, all_features))


def _resolve_text(source: SourceText, features: Features) -> tuple[Resolve, PackageId]:
    packages = group_files([parse_file(source)], source.name)
    resolve = Resolve()
    ids = resolve_packages(packages, resolve, features)
    return resolve, ids[packages[0].name]


def _load_folder(folder: Path, features: Features) -> tuple[Resolve, PackageId]:
    packages = read_folder(folder)
    main = packages[0].name
    resolve = Resolve()
    deps = folder / "deps"
    for entry in sorted(deps.iterdir()) if deps.is_dir() else ():
        if entry.is_dir():
            packages += read_folder(entry)
        elif entry.suffix == ".wit":
            source = decode_text(str(entry), read_bytes(entry))
            packages += group_files([parse_file(source)], source.name)
        elif entry.suffix == ".wasm":
            raise WitError(f"{entry}: dependencies in binary form are not supported yet")
    ids = resolve_packages(packages, resolve, features)
    return resolve, ids[main]


def _decode(content: bytes, path: Path) -> tuple[Resolve, PackageId]:
    raise WitError(f"{path}: WIT in binary form is not supported yet")


def select_world(resolve: Resolve, package: PackageId, name: str | None) -> WorldId:
    """The world that `name` means (WIT.md, "Specifying a World").

    A bare name is a world of `package`; `namespace:package/world@version` is any; None is the only world of
    `package`. Raises WitError, which lists the worlds to choose from.
    """
    main = resolve.packages[package]
    if name is None:
        if len(main.worlds) == 1:
            return next(iter(main.worlds.values()))
        if not main.worlds:
            raise WitError(f"the package `{main.name}` has no world", hint=_candidates(resolve, package))
        raise WitError(f"the package `{main.name}` has several worlds", hint=_candidates(resolve, package))
    if "/" not in name:
        world = main.worlds.get(name.removeprefix("%"))
        if world is None:
            raise WitError(f"the package `{main.name}` has no world `{name}`", hint=_candidates(resolve, package))
        return world
    package_text, _, rest = name.partition("/")
    world_name, at, version = rest.partition("@")
    found = []
    for candidate in resolve.packages:
        same_name = f"{candidate.name.namespace}:{candidate.name.name}" == package_text
        if same_name and candidate.name.version == (version if at else None):
            found = [candidate]
            break
        if same_name and not at:
            found.append(candidate)
    worlds = [candidate.worlds[world_name] for candidate in found if world_name in candidate.worlds]
    if len(worlds) != 1:
        problem = "is in several versions of its package" if worlds else "does not exist"
        raise WitError(f"the world `{name}` {problem}", hint=_candidates(resolve, package))
    return worlds[0]


def _candidates(resolve: Resolve, package: PackageId) -> str:
    """The worlds one could have meant, those of the main package first."""
    ids = []
    others = [candidate for index, candidate in enumerate(resolve.packages) if index != package]
    for candidate in [resolve.packages[package], *others]:
        version = f"@{candidate.name.version}" if candidate.name.version is not None else ""
        ids += [f"{candidate.name.namespace}:{candidate.name.name}/{world}{version}" for world in candidate.worlds]
    return f"worlds to choose from: {', '.join(ids)}" if ids else "no package here has a world"

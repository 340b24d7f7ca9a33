"""WIT from files, folders and texts: the entry points of the WIT front end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError, WitError
from generator.resolved.model import PackageId, Resolve, WorldId
from generator.sources.texts import decode_text, dependencies_of, group_files, read_bytes, read_entry, read_folder
from generator.text_format.detect import BINARY_MAGIC, is_text, is_text_among_wit
from generator.wit.combine import add_packages
from generator.wit.gates import Features
from generator.wit.parser import parse_file
from generator.wit.resolve import resolve_packages
from generator.wit.text import SourceText


@dataclass(frozen=True, slots=True)
class Loaded:
    """The contents of a path. `world` is set if the input describes one world: a component, or a core module."""

    resolve: Resolve
    package: PackageId
    world: WorldId | None = None


def load(path: Path, features: Iterable[str] = (), all_features: bool = False) -> tuple[Resolve, PackageId]:
    """The packages of a `.wit` file, a folder of them with its `deps/`, or a WIT package in binary form.

    The id is that of the main package. Raises WitError for invalid WIT.
    """
    loaded = load_input(path, features, all_features)
    return loaded.resolve, loaded.package


def load_input(
    path: Path, features: Iterable[str] = (), all_features: bool = False, *, for_binary: bool = False
) -> Loaded:
    """The same, but it also accepts components, and core modules that contain a world.

    With `for_binary`, raises LimitError if the main package is certainly too large for the binary form.
    """
    enabled = Features.of(features, all_features)
    if path.is_dir():
        return _load_folder(path, enabled, for_binary)
    return _load_content(str(path), read_bytes(path), enabled, for_binary)


def load_bytes(
    content: bytes, name: str, features: Iterable[str] = (), all_features: bool = False, *, for_binary: bool = False
) -> Loaded:
    """The same for the contents of a file; errors contain `name`."""
    return _load_content(name, content, Features.of(features, all_features), for_binary)


def _load_content(name: str, content: bytes, features: Features, for_binary: bool = False) -> Loaded:
    if not content.startswith(BINARY_MAGIC):
        if not is_text_among_wit(content):
            return Loaded(*_resolve_text(decode_text(name, content), features, for_binary))
        content = _converted(name, content)
    # The binary reader is imported only on demand: WIT text is much more common.
    from generator.wit.binary.any_binary import BinaryKind, decode_binary

    try:
        kind, resolve, package = decode_binary(content)
    except GeneratorError as error:
        raise WitError(f"{name}: {error}") from error
    except RecursionError as error:
        raise WitError(f"{name}: types nest too deeply") from error
    world = None if kind is BinaryKind.PACKAGE else select_world(resolve, package, None)
    return Loaded(resolve, package, world)


def _converted(name: str, content: bytes) -> bytes:
    from generator.text_format.converter import to_binary  # rarely used

    return to_binary(content, name)


def load_text(
    text: str, file_name: str = "<text>", features: Iterable[str] = (), all_features: bool = False
) -> tuple[Resolve, PackageId]:
    """The packages of one text; errors contain `file_name`."""
    return _resolve_text(SourceText(file_name, text), Features.of(features, all_features))


def _resolve_text(source: SourceText, features: Features, for_binary: bool = False) -> tuple[Resolve, PackageId]:
    packages = group_files([parse_file(source)])
    resolve = Resolve()
    ids = resolve_packages(packages, resolve, features, for_binary=for_binary)
    return resolve, ids[packages[0].name]


def _load_folder(folder: Path, features: Features, for_binary: bool) -> Loaded:
    packages = read_folder(folder)
    main = packages[0].name
    resolve = Resolve()
    for entry in dependencies_of(folder):
        if entry.is_dir():
            packages += read_folder(entry)
            continue
        content = read_entry(entry)
        if entry.suffix != ".wit" and is_text(content):
            content = _converted(str(entry), content)
        if content.startswith(BINARY_MAGIC):
            dependency = _load_content(str(entry), content, features)
            if dependency.world is not None:
                raise WitError(f"{entry}: this is not a WIT package but a component or a core module")
            add_packages(resolve, dependency.resolve)
        elif entry.suffix == ".wit":
            source = decode_text(str(entry), content)
            packages += group_files([parse_file(source)])
        else:
            raise WitError(f"{entry}: this is neither a binary nor in the text format of WebAssembly")
    ids = resolve_packages(packages, resolve, features, for_binary=for_binary)
    return Loaded(resolve, ids[main])


def select_world(resolve: Resolve, package: PackageId, name: str | None) -> WorldId:
    """The world that `name` means (WIT.md, "Specifying a World").

    A bare name is a world of `package`; `namespace:package/world@version` is any world; None is the only world of
    `package`. Raises WitError, which lists the possible worlds.
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
    # `%` cannot be part of a name; it may precede any name.
    package_text, _, rest = name.replace("%", "").partition("/")
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
    """The possible worlds, those of the main package first."""
    ids = []
    others = [candidate for index, candidate in enumerate(resolve.packages) if index != package]
    for candidate in [resolve.packages[package], *others]:
        version = f"@{candidate.name.version}" if candidate.name.version is not None else ""
        ids += [f"{candidate.name.namespace}:{candidate.name.name}/{world}{version}" for world in candidate.worlds]
    return f"worlds to choose from: {', '.join(ids)}" if ids else "no package here has a world"

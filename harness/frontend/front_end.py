"""WIT for the rest of the harness: a world under test, the worlds around it, and their wires.

Uses `generator`'s WIT front end for all toolchains: the harness compares their results for one text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.errors import GeneratorError, WitError
from generator.resolved.model import InterfaceItem, InterfaceKey, PackageId, Resolve, WorldId
from generator.sources.load import load, load_text, select_world
from generator.wit.binary.encode import encode_world
from generator.wit.printer_types import escaped
from generator.wit.semver import replace_imports
from harness.frontend.both_ways import add_other_ways
from harness.frontend.mirror import add_mirrors
from harness.frontend.mirror_text import one_text, with_mirrors
from harness.frontend.narrow import narrow
from harness.frontend.wit_view import WorldView
from harness.plan.left_out import LeftOut
from harness.plan.plan import ComponentPlan
from harness.plan.roles import ItemKind, Role, Wire
from harness.world.merging import has_compatible_imports, merging
from harness.world.world import World


class FrontEndError(Exception):
    """WIT that cannot be used; the message names file, line and column if there are any.

    `line` and `column` are the place in the file, `problem` is the message without it.
    """

    def __init__(self, error: GeneratorError) -> None:
        super().__init__(str(error))
        span = error.span if isinstance(error, WitError) else None
        self.line = span.line if span is not None else None
        self.column = span.column if span is not None else 1
        self.problem = str(error).partition(f":{span.column}: error: ")[2] if span is not None else str(error)


@dataclass(frozen=True)
class ComponentView:
    """A component of the composition: the input of toolchains, and the harness's view of its world."""

    plan: ComponentPlan
    world: World


@dataclass(frozen=True)
class Surroundings:
    """A subject with its driver (if it exports something) and its provider (if it imports something)."""

    parts: dict[Role, ComponentView]
    wires: tuple[Wire, ...]
    unsupported: tuple[LeftOut, ...]
    """Functions of the world that are left out, each with the reason."""
    has_labels: bool = False
    """Whether the world has `import label: interface;` or an export of that kind."""
    unmergeable: str = ""
    """As in `Plan`."""

    @property
    def worlds(self) -> dict[Role, World]:
        return {role: part.world for role, part in self.parts.items()}


@dataclass(frozen=True)
class WitText:
    """WIT inside another file, such as a case, after `lines_before` lines of it."""

    text: str
    name: str
    lines_before: int = 0


def surround(
    source: Path | WitText,
    world: str | None = None,
    features: Sequence[str] = (),
    merge_versions: bool = True,
    both_ways: Collection[str] = (),
    ends: bool = True,
) -> Surroundings:
    """The composition around a world: `source` is a WIT file or folder, or a text. `merge_versions`: the subject is
    linked as by default. `both_ways`: interfaces and functions of the world that it shall import and export, though it
    does only one of them. `ends`: functions with streams and futures stay. Raises `FrontEndError`."""
    try:
        resolve, package, text = _load(source, features)
        subject = select_world(resolve, package, world)
        lost = narrow(resolve, subject, ends)
        if both_ways:
            add_other_ways(resolve, subject, both_ways)
        if text is None or lost or both_ways:
            text = one_text(resolve, package)
        if both_ways:
            load_text(text, "world.wit", features)  # names that were good alone may not be so together
        part = _part(resolve, Role.SUBJECT, subject, text, tuple(features))
        found = merging(part.world)
        merge = bool(found.names) and not found.conflict and merge_versions
        if merge:
            _merge(resolve, subject, found.names)
            text = one_text(resolve, package)
        elif found.names:
            part = replace(part, plan=replace(part.plan, merge_versions=False))
        around = _surround(resolve, subject, part, text, lost)
        return replace(
            around,
            wires=around.wires + (_merged_wires(found.names) if merge else ()),
            unmergeable=found.conflict if merge_versions else "",
        )
    except GeneratorError as error:
        raise FrontEndError(error) from error


def _merge(resolve: Resolve, world: WorldId, names: Mapping[str, str]) -> None:
    """The worlds around a world match the imports that a linker leaves."""
    keys = {resolve.world_key_name(key): key for key in resolve.worlds[world].imports}
    ids = {name: key.id for name, key in keys.items() if isinstance(key, InterfaceKey)}
    replace_imports(resolve, world, {ids[old]: ids[new] for old, new in names.items()})


def _merged_wires(names: Mapping[str, str]) -> tuple[Wire, ...]:
    """The targets of calls of removed imports. (A component gets only its imports.)"""
    return tuple(Wire(Role.SUBJECT, old, ItemKind.INSTANCE, Role.PROVIDER, (new,)) for old, new in names.items())


def _load(source: Path | WitText, features: Sequence[str]) -> tuple[Resolve, PackageId, str | None]:
    """The packages, and the source's own text if it is one text."""
    if isinstance(source, WitText):
        # Empty lines before it make errors name the line in the file that contains the text.
        return *load_text("\n" * source.lines_before + source.text, source.name, features), source.text
    resolve, package = load(source, features)
    is_text = source.is_file() and not source.read_bytes().startswith(b"\0asm")
    return resolve, package, source.read_text(encoding="utf-8") if is_text else None


def _surround(
    resolve: Resolve, subject: WorldId, part: ComponentView, text: str, lost: tuple[LeftOut, ...]
) -> Surroundings:
    """`part`: the subject. `text`: its packages. The others keep all versions, so that a driver reaches all exports and
    no mistake in merging, which only the subject tests, breaks them."""
    mirrors = add_mirrors(resolve, subject)
    mirrored = with_mirrors(resolve, text)
    parts = {Role.SUBJECT: part}
    for role, world in ((Role.PROVIDER, mirrors.provider), (Role.DRIVER, mirrors.driver)):
        if world is not None:
            other = _part(resolve, role, world, mirrored, part.plan.features)
            if has_compatible_imports(other.world):
                other = replace(other, plan=replace(other.plan, merge_versions=False))
            parts[role] = other
    if any(part.world.asynchronous for part in parts.values()):
        parts = {role: replace(part, plan=replace(part.plan, asynchronous=True)) for role, part in parts.items()}
    return Surroundings(parts, mirrors.wires, lost + mirrors.refused, _has_labels(resolve, subject))


def worlds_of(source: Path) -> list[str]:
    """The worlds of the main package of a file or folder. Raises `FrontEndError`."""
    try:
        resolve, package, _ = _load(source, ())
    except GeneratorError as error:
        raise FrontEndError(error) from error
    return list(resolve.packages[package].worlds)


class Worlds:
    """The worlds of a text that is read once, at the first request."""

    def __init__(self, source: WitText) -> None:
        self._source = source
        self._read: tuple[Resolve, PackageId] | None = None

    def section(self, world: str | None = None) -> tuple[World, bytes]:
        """A world, and the contents of its `component-type` section. Raises `FrontEndError`."""
        try:
            if self._read is None:
                self._read = _load(self._source, ())[:2]
            resolve, package = self._read
            found = select_world(resolve, package, world)
            return WorldView(resolve, found).world(), encode_world(resolve, found)
        except GeneratorError as error:
            raise FrontEndError(error) from error


def world_section(source: WitText, world: str | None = None) -> tuple[World, bytes]:
    """`Worlds.section` of a text with one world of interest."""
    return Worlds(source).section(world)


def _has_labels(resolve: Resolve, world: WorldId) -> bool:
    found = resolve.worlds[world]
    return any(
        isinstance(key, str) and isinstance(item, InterfaceItem) and resolve.interfaces[item.id].name is not None
        for key, item in (*found.imports.items(), *found.exports.items())
    )


def _part(resolve: Resolve, role: Role, world: WorldId, text: str, features: tuple[str, ...]) -> ComponentView:
    found = resolve.worlds[world]
    assert found.package is not None
    package = resolve.packages[found.package].name
    version = f"@{package.version}" if package.version is not None else ""
    name = f"{escaped(package.namespace)}:{escaped(package.name)}/{escaped(found.name)}{version}"
    return ComponentView(ComponentPlan(role, text, name, features), WorldView(resolve, world).world())

"""WIT for the rest of the harness: a world under test, what is built around it, and how they are wired.

Uses `generator`'s WIT front end for all toolchains: what is compared is what they make of one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError
from generator.wit.load import load, load_text, select_world
from generator.wit.model import PackageId, Resolve, WorldId
from harness.plan import ComponentPlan, Role, Wire
from harness.toolchains.mirror import MIRROR, add_mirrors
from harness.toolchains.mirror_text import whole_text
from harness.toolchains.wit_view import WorldView
from harness.world import World


class FrontEndError(Exception):
    """WIT that cannot be used; the message names file, line and column where there are any."""


@dataclass(frozen=True)
class Part:
    """A component of the composition: what toolchains get, and what the harness knows of its world."""

    plan: ComponentPlan
    world: World


@dataclass(frozen=True)
class Surroundings:
    """A subject with its driver (where it exports something) and its provider (where it imports something)."""

    parts: dict[Role, Part]
    wires: tuple[Wire, ...]
    unsupported: tuple[str, ...]


@dataclass(frozen=True)
class WitText:
    """WIT that stands in another file, such as a case."""

    text: str
    name: str


def surround(source: Path | WitText, world: str | None = None, features: Sequence[str] = ()) -> Surroundings:
    """The composition around a world: `source` is a WIT file or folder, or a text. Raises `FrontEndError`."""
    try:
        resolve, package = _load(source, features)
        subject = select_world(resolve, package, world)
        text = source.text if isinstance(source, WitText) else source.read_text()
        return _surround(resolve, subject, text, tuple(features))
    except GeneratorError as error:
        raise FrontEndError(str(error)) from error


def _load(source: Path | WitText, features: Sequence[str]) -> tuple[Resolve, PackageId]:
    if isinstance(source, WitText):
        return load_text(source.text, source.name, features)
    return load(source, features)


def _surround(resolve: Resolve, subject: WorldId, source_text: str, features: tuple[str, ...]) -> Surroundings:
    mirrors = add_mirrors(resolve, subject)
    text = whole_text(resolve, source_text)
    parts = {}
    for role, id in ((Role.PROVIDER, mirrors.provider), (Role.SUBJECT, subject), (Role.DRIVER, mirrors.driver)):
        if id is not None:
            name = f"{MIRROR}/{role.value}" if role is not Role.SUBJECT else _world_name(resolve, id)
            parts[role] = Part(ComponentPlan(role, text, name, features), WorldView(resolve, id).world())
    return Surroundings(parts, mirrors.wires, ())


def _world_name(resolve: Resolve, world: WorldId) -> str:
    """The full name of a world, as `--world` takes it."""
    found = resolve.worlds[world]
    assert found.package is not None
    package = resolve.packages[found.package].name
    version = f"@{package.version}" if package.version is not None else ""
    return f"{package.namespace}:{package.name}/{found.name}{version}"

"""The world of a component, of a core module that contains one, of a text. Our front end reads it, whichever tool made
it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.errors import GeneratorError
from generator.sources.load import load_text, select_world
from generator.wit.binary.decode import decode_component, decode_world
from generator.wit.printer import print_all
from harness.binary.sections import MODULE_PREAMBLE, BinaryError, Reader, sections
from harness.frontend.wit_view import WorldView
from harness.world.world import World

_SECTION = "component-type"
"""The prefix of the name of the custom section that contains a core module's world."""


class UnreadableComponent(ValueError):
    """The component's types cannot be read as WIT; the message gives the reason."""


@lru_cache(maxsize=32)
def component_world(component: bytes) -> World:
    """The imports and exports of a component. Raises `UnreadableComponent`.

    Each import and export is read separately: an item of an export must not also seem to be imported. Where anything is
    wrong, all cells run, and the components of the first cells are judged again: the cache keeps their worlds.
    """
    try:
        resolve, world = decode_component(component, apart=True)
    except GeneratorError as error:
        raise UnreadableComponent(str(error)) from error
    return WorldView(resolve, world).world()


def component_text(component: bytes) -> str:
    """The world of a component as WIT, for people to read. Raises `UnreadableComponent`."""
    try:
        resolve, world = decode_component(component)
        package = resolve.worlds[world].package
        return "" if package is None else print_all(resolve, package)
    except GeneratorError as error:
        raise UnreadableComponent(str(error)) from error


def embedded_world(module: bytes) -> tuple[World, str]:
    """The contents of a core module's one `component-type` section: the world, and the string encoding as in the flag
    `--encoding`. Raises `UnreadableComponent`."""
    try:
        found = list(_world_sections(module))
        if len(found) != 1:
            raise UnreadableComponent(f"{len(found)} sections `{_SECTION}` instead of one")
        resolve, world, encoding = decode_world(found[0])
    except (GeneratorError, BinaryError, IndexError) as error:
        raise UnreadableComponent(str(error)) from error
    return WorldView(resolve, world).world(), encoding


def _world_sections(module: bytes) -> Iterator[bytes]:
    if module[:8] != MODULE_PREAMBLE:
        raise BinaryError("not a core module: wrong first 8 bytes")
    for part in sections(module):
        if part.id == 0:
            reader = Reader(module, part.body, part.end)
            if reader.name().startswith(_SECTION):
                yield module[reader.at : part.end]


def text_world(text: bytes) -> World:
    """The one world of a WIT text. Raises `UnreadableComponent`."""
    try:
        resolve, package = load_text(text.decode("utf-8"), "component.wit")
        return WorldView(resolve, select_world(resolve, package, None)).world()
    except (GeneratorError, UnicodeDecodeError) as error:
        raise UnreadableComponent(str(error)) from error

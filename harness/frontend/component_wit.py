"""The world of a component, read by our decoder, whatever built it."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.wit.binary.decode import decode_component
from harness.frontend.wit_view import WorldView
from harness.world.world import World


class UnreadableComponent(ValueError):
    """The component's types cannot be read as WIT; the message says why."""


def component_world(component: bytes) -> World:
    """What a component imports and exports. Raises `UnreadableComponent`.

    Each import and export is read by itself: what only an export has must not seem to be imported, too.
    """
    try:
        resolve, world = decode_component(component, apart=True)
    except GeneratorError as error:
        raise UnreadableComponent(str(error)) from error
    return WorldView(resolve, world).world()

"""The WIT of a component, by our decoder and printer: one canonical form for whatever built it."""

from __future__ import annotations

from generator.errors import GeneratorError
from generator.wit.binary.decode import decode_component
from generator.wit.printer import print_all


def component_wit(component: bytes) -> str:
    """All packages that a component's world refers to, as text; an error in words where it cannot be decoded."""
    try:
        resolve, world = decode_component(component)
        package = resolve.worlds[world].package
        assert package is not None
        return print_all(resolve, package, docs=False)
    except GeneratorError as error:
        return f"(cannot be decoded: {error})"

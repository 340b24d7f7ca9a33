"""Why core modules cannot become a component."""

from __future__ import annotations

from generator.errors import GeneratorError


class ComponentizeError(GeneratorError):
    """The text names the module and the import, export or option."""

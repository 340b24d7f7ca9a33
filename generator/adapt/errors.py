"""What is wrong with an adapter."""

from __future__ import annotations

from generator.errors import GeneratorError


class AdapterError(GeneratorError):
    """A module that is no adapter, or lacks what is asked of it. The text names the adapter."""

"""Errors of pre-initialisation."""

from __future__ import annotations

from generator.errors import GeneratorError


class PreinitError(GeneratorError):
    """A component that cannot be pre-initialised, or whose initialisation failed."""

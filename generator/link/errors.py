"""Errors of a set of libraries."""

from __future__ import annotations

from generator.errors import GeneratorError


class LinkError(GeneratorError):
    """Libraries that cannot be linked. The text names library and symbol, one line for each if there are many."""

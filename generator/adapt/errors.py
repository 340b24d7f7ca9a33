"""Errors of an adapter."""

from __future__ import annotations

from generator.errors import GeneratorError


class AdapterError(GeneratorError):
    """A module that is no adapter, or lacks a requested item. The text names the adapter."""

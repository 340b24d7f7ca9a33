"""Adapters (`--adapt`) of `component new` and `component link`."""

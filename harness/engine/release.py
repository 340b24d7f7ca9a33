"""The release of the engine. Loads no engine."""

from __future__ import annotations

from importlib import metadata

KNOWN_RELEASE = "50.0.1"
"""The release of wasmtime whose faults and configuration docs/async.md and `features.py` know."""


def release() -> str:
    """The release of wasmtime that is installed; empty if none is."""
    try:
        return metadata.version("wasmtime")
    except metadata.PackageNotFoundError:
        return ""

"""The feature gates in a WIT source, so that a misspelt gate is not silently accepted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harness.text.nearest import there_are

_GATE = re.compile(r"\bfeature\s*=\s*%?([A-Za-z][A-Za-z0-9-]*)")


def unknown_gate(source: str | Path, features: Sequence[str]) -> str | None:
    """The error in a list of features; None if each opens a gate of the source, a text or a file or folder."""
    if not features:
        return None
    found = dict.fromkeys(name for text in _texts(source) for name in _GATE.findall(text))
    unknown = [name for name in features if name not in found]
    if not unknown:
        return None
    return f"no gate has the feature {unknown[0]!r}\n{there_are(unknown[0], found, 'features')}"


def opening(source: str | Path, features: Sequence[str]) -> tuple[str, ...]:
    """The features that open a gate of the source."""
    return tuple([feature for feature in features if unknown_gate(source, [feature]) is None])


def _texts(source: str | Path) -> list[str]:
    if isinstance(source, str):
        return [source]
    files = sorted(file for file in source.rglob("*.wit") if file.is_file()) if source.is_dir() else [source]
    return [file.read_text(encoding="utf-8", errors="replace") for file in files]
